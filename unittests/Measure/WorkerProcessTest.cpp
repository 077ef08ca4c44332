//===- WorkerProcessTest.cpp - starting, hearing and burying a worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/WorkerProcess.h"
#include "chameleon/Runtime/Timing.h"
#include "gtest/gtest.h"
#include <csignal>

using namespace chameleon;
using protocol::Reply;
using Event = WorkerProcess::Event;

namespace {

std::unique_ptr<WorkerProcess> start(std::vector<std::string> commandLine) {
  auto worker = WorkerProcess::start(commandLine);
  if (!worker) {
    ADD_FAILURE() << llvm::toString(worker.takeError());
    return nullptr;
  }
  return std::move(*worker);
}

std::string whyEnded(std::vector<std::string> commandLine) {
  auto worker = start(std::move(commandLine));
  Reply reply;
  EXPECT_EQ(Event::Ended,
            worker->receive(reply, monotonicSeconds() + 20, 20, {}));
  return worker->whyEnded();
}

TEST(WorkerProcess, SaysWhyItEnded) {
  EXPECT_EQ("ended with exit status 3", whyEnded({"sh", "-c", "exit 3"}));
  EXPECT_EQ("ended with exit status 3: one; two",
            whyEnded({"sh", "-c", "echo one >&2; echo two >&2; exit 3"}));
  EXPECT_EQ("was killed by signal 9 (killed)",
            whyEnded({"sh", "-c", "kill -9 $$"}));
  EXPECT_EQ("sent garbage: not a frame of the worker protocol: 'Password: '",
            whyEnded({"printf", "Password: "}));
}

TEST(WorkerProcess, TimeoutAndInterrupt) {
  auto worker = start({"sleep", "60"});
  Reply reply;
  EXPECT_EQ(Event::Timeout,
            worker->receive(reply, monotonicSeconds() + 0.05, 20, {}));
  EXPECT_EQ(Event::Silence,
            worker->receive(reply, monotonicSeconds() + 20, 0.05, {}));
  std::atomic<bool> interrupt{true};
  double later = monotonicSeconds() + 20;
  EXPECT_EQ(Event::Interrupted, worker->receive(reply, later, 20, &interrupt));
  EXPECT_EQ(Event::Interrupted,
            worker->receive(reply, later, 20, {nullptr, monotonicSeconds()}));
}

/// Whatever comes in without end is given up: text, half a frame, stderr.
TEST(WorkerProcess, EndsThoseThatFlood) {
  EXPECT_EQ(0u, whyEnded({"yes"}).find("sent garbage: "));
  auto worker = start({"sh", "-c", R"(printf '\000\000\000\001{'; sleep 60)"});
  Reply reply;
  EXPECT_EQ(Event::Timeout,
            worker->receive(reply, monotonicSeconds() + 0.3, 20, {}));
  EXPECT_EQ(0u, whyEnded({"sh", "-c", R"(printf '\377\377\377\077{'; yes '')"})
                    .find("sent garbage: "));
  worker = start({"sh", "-c", "yes >&2"});
  EXPECT_EQ(Event::Timeout,
            worker->receive(reply, monotonicSeconds() + 0.5, 20, {}));
}

/// One that does not look at its stdin is killed after two seconds, with what
/// it started.
TEST(WorkerProcess, EndsThoseThatDoNotListen) {
  double begin = monotonicSeconds();
  start({"sh", "-c", "trap '' TERM INT; sleep 60 & sleep 60"}).reset();
  EXPECT_LT(monotonicSeconds() - begin, 10);
}

TEST(WorkerProcess, NobodyThere) {
  auto worker = WorkerProcess::start({"/nowhere/worker"});
  ASSERT_FALSE(static_cast<bool>(worker));
  EXPECT_EQ("cannot start worker '/nowhere/worker': No such file or directory",
            llvm::toString(worker.takeError()));
}

} // namespace
