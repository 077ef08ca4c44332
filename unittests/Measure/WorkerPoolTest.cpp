//===- WorkerPoolTest.cpp - starting workers, adding tasks, leaving nothing
// behind
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakePool.h"

using namespace chameleon;

namespace {

TEST(WorkerPool, InterruptEndsAReference) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::atomic<bool> interrupt{false};
  std::thread user([&] {
    usleep(200000);
    interrupt = true;
  });
  double begin = monotonicSeconds();
  EXPECT_EQ("interrupted",
            llvm::toString(pool->addTask({"hang", "hang", 1}, 60, &interrupt)));
  EXPECT_LT(monotonicSeconds() - begin, 1.2);
  user.join();
  EXPECT_EQ(Outcome::Ok, measure(*pool, {"good"}).front().outcome);
}

TEST(WorkerPool, TaskErrors) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  EXPECT_EQ("the payload does not parse",
            llvm::toString(pool->addTask({"bad", "bad", 1})));
  EXPECT_EQ("computing the reference: aborted: LLVM ERROR: cannot select",
            llvm::toString(pool->addTask({"abort", "abort", 1})));
  EXPECT_EQ("computing the reference: longer than 0.200 s",
            llvm::toString(pool->addTask({"hang", "hang", 1}, 0.2)));
  EXPECT_EQ("", llvm::toString(pool->addTask({"task", "again", 1})))
      << "a known key is nothing";
  EXPECT_EQ(Outcome::Ok, measure(*pool, {"good"}).front().outcome);
  Candidate unknown{"nobody", "good"};
  Measurement result = pool->measure(unknown, {}).front();
  EXPECT_EQ(Outcome::CompileError, result.outcome);
  EXPECT_EQ("unknown task 'nobody'", result.message);
}

TEST(WorkerPool, RemarksReachTheCaller) {
  std::string heard;
  WorkerPoolOptions options = fakeOptions();
  options.onRemark = [&](llvm::StringRef key, llvm::StringRef remark) {
    heard = (key + ": " + remark).str();
  };
  auto pool = makePool(options);
  ASSERT_TRUE(pool);
  EXPECT_EQ("", llvm::toString(pool->addTask({"coarse", "remark", 1})));
  EXPECT_EQ("coarse: of low precision", heard);
}

std::string creationError(const WorkerPoolOptions &options) {
  llvm::Expected<std::unique_ptr<WorkerPool>> pool =
      WorkerPool::create(options);
  return pool ? "" : llvm::toString(pool.takeError());
}

TEST(WorkerPool, WorkersThatCannotStart) {
  WorkerPoolOptions options = fakeOptions();
  options.worker = "/nowhere/chameleon-worker";
  EXPECT_EQ("worker '/nowhere/chameleon-worker' does not exist",
            creationError(options));
  llvm::SmallString<128> plain;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("worker", "txt", plain));
  options.worker = plain.str().str();
  EXPECT_EQ("worker '" + options.worker + "' cannot be executed",
            creationError(options));
  llvm::sys::fs::remove(plain);

  options = fakeOptions();
  options.launcher = {"/nowhere/launcher"};
  EXPECT_EQ(
      "cannot start worker '/nowhere/launcher': No such file or directory",
      creationError(options));
  options.launcher = {"sh", "-c", "echo no such host >&2; exit 255"};
  EXPECT_TRUE(llvm::StringRef(creationError(options))
                  .contains("ended with exit status 255: no such host"))
      << creationError(options);

  options = fakeOptions();
  options.workerArguments = {"--die"};
  EXPECT_TRUE(llvm::StringRef(creationError(options))
                  .contains("ended with exit status 9"))
      << creationError(options);
  options.workerArguments = {"--banner"};
  EXPECT_TRUE(
      llvm::StringRef(creationError(options))
          .contains(
              "sent garbage: not a frame of the worker protocol: 'Welcome"))
      << creationError(options);

  options = fakeOptions();
  options.target = "nothing";
  EXPECT_TRUE(llvm::StringRef(creationError(options))
                  .contains("refused: unknown target 'nothing'"));
  options.target = "cold";
  EXPECT_TRUE(llvm::StringRef(creationError(options))
                  .contains("refused: it is too cold"));
  options.target = "threads";
  EXPECT_TRUE(
      llvm::StringRef(creationError(options)).contains("cannot fork safely"));
  EXPECT_TRUE(nothingLeft());
}

TEST(WorkerPool, LauncherStandsBetween) {
  WorkerPoolOptions options = fakeOptions();
  options.launcher = {"env", "CHAMELEON_LAUNCHED=1"};
  auto pool = makePool(options);
  ASSERT_TRUE(pool);
  EXPECT_EQ(Outcome::Ok, measure(*pool, {"good"}).front().outcome);
}

/// A tuner that is killed with SIGKILL cannot clean up; its worker and the
/// children must go all the same.
TEST(WorkerPool, KilledTunerLeavesNothingBehind) {
  prctl(PR_SET_CHILD_SUBREAPER,
        1); // orphans stay our descendants, so that they are seen
  pid_t tuner = fork();
  if (tuner == 0) {
    auto pool = makePool();
    if (pool)
      measure(*pool, {"good", "run-spin"});
    _exit(0);
  }
  // Until the child spins: tuner, worker, children.
  for (int i = 0; i < 500 && descendants().size() < 4; ++i)
    usleep(10000);
  EXPECT_GE(descendants().size(), 4u);
  kill(tuner, SIGKILL);
  // As the new parent we reap what ends.
  bool gone = false;
  for (int i = 0; i < 200 && !gone; ++i) {
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    gone = descendants().empty();
    usleep(10000);
  }
  EXPECT_TRUE(gone);
  for (pid_t process : descendants())
    llvm::errs() << "left: " << process << " " << commandOf(process) << "\n";
  prctl(PR_SET_CHILD_SUBREAPER, 0);
}

} // namespace
