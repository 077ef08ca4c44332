//===- WorkerPoolTest.cpp - pool, protocol and fork server against a runner that
// misbehaves
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Measure/Timing.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <csignal>
#include <dirent.h>
#include <fstream>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace chameleon;

namespace {

WorkerPoolOptions fakeOptions() {
  WorkerPoolOptions options;
  options.worker = FAKE_WORKER;
  options.children = 2;
  options.memoryLimitMiB = 512;
  return options;
}

std::unique_ptr<WorkerPool>
makePool(const WorkerPoolOptions &options = fakeOptions()) {
  llvm::Expected<std::unique_ptr<WorkerPool>> pool =
      WorkerPool::create(options);
  if (!pool) {
    ADD_FAILURE() << llvm::toString(pool.takeError());
    return nullptr;
  }
  EXPECT_EQ("", llvm::toString((*pool)->addTask({"task", "payload", 1})));
  return std::move(*pool);
}

std::vector<Measurement> measure(WorkerPool &pool,
                                 llvm::ArrayRef<std::string> specs,
                                 MeasurePolicy policy = {}) {
  std::vector<Candidate> candidates;
  for (const std::string &spec : specs)
    candidates.push_back({"task", spec, false});
  return pool.measure(candidates, policy);
}

/// Processes whose ancestor is this one, by /proc.
std::set<pid_t> descendants() {
  std::set<pid_t> known{getpid()}, result;
  bool grew = true;
  while (grew) {
    grew = false;
    DIR *directory = opendir("/proc");
    while (dirent *entry = readdir(directory)) {
      pid_t process = atoi(entry->d_name);
      if (process <= 0 || known.count(process))
        continue;
      std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
      std::string line;
      std::getline(file, line);
      size_t close = line.rfind(')');
      if (close == std::string::npos)
        continue;
      pid_t parent = atoi(line.c_str() + close + 4);
      if (known.count(parent)) {
        known.insert(process);
        result.insert(process);
        grew = true;
      }
    }
    closedir(directory);
  }
  return result;
}

std::string commandOf(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/comm");
  std::string line;
  std::getline(file, line);
  return line;
}

/// The process that was started (not one of its forks).
pid_t workerProcess() {
  for (pid_t process : descendants()) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    std::getline(file, line);
    if (atoi(line.c_str() + line.rfind(')') + 4) == getpid())
      return process;
  }
  return -1;
}

/// True if no descendant is left, within two seconds.
bool nothingLeft() {
  for (int i = 0; i < 200; ++i) {
    std::set<pid_t> left = descendants();
    if (left.empty())
      return true;
    usleep(10000);
  }
  return false;
}

TEST(WorkerPool, GoodCandidatesKeepTheirOrder) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::vector<std::string> specs;
  for (int i = 1; i <= 40; ++i)
    specs.push_back("ms=" + std::to_string(i));
  std::vector<Measurement> results = measure(*pool, specs);
  ASSERT_EQ(40u, results.size());
  for (int i = 1; i <= 40; ++i) {
    EXPECT_EQ(Outcome::Ok, results[i - 1].outcome) << results[i - 1].message;
    EXPECT_DOUBLE_EQ(i * 1e-3, results[i - 1].seconds);
    EXPECT_DOUBLE_EQ(1e-7, results[i - 1].relativeError);
    EXPECT_GT(results[i - 1].compileSeconds, 0);
  }
}

struct Fault {
  const char *spec;
  Outcome outcome;
  const char *message;
};

class WorkerPoolFault : public testing::TestWithParam<Fault> {};

/// The candidate has its outcome and its reason; those before, beside and after
/// it do not suffer.
TEST_P(WorkerPoolFault, CostsItsCandidateAlone) {
  Fault fault = GetParam();
  auto pool = makePool();
  ASSERT_TRUE(pool);
  MeasurePolicy policy;
  policy.compileTimeout = policy.runTimeout = 0.5;
  // Memory faults need the time to touch it.
  if (fault.outcome == Outcome::MemoryLimit)
    policy.compileTimeout = policy.runTimeout = 20;
  double begin = monotonicSeconds();
  std::vector<Measurement> results =
      measure(*pool, {"good", "good", fault.spec, "good", "good"}, policy);
  llvm::errs() << "  " << fault.spec << ": " << toString(results[2].outcome)
               << ", '" << results[2].message << "', "
               << llvm::format("%.0f ms\n", (monotonicSeconds() - begin) * 1e3);
  for (size_t i : {0, 1, 3, 4})
    EXPECT_EQ(Outcome::Ok, results[i].outcome)
        << i << ": " << results[i].message;
  EXPECT_EQ(toString(fault.outcome).str(), toString(results[2].outcome).str());
  EXPECT_TRUE(llvm::StringRef(results[2].message).contains(fault.message))
      << results[2].message;
  pool.reset();
  EXPECT_TRUE(nothingLeft());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, WorkerPoolFault,
    testing::Values(
        Fault{"compile-abort", Outcome::CompileCrash,
              "aborted: LLVM ERROR: cannot select"},
        Fault{"compile-segfault", Outcome::CompileCrash, "segmentation fault"},
        Fault{"compile-stack", Outcome::CompileCrash, "stack overflow"},
        Fault{"compile-hang", Outcome::CompileTimeout, "longer than 0.5"},
        Fault{"compile-spin", Outcome::CompileTimeout, "longer than 0.5"},
        Fault{"compile-memory", Outcome::MemoryLimit, "more than 512 MiB"},
        Fault{"compile-exit", Outcome::CompileCrash, "exit status 3"},
        Fault{"compile-kill", Outcome::MemoryLimit, "killed from outside"},
        Fault{"transform-error", Outcome::TransformError, "no such loop"},
        Fault{"wrong", Outcome::WrongResult, ""},
        Fault{"run-abort", Outcome::RunCrash, "aborted"},
        Fault{"run-segfault", Outcome::RunCrash, "segmentation fault"},
        Fault{"run-stack", Outcome::RunCrash, "stack overflow"},
        Fault{"run-hang", Outcome::RunTimeout, "longer than 0.5"},
        Fault{"run-malloc", Outcome::MemoryLimit, "more than 512 MiB"},
        Fault{"run-garbage", Outcome::RunCrash, "nonsense"},
        Fault{"run-orphan", Outcome::Ok, ""},
        Fault{"time-segfault", Outcome::RunCrash, "segmentation fault"}),
    [](const testing::TestParamInfo<Fault> &info) {
      std::string name = info.param.spec;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(WorkerPool, InterleavedFinalistsShareAChild) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  MeasurePolicy policy;
  policy.interleaved = true;
  std::vector<Measurement> results = measure(
      *pool, {"ms=3", "run-abort", "wrong", "ms=4", "compile-abort", "ms=5"},
      policy);
  EXPECT_EQ(Outcome::RunCrash, results[1].outcome);
  EXPECT_EQ(Outcome::WrongResult, results[2].outcome);
  EXPECT_EQ(Outcome::CompileCrash, results[4].outcome);
  for (size_t i : {0, 3, 5}) {
    EXPECT_EQ(Outcome::Ok, results[i].outcome) << results[i].message;
    EXPECT_EQ(results[0].message, results[i].message)
        << "timed in another process";
  }
}

TEST(WorkerPool, InterleavedTimingThatDiesFallsBackToOneByOne) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  MeasurePolicy policy;
  policy.interleaved = true;
  std::vector<Measurement> results =
      measure(*pool, {"ms=3", "time-segfault", "ms=4"}, policy);
  EXPECT_EQ(Outcome::Ok, results[0].outcome) << results[0].message;
  EXPECT_EQ(Outcome::RunCrash, results[1].outcome);
  EXPECT_EQ(Outcome::Ok, results[2].outcome) << results[2].message;
}

