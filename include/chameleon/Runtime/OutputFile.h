//===- OutputFile.h - a file that is written whole or not at all
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What was there before stays until the new content is complete: it is written
// beside, and renamed at the end. Whether that will be possible is known at
// the beginning, before hours are spent on what is to be written.
//
//   llvm::Expected<OutputFile> file = OutputFile::open(path);
//   file->stream() << text;
//   if (llvm::Error error = file->commit()) …
//
// "-" is stdout; devices and pipes are written as they are. A link is followed,
// and stays one.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_OUTPUTFILE_H
#define CHAMELEON_RUNTIME_OUTPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace chameleon {

class OutputFile {
public:
  /// Errors name the path: a directory, no permission, no such folder.
  static llvm::Expected<OutputFile> open(llvm::StringRef path);
  OutputFile(OutputFile &&) = default;
  OutputFile &operator=(OutputFile &&) = delete;
  /// What was not committed is thrown away.
  ~OutputFile();

  llvm::raw_ostream &stream();

  /// The content is complete. Errors: what could not be written (disk full);
  /// then the old file is still there.
  llvm::Error commit();

private:
  explicit OutputFile(llvm::StringRef path) : path(path) {}
  llvm::Error fail(std::error_code why) const;

  std::string path;                                ///< as given
  std::string target;                              ///< where links lead
  std::unique_ptr<llvm::sys::fs::TempFile> beside; ///< null: written in place
  /// To `beside`, or to what is no file; null: stdout, or `memory`.
  std::unique_ptr<llvm::raw_fd_ostream> file;
  /// Of a file in a folder in which none can be made; null otherwise.
  std::unique_ptr<std::string> content;
  std::unique_ptr<llvm::raw_string_ostream> memory;
};

/// Opens, calls `write` and commits unless that fails.
llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write);

/// What was printed has left the process. Errors: disk full, a closed pipe.
llvm::Error flushStdout();

/// Whether two paths lead to one file, or would if it were there: the same
/// inode, by links too, or the same name in the same folder.
bool isSameFile(llvm::StringRef a, llvm::StringRef b);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_OUTPUTFILE_H
