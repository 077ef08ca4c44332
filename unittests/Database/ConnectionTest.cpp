//===- ConnectionTest.cpp - statements, and what errors say
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Connection.h"
#include "TestFolder.h"
#include <cmath>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::database;
using ConnectionTest = DatabaseFolder;

namespace {

TEST_F(ConnectionTest, bindsAndReadsValues) {
  auto connection = llvm::cantFail(
      Connection::open(path(), Connection::Mode::ReadWriteCreate));
  Statement select =
      llvm::cantFail(connection->prepare("SELECT ?1, ?2, ?3, ?4"));
  for (int run = 0; run < 2; ++run) {
    select.bind(1, llvm::StringRef())
        .bind(2, 0.5)
        .bind(3, int64_t(1) << 40)
        .bind(4, std::nan(""));
    ASSERT_TRUE(llvm::cantFail(select.step()));
    EXPECT_EQ(select.text(0), "");
    EXPECT_EQ(select.number(1), 0.5);
    EXPECT_EQ(select.integer(2), int64_t(1) << 40);
    EXPECT_TRUE(std::isnan(select.number(3)));
    EXPECT_FALSE(llvm::cantFail(select.step()));
    select.finish();
  }
  std::string message =
      llvm::toString(connection->prepare("SELECT a FROM nowhere").takeError());
  EXPECT_EQ(message, "tuning database '" + path() +
                         "': no such table: nowhere (SQLite error 1)");
}

TEST_F(ConnectionTest, fullDiskIsSaidAndWhatWasThereStays) {
  {
    auto created = llvm::cantFail(Database::open(path()));
  }
  auto connection = llvm::cantFail(
      Connection::open(path(), Connection::Mode::ReadWriteCreate));
  ASSERT_FALSE(connection->execute("CREATE TABLE t (a); INSERT INTO t VALUES "
                                   "(1); PRAGMA max_page_count = 1"));
  std::string message;
  for (int i = 0; message.empty() && i < 1000; ++i)
    message = llvm::toString(
        connection->execute("INSERT INTO t VALUES (zeroblob(2000))"));
  EXPECT_EQ(message,
            "cannot write tuning database '" + path() + "': disk full");
  EXPECT_EQ(llvm::cantFail(connection->queryInteger(
                "SELECT a FROM t ORDER BY rowid LIMIT 1")),
            1);
}

/// Runs a function in a child process and returns what it wrote.
template <typename Function>
std::string inChild(Function &&function) {
  int pipes[2];
  EXPECT_EQ(pipe(pipes), 0);
  pid_t child = fork();
  if (child == 0) {
    std::string text = function();
    (void)!write(pipes[1], text.data(), text.size());
    _exit(0);
  }
  close(pipes[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(pipes[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, n);
  close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

TEST_F(ConnectionTest, theFileSystemRefusesToGrowTheFile) {
  {
    auto created = llvm::cantFail(Database::open(path()));
  }
  std::string said = inChild([&] {
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{60000, 60000};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto database = llvm::cantFail(Database::open(path()));
    std::string message;
    int added = 0;
    for (; message.empty() && added < 1000; ++added)
      message =
          llvm::toString(database->add(makeRecord(std::to_string(added))));
    return std::to_string(added - 1) + " " + message;
  });
  auto [added, message] = llvm::StringRef(said).split(' ');
  // SQLite does not always keep the system's error number.
  EXPECT_TRUE(message.starts_with("cannot read or write tuning database '" +
                                  path() + "': "))
      << message.str();
  // What add returned for is there, and the file is sound.
  auto database = llvm::cantFail(Database::open(path()));
  EXPECT_EQ(std::to_string(llvm::cantFail(database->countRecords())), added);
  EXPECT_NE(added, "0");
}

TEST_F(ConnectionTest, withoutPermissionNothingIsWritten) {
  {
    auto created = llvm::cantFail(Database::open(path()));
  }
  ASSERT_FALSE(llvm::sys::fs::setPermissions(path(), llvm::sys::fs::all_read));
  ASSERT_FALSE(llvm::sys::fs::setPermissions(
      folder, llvm::sys::fs::all_read | llvm::sys::fs::all_exe));
  std::string said = inChild([&] {
    if (geteuid() == 0 && setuid(65534) != 0)
      return std::string("cannot drop privileges");
    return openingError(path()) + "\n" + openingError(path("new.db")) + "\n" +
           openingError(path("sub/new.db"));
  });
  ASSERT_FALSE(llvm::sys::fs::setPermissions(folder, llvm::sys::fs::all_all));
  EXPECT_EQ(said, "cannot write tuning database '" + path() +
                      "': permission denied\n" +
                      "cannot open tuning database '" + path("new.db") +
                      "': Permission denied\n" +
                      "cannot create the folder of tuning database '" +
                      path("sub/new.db") + "': Permission denied");
}

} // namespace