TEST(WorkerPool, ChildIsReplacedAfterItsTrials) {
  WorkerPoolOptions options = fakeOptions();
  options.children = 1;
  options.trialsPerChild = 8;
  auto pool = makePool(options);
  ASSERT_TRUE(pool);
  std::map<std::string, unsigned> trials;
  for (const Measurement &result :
       measure(*pool, std::vector<std::string>(24, "good")))
    ++trials[result.message];
  EXPECT_EQ(3u, trials.size());
  for (auto &[process, count] : trials)
    EXPECT_EQ(8u, count) << process;
}

TEST(WorkerPool, KilledWorkerIsStartedAgain) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  EXPECT_EQ("", llvm::toString(pool->addTask({"other", "other payload", 1})));
  pid_t worker = workerProcess();
  ASSERT_GT(worker, 0);
  unsigned seen = 0;
  std::vector<Candidate> candidates(40, Candidate{"other", "good", false});
  std::vector<Measurement> results =
      pool->measure(candidates, {}, [&](size_t, const Measurement &) {
        if (++seen == 5)
          kill(worker, SIGKILL);
      });
  for (const Measurement &result : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
  EXPECT_EQ(40u, seen);
  EXPECT_NE(worker, workerProcess());
  pool.reset();
  EXPECT_TRUE(nothingLeft());
}

TEST(WorkerPool, KilledChildCostsNothing) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  unsigned seen = 0;
  std::vector<Candidate> candidates(24, Candidate{"task", "good", false});
  std::vector<Measurement> results =
      pool->measure(candidates, {}, [&](size_t, const Measurement &) {
        if (++seen == 5 || seen == 15) {
          pid_t worker = workerProcess();
          for (pid_t process : descendants())
            if (process != worker)
              kill(process, SIGKILL);
        }
      });
  for (const Measurement &result : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
}

TEST(WorkerPool, WorkerThatKeepsDyingGivesUp) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::atomic<bool> over{false};
  std::thread killer([&] {
    while (!over) {
      if (pid_t worker = workerProcess(); worker > 0)
        kill(worker, SIGKILL);
      usleep(1000);
    }
  });
  std::vector<Measurement> results =
      measure(*pool, std::vector<std::string>(200, "ms=1"));
  over = true;
  killer.join();
  ASSERT_EQ(200u, results.size());
  EXPECT_EQ(Outcome::WorkerLost, results.back().outcome);
  EXPECT_TRUE(
      llvm::StringRef(results.back().message).contains("without a result"))
      << results.back().message;
  // And it recovers when whatever killed it is over.
  EXPECT_EQ(Outcome::Ok, measure(*pool, {"good"}).front().outcome);
}

TEST(WorkerPool, InterruptReturnsWithinASecond) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::atomic<bool> interrupt{false};
  std::vector<Candidate> candidates{{"task", "good", false},
                                    {"task", "run-hang", false},
                                    {"task", "good", false}};
  double interrupted = 0;
  std::thread user([&] {
    usleep(300000);
    interrupted = monotonicSeconds();
    interrupt = true;
  });
  std::vector<Measurement> results =
      pool->measure(candidates, {}, nullptr, &interrupt);
  double returned = monotonicSeconds();
  user.join();
  EXPECT_LT(returned - interrupted, 1.0);
  EXPECT_EQ(Outcome::Ok, results[0].outcome);
  EXPECT_EQ(Outcome::WorkerLost, results[1].outcome);
  EXPECT_EQ("interrupted", results[2].message);
  // The pool lives on.
  EXPECT_EQ(Outcome::Ok, measure(*pool, {"good"}).front().outcome);
}

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
  Candidate unknown{"nobody", "good", false};
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
