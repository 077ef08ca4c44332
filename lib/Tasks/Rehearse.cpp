//===- Rehearse.cpp - applying a user's schedule in a child first
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rehearse.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;

/// Far more than any schedule of ours takes (a second).
static constexpr unsigned mostSeconds = 60;
static constexpr uint64_t mostBytes = uint64_t(512) << 20;

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  // A schedule does not read the values of large constants.
  module->print(stream, OpPrintingFlags()
                            .printGenericOpForm()
                            .elideLargeElementsAttrs(64)
                            .elideLargeResourceString(64));
  return text;
}

static uint64_t addressSpace() {
  unsigned long long pages = 0;
  if (FILE *file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%llu", &pages) != 1)
      pages = 0;
    std::fclose(file);
  }
  return pages * sysconf(_SC_PAGESIZE);
}

/// In the child. Nothing that it writes is for anybody, and its death is no
/// report of a crash.
static void confine(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1);
  for (int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTERM, SIGINT})
    std::signal(signal, SIG_DFL);
  int nowhere = open("/dev/null", O_RDWR);
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    dup2(nowhere, descriptor);
  auto limit = [](auto resource, uint64_t most) {
    rlimit value{most, most};
    setrlimit(resource, &value);
  };
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_AS, addressSpace() + mostBytes);
}

static void apply(const DialectRegistry &registry, bool allowUnregistered,
                  StringRef specText, StringRef payloadText) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.allowUnregisteredDialects(allowUnregistered);
  ScopedDiagnosticHandler silence(&context,
                                  [](Diagnostic &) { return success(); });
  OwningOpRef<ModuleOp> spec = parseSourceString<ModuleOp>(specText, &context),
                        payload =
                            parseSourceString<ModuleOp>(payloadText, &context);
  if (spec && payload)
    (void)chameleon::applySpec(*spec, *payload);
}

/// Waits for the byte that the child writes when it has come to an end.
static bool comesToAnEnd(int pipe, bool &inTime) {
  using namespace std::chrono;
  auto deadline = steady_clock::now() + seconds(mostSeconds);
  while (true) {
    auto left =
        duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    inTime = left > 0;
    if (!inTime)
      return false;
    pollfd waiting{pipe, POLLIN, 0};
    int ready = poll(&waiting, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR)
      continue;
    char byte;
    if (ready > 0)
      return read(pipe, &byte, 1) == 1;
  }
}

std::optional<std::string> chameleon::rehearse(ModuleOp spec,
                                               ModuleOp payload) {
  std::string specText = print(spec), payloadText = print(payload);
  MLIRContext *context = spec.getContext();
  const DialectRegistry &registry = context->getDialectRegistry();
  bool allowUnregistered = context->allowsUnregisteredDialects();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return "there is no pipe for its rehearsal";
  pid_t parent = getpid(), child = fork();
  if (child == 0) {
    confine(parent);
    apply(registry, allowUnregistered, specText, payloadText);
    (void)!write(ends[1], "", 1);
    // Nothing of the parent's is flushed or destroyed twice.
    _exit(0);
  }
  close(ends[1]);
  bool inTime = true;
  bool ended = child > 0 && comesToAnEnd(ends[0], inTime);
  close(ends[0]);
  if (child < 0)
    return "there is no process for its rehearsal";
  if (!ended)
    kill(child, SIGKILL);
  int status = 0;
  pid_t reaped;
  do
    reaped = waitpid(child, &status, 0);
  while (reaped < 0 && errno == EINTR);
  if (ended)
    return std::nullopt;
  if (!inTime)
    return llvm::formatv("it takes more than {0} s", mostSeconds).str();
  // Memory that cannot be had is a null pointer or an abort.
  std::string signal = reaped == child && WIFSIGNALED(status)
                           ? strsignal(WTERMSIG(status))
                           : "no signal";
  return llvm::formatv("it crashes or takes more than {0} MiB of memory ({1})",
                       mostBytes >> 20, signal)
      .str();
}
