//===- TuningFiles.cpp - where tuning may write
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TuningFiles.h"
#include "chameleon/Database/Database.h"
#include "chameleon/Runtime/OutputFile.h"

using namespace chameleon;
using File = TuningOptions::File;

/// Neither a stream nor a device, which may be named twice.
static bool isFile(llvm::StringRef path) {
  llvm::sys::fs::file_status status;
  return path != "-" && !path.empty() &&
         (llvm::sys::fs::status(path, status) ||
          llvm::sys::fs::is_regular_file(status));
}

llvm::Error chameleon::checkFiles(const TuningOptions &options,
                                  llvm::ArrayRef<std::string> recordings) {
  std::vector<File> others = options.otherFiles;
  for (const std::string &library : options.libraries)
    others.push_back({"schedule library", library});
  std::vector<File> written;
  if (!options.noDatabase) {
    std::string path =
        options.database.empty() ? Database::defaultPath() : options.database;
    for (const char *suffix : {"", "-wal", "-shm"})
      written.push_back({"database", path + suffix});
  }
  for (const std::string &path : recordings)
    written.push_back({"recording", path});
  for (const File &file : written) {
    if (!isFile(file.path))
      continue;
    for (const File &other : others)
      if (isFile(other.path) && isSameFile(file.path, other.path))
        return llvm::createStringError("the %s '%s' is the %s '%s' too",
                                       file.what.c_str(), file.path.c_str(),
                                       other.what.c_str(), other.path.c_str());
    others.push_back(file);
  }
  for (const std::string &path : recordings)
    if (llvm::Error error = OutputFile::open(path).takeError())
      return error;
  return llvm::Error::success();
}
