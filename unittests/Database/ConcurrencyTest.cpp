//===- ConcurrencyTest.cpp - two processes, several threads, and a kill
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestFolder.h"
#include <algorithm>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace chameleon;
using ConcurrencyTest = DatabaseFolder;

namespace {

/// Adds NAME-0 … NAME-(count-1); the exit status of a process.
int addMany(const std::string &path, const std::string &name, int count) {
  auto database = Database::open(path);
  if (!database) {
    llvm::errs() << llvm::toString(database.takeError()) << '\n';
    return 1;
  }
  for (int i = 0; i < count; ++i)
    if (llvm::Error error =
            (*database)->add(makeRecord(name + "-" + std::to_string(i)))) {
      llvm::errs() << llvm::toString(std::move(error)) << '\n';
      return 2;
    }
  return 0;
}

TEST_F(ConcurrencyTest, processesCreateAndWriteAtOnce) {
  constexpr int processes = 4, records = 300;
  std::vector<pid_t> children;
  for (int process = 0; process < processes; ++process) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      _exit(addMany(path(), std::to_string(process), records));
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  auto database = llvm::cantFail(Database::open(path()));
  EXPECT_EQ(llvm::cantFail(database->countRecords()), processes * records);
}

// Opening asks a file several questions before it may write; the answers must
// be of one moment, or a file that somebody else has just made looks foreign.
TEST_F(ConcurrencyTest, processesOpenAFileWhileItIsMade) {
  constexpr int processes = 16, rounds = 8;
  for (int round = 0; round < rounds; ++round) {
    std::string file = path("tuning-" + std::to_string(round) + ".db");
    // All wait for the end of this pipe.
    int start[2];
    ASSERT_EQ(pipe(start), 0);
    std::vector<pid_t> children;
    for (int process = 0; process < processes; ++process) {
      pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        close(start[1]);
        char byte;
        if (read(start[0], &byte, 1) != 0)
          _exit(3);
        _exit(addMany(file, std::to_string(process), 1));
      }
      children.push_back(child);
    }
    close(start[0]);
    close(start[1]);
    for (pid_t child : children) {
      int status = -1;
      ASSERT_EQ(waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
    auto database = llvm::cantFail(Database::open(file));
    EXPECT_EQ(llvm::cantFail(database->countRecords()), processes);
  }
}

TEST_F(ConcurrencyTest, threadsShareADatabase) {
  auto database = llvm::cantFail(Database::open(path()));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 100; ++i) {
        llvm::cantFail(database->add(
            makeRecord(std::to_string(thread) + "-" + std::to_string(i))));
        llvm::cantFail(database->best("task", "target", "generator"));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 400);
}

TEST_F(ConcurrencyTest, killedProcessLosesNothingThatAddReturnedFor) {
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto database = llvm::cantFail(Database::open(path()));
    for (int i = 0;; ++i) {
      llvm::cantFail(database->add(makeRecord(std::to_string(i))));
      if (write(pipes[1], &i, sizeof i) != sizeof i)
        _exit(1);
    }
  }
  close(pipes[1]);
  // Past the first checkpoint of the log (1000 pages), then killed wherever it
  // is; what it had said until then must be there.
  int last = -1, i = 0;
  while (last < 1500 && read(pipes[0], &i, sizeof i) == sizeof i)
    last = i;
  kill(child, SIGKILL);
  while (read(pipes[0], &i, sizeof i) == sizeof i)
    last = i;
  close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_GE(last, 1500);

  // Whoever comes next recovers the log, even one who only reads.
  auto database =
      llvm::cantFail(Database::open(path(), Database::OpenMode::ReadExisting));
  std::vector<bool> seen(last + 1);
  for (const Record &record :
       llvm::cantFail(database->find("task", "target", "generator")))
    if (size_t index = std::stoul(record.configuration); index < seen.size())
      seen[index] = true;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0);
}

} // namespace
