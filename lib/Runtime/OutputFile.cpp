//===- OutputFile.cpp - a file that is written whole or not at all
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Path.h"
#include <sys/stat.h>

using namespace chameleon;
namespace fs = llvm::sys::fs;

llvm::Error OutputFile::fail(std::error_code why) const {
  return llvm::createStringError(why, "cannot write '%s': %s", path.c_str(),
                                 why.message().c_str());
}

/// Devices and pipes, and whatever is reached through a descriptor: another
/// file in its place would not be what was meant.
static bool isWrittenInPlace(llvm::StringRef path, const fs::file_status &old) {
  return (fs::exists(old) && !fs::is_regular_file(old)) ||
         path.starts_with("/dev/") || path.starts_with("/proc/");
}

llvm::Expected<OutputFile> OutputFile::open(llvm::StringRef path) {
  OutputFile result(path);
  if (path == "-")
    return std::move(result);
  fs::file_status old;
  if (std::error_code why = fs::status(path, old);
      why && why != std::errc::no_such_file_or_directory)
    return result.fail(why);
  if (path.empty() || fs::is_directory(old))
    return result.fail(make_error_code(path.empty()
                                           ? std::errc::invalid_argument
                                           : std::errc::is_a_directory));
  std::error_code why;
  if (isWrittenInPlace(path, old)) {
    result.file = std::make_unique<llvm::raw_fd_ostream>(path, why);
    if (why)
      return result.fail(why);
    return std::move(result);
  }
  llvm::SmallString<128> real;
  result.target = fs::real_path(path, real) ? path.str() : real.str().str();
  if (fs::exists(old) && fs::access(result.target, fs::AccessMode::Write))
    return result.fail(make_error_code(std::errc::permission_denied));
  unsigned mode = fs::exists(old) ? static_cast<unsigned>(old.permissions())
                                  : fs::all_read | fs::all_write;
  llvm::Expected<fs::TempFile> beside =
      fs::TempFile::create(result.target + ".part-%%%%%%", mode);
  if (beside) {
    if (fs::exists(old)) // whatever the mask of new files is
      (void)fchmod(beside->FD, mode);
    result.beside = std::make_unique<fs::TempFile>(std::move(*beside));
    result.file = std::make_unique<llvm::raw_fd_ostream>(result.beside->FD,
                                                         /*shouldClose=*/false);
    return std::move(result);
  }
  why = llvm::errorToErrorCode(beside.takeError());
  if (!fs::exists(old))
    return result.fail(why);
  result.content = std::make_unique<std::string>();
  result.memory = std::make_unique<llvm::raw_string_ostream>(*result.content);
  return std::move(result);
}

/// The error of a stream, which would end the process if nobody asked for it.
static std::error_code takeError(llvm::raw_fd_ostream &stream) {
  stream.flush();
  std::error_code error = stream.error();
  stream.clear_error();
  return error;
}

OutputFile::~OutputFile() {
  if (file)
    (void)takeError(*file);
  file.reset();
  if (beside)
    llvm::consumeError(beside->discard());
}

llvm::raw_ostream &OutputFile::stream() {
  if (file)
    return *file;
  if (memory)
    return *memory;
  return llvm::outs();
}

llvm::Error OutputFile::commit() {
  if (path == "-")
    return flushStdout();
  std::error_code why;
  if (memory) {
    file = std::make_unique<llvm::raw_fd_ostream>(target, why);
    if (why)
      return fail(why);
    *file << *content;
  }
  why = takeError(*file);
  if (!beside) { // some devices tell only at the end
    file->close();
    if (!why)
      why = takeError(*file);
  }
  file.reset();
  if (why)
    return fail(why);
  if (!beside)
    return llvm::Error::success();
  llvm::Error error = beside->keep(target);
  beside.reset();
  return error ? fail(llvm::errorToErrorCode(std::move(error)))
               : llvm::Error::success();
}

llvm::Error chameleon::writeFile(
    llvm::StringRef path,
    llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  llvm::Expected<OutputFile> file = OutputFile::open(path);
  if (!file)
    return file.takeError();
  if (llvm::Error error = write(file->stream()))
    return error;
  return file->commit();
}

llvm::Error chameleon::flushStdout() {
  std::error_code why = takeError(llvm::outs());
  return why ? llvm::createStringError(why, "cannot write to stdout: %s",
                                       why.message().c_str())
             : llvm::Error::success();
}

bool chameleon::isSameFile(llvm::StringRef a, llvm::StringRef b) {
  if (fs::exists(a) && fs::exists(b))
    return fs::equivalent(a, b);
  auto resolve = [](llvm::StringRef path) {
    llvm::StringRef folder = llvm::sys::path::parent_path(path);
    llvm::SmallString<128> real;
    if (fs::real_path(folder.empty() ? "." : folder, real))
      return path.str();
    llvm::sys::path::append(real, llvm::sys::path::filename(path));
    return real.str().str();
  };
  return resolve(a) == resolve(b);
}
