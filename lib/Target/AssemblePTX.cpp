//===- AssemblePTX.cpp - machine code for a GPU, by ptxas
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/AssemblePTX.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace chameleon;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

llvm::Expected<std::string> chameleon::findPtxas(llvm::StringRef given) {
  if (given.empty())
    if (const char *variable = std::getenv("CHAMELEON_PTXAS"))
      given = variable;
  if (!given.empty()) {
    llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(given);
    if (found && fs::can_execute(*found))
      return *found;
    return llvm::createStringError("no executable '%s' (it was given as ptxas)",
                                   given.str().c_str());
  }
  if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  const char *home = std::getenv("CUDA_HOME");
  for (llvm::StringRef root : {llvm::StringRef(home ? home : ""),
                               llvm::StringRef("/usr/local/cuda")}) {
    llvm::SmallString<128> candidate(root);
    path::append(candidate, "bin", "ptxas");
    if (!root.empty() && fs::can_execute(candidate))
      return candidate.str().str();
  }
  return llvm::createStringError(
      "no ptxas on PATH, in $CUDA_HOME/bin or in /usr/local/cuda/bin");
}

/// The number before `unit`: "255 registers", "16384 bytes smem".
static int64_t numberBefore(llvm::StringRef line, llvm::StringRef unit) {
  size_t end = line.find(unit);
  if (end == llvm::StringRef::npos)
    return 0;
  llvm::StringRef head = line.take_front(end).rtrim();
  size_t begin = head.find_last_not_of("0123456789");
  int64_t value = 0;
  (void)head.drop_front(begin == llvm::StringRef::npos ? 0 : begin + 1)
      .getAsInteger(10, value);
  return value;
}

std::vector<KernelUsage> chameleon::parseKernelUsage(llvm::StringRef output) {
  // ptxas info : Compiling entry function 'matmul' for 'sm_90'
  // ptxas info : Function properties for matmul
  //     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
  // ptxas info : Used 40 registers, used 1 barriers, 8192 bytes smem, 400 bytes
  // cmem[0]
  std::vector<KernelUsage> kernels;
  for (llvm::StringRef line : llvm::split(output, '\n')) {
    if (size_t at = line.find("Compiling entry function '");
        at != llvm::StringRef::npos) {
      kernels.emplace_back();
      kernels.back().name =
          line.drop_front(at).split('\'').second.split('\'').first.str();
    } else if (!kernels.empty() && line.contains("bytes spill stores")) {
      kernels.back().stackBytes = numberBefore(line, " bytes stack frame");
      kernels.back().spillBytes = numberBefore(line, " bytes spill stores");
    } else if (!kernels.empty() && line.contains(" registers")) {
      kernels.back().registers = numberBefore(line, " registers");
      kernels.back().sharedBytes = numberBefore(line, " bytes smem");
    }
  }
  return kernels;
}

/// What went wrong, in ptxas's words: its first error, or its first line.
static std::string firstError(llvm::StringRef output) {
  llvm::StringRef first;
  for (llvm::StringRef line : llvm::split(output, '\n')) {
    line = line.trim();
    if (line.contains("error") || line.contains("fatal"))
      return line.str();
    if (first.empty())
      first = line;
  }
  return first.empty() ? "no message" : first.str();
}

static std::string readFile(const llvm::Twine &name) {
  auto file = llvm::MemoryBuffer::getFile(name, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/false);
  return file ? (*file)->getBuffer().str() : std::string();
}

static bool isCubin(llvm::StringRef bytes) {
  return bytes.starts_with("\x7f"
                           "ELF");
}

/// Appears whole or not at all: other processes read it.
static void store(const llvm::Twine &name, llvm::StringRef bytes) {
  llvm::consumeError(
      llvm::writeToOutput(name.str(), [&](llvm::raw_ostream &stream) {
        stream << bytes;
        return llvm::Error::success();
      }));
}

llvm::Expected<Assembly>
chameleon::assemblePTX(llvm::StringRef ptx, const AssembleOptions &options) {
  llvm::Expected<std::string> ptxas = findPtxas(options.ptxas);
  if (!ptxas)
    return ptxas.takeError();
  Assembly assembly;
  std::string cached;
  if (!options.cache.empty()) {
    // Another ptxas makes other code; its path and size tell it apart well
    // enough.
    uint64_t size = 0;
    (void)fs::file_size(*ptxas, size);
    llvm::XXH128_hash_t hash = llvm::xxh3_128bits(llvm::arrayRefFromStringRef(
        (ptx + "\n" + options.chip + "\n" + *ptxas + llvm::Twine(size)).str()));
    cached = options.cache + "/" + llvm::utohexstr(hash.high64) +
             llvm::utohexstr(hash.low64);
    assembly.cubin = readFile(cached + ".cubin");
    if (isCubin(assembly.cubin)) {
      assembly.kernels = parseKernelUsage(readFile(cached + ".log"));
      assembly.fromCache = true;
      return assembly;
    }
  }

  llvm::SmallString<128> folder;
  if (std::error_code error =
          fs::createUniqueDirectory("chameleon-ptxas", folder))
    return llvm::createStringError("cannot make a folder for ptxas: %s",
                                   error.message().c_str());
  llvm::scope_exit removal([&] { fs::remove_directories(folder); });
  auto inside = [&](llvm::StringRef name) {
    return (folder + "/" + name).str();
  };
  std::string input = inside("kernels.ptx"), output = inside("kernels.cubin"),
              log = inside("log");
  store(input, ptx);
  std::string arch = "-arch=" + options.chip;
  llvm::StringRef arguments[] = {*ptxas, "-v", "-O3", arch,
                                 input,  "-o", output};
  std::optional<llvm::StringRef> redirects[] = {
      llvm::StringRef(), llvm::StringRef(log), llvm::StringRef(log)};
  std::string message;
  bool failedToRun = false;
  int status = llvm::sys::ExecuteAndWait(
      *ptxas, arguments, /*Env=*/std::nullopt, redirects, options.seconds,
      /*MemoryLimit=*/0, &message, &failedToRun);
  if (failedToRun)
    return llvm::createStringError("cannot run %s: %s", ptxas->c_str(),
                                   message.c_str());
  if (status == -2 && llvm::StringRef(message).contains("timed out"))
    return llvm::createStringError("ptxas took longer than %u s",
                                   options.seconds);
  std::string text = readFile(log);
  if (status < 0)
    return llvm::createStringError("ptxas crashed: %s", message.c_str());
  if (status != 0)
    return llvm::createStringError("ptxas: %s", firstError(text).c_str());
  assembly.cubin = readFile(output);
  if (!isCubin(assembly.cubin))
    return llvm::createStringError("ptxas wrote %zu bytes that are no cubin",
                                   assembly.cubin.size());
  assembly.kernels = parseKernelUsage(text);
  if (!cached.empty()) {
    store(cached + ".log", text);
    store(cached + ".cubin", assembly.cubin);
  }
  return assembly;
}
