//===- TestFolder.h - a folder of its own for each test
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_DATABASE_TESTFOLDER_H
#define CHAMELEON_UNITTESTS_DATABASE_TESTFOLDER_H

#include "chameleon/Database/Database.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <fstream>
#include <sqlite3.h>

namespace chameleon {

class DatabaseFolder : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(
        llvm::sys::fs::createUniqueDirectory("chameleon-database", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name = "tuning.db") const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  llvm::SmallString<128> folder;
};

/// What opening says, or "" if it succeeds.
inline std::string
openingError(llvm::StringRef path,
             Database::OpenMode mode = Database::OpenMode::ReadWrite) {
  auto database = Database::open(path, mode);
  return database ? std::string() : llvm::toString(database.takeError());
}

/// Runs SQL on a file with nothing of ours in between.
inline void runSQL(const std::string &path, const std::string &sql) {
  sqlite3 *handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  char *message = nullptr;
  ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message),
            SQLITE_OK)
      << message;
  sqlite3_close(handle);
}

inline std::string readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void writeFile(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline Record makeRecord(const std::string &configuration, double seconds = 1,
                         Outcome outcome = Outcome::Ok) {
  Record record;
  record.taskKey = "task";
  record.targetKey = "target";
  record.generator = "generator";
  record.schedule = "builtin:cpu/matmul@matmul";
  record.fingerprint = "f1";
  record.configuration = configuration;
  record.outcome = outcome;
  record.seconds = seconds;
  return record;
}

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_DATABASE_TESTFOLDER_H
