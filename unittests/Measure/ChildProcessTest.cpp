//===- ChildProcessTest.cpp - what a child inherits, and how its death reads
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/ChildProcess.h"
#include "gtest/gtest.h"
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace chameleon;

namespace {

ChildProcess start(llvm::function_ref<void(int)> body, ChildLimits limits = {},
                   llvm::ArrayRef<int> close = {}) {
  return llvm::cantFail(forkChild(limits, close, body));
}

/// What the child reports of itself, as text.
std::string ask(llvm::function_ref<std::string()> question,
                ChildLimits limits = {}, llvm::ArrayRef<int> close = {}) {
  ChildProcess child = start(
      [&](int socket) {
        std::string answer = question();
        protocol::writeAll(socket, answer);
      },
      limits, close);
  std::string answer;
  char bytes[256];
  ssize_t count;
  while ((count = read(child.socket, bytes, sizeof(bytes))) > 0)
    answer.append(bytes, count);
  child.kill();
  return answer;
}

CauseOfDeath deathOf(llvm::function_ref<void(int)> body) {
  ChildProcess child = start(body);
  char byte;
  while (read(child.socket, &byte, 1) > 0) {
  }
  return child.bury(Burial::Died, 100);
}

TEST(ChildProcess, HasItsLimits) {
  ChildLimits limits;
  limits.memoryMiB = 300;
  auto soft = [](auto resource) {
    rlimit value;
    getrlimit(resource, &value);
    return std::to_string(value.rlim_cur);
  };
  EXPECT_EQ(std::to_string(300ull << 20),
            ask([&] { return soft(RLIMIT_AS); }, limits));
  EXPECT_EQ("0", ask([&] { return soft(RLIMIT_CORE); }));
  EXPECT_EQ(std::to_string(64ull << 20),
            ask([&] { return soft(RLIMIT_FSIZE); }));
}

TEST(ChildProcess, LeadsAGroupAndReadsNothing) {
  EXPECT_EQ("leader",
            ask([] { return getpgrp() == getpid() ? "leader" : "member"; }));
  EXPECT_EQ("empty", ask([] {
              char byte;
              return read(STDIN_FILENO, &byte, 1) == 0 ? "empty" : "something";
            }));
}

TEST(ChildProcess, ClosesWhatItIsToldTo) {
  int descriptor = open("/dev/null", O_RDONLY);
  auto isOpen = [&] {
    return fcntl(descriptor, F_GETFD) >= 0 ? "open" : "closed";
  };
  EXPECT_EQ("open", ask(isOpen));
  EXPECT_EQ("closed", ask(isOpen, {}, descriptor));
  close(descriptor);
}

TEST(ChildProcess, CausesOfDeath) {
  using Kind = CauseOfDeath::Kind;
  CauseOfDeath aborted = deathOf([](int) {
    fputs("first\nLLVM ERROR: too many registers\n", stderr);
    abort();
  });
  EXPECT_EQ(Kind::Crash, aborted.kind);
  EXPECT_EQ("aborted: first; LLVM ERROR: too many registers", aborted.message);

  CauseOfDeath starved = deathOf([](int) {
    fputs("LLVM ERROR: out of memory\n", stderr);
    abort();
  });
  EXPECT_EQ(Kind::Memory, starved.kind);
  EXPECT_EQ("more than 100 MiB of memory", starved.message);

  CauseOfDeath killed = deathOf([](int) { raise(SIGKILL); });
  EXPECT_EQ(Kind::KilledFromOutside, killed.kind);
  EXPECT_EQ(Kind::Timeout, deathOf([](int) { raise(SIGXCPU); }).kind);
  EXPECT_EQ("ended with exit status 7", deathOf([](int) { _exit(7); }).message);
  EXPECT_EQ("illegal instruction", deathOf([](int) { raise(SIGILL); }).message);

  ChildProcess late = start([](int) { sleep(60); });
  EXPECT_EQ(Kind::Timeout, late.bury(Burial::TimedOut, 100).kind);
  EXPECT_FALSE(late.isAlive());
}

TEST(ChildProcess, OnlyTheLastWordsCount) {
  CauseOfDeath chatty = deathOf([](int) {
    for (int i = 0; i < 10000; ++i)
      fprintf(stderr, "line %d\n", i);
    abort();
  });
  EXPECT_EQ("aborted: line 9997; line 9998; line 9999", chatty.message);
}

} // namespace
