//===- MeasureSessionTest.cpp - candidates that misbehave cost nobody else
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakePool.h"

using namespace chameleon;

namespace {

TEST(MeasureSession, GoodCandidatesKeepTheirOrder) {
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

class MeasureSessionFault : public testing::TestWithParam<Fault> {};

/// The candidate has its outcome and its reason; those before, beside and after
/// it do not suffer.
TEST_P(MeasureSessionFault, CostsItsCandidateAlone) {
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
    Faults, MeasureSessionFault,
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

WorkerPoolOptions deviceOptions() {
  WorkerPoolOptions options = fakeOptions();
  options.target = "devices";
  return options;
}

TEST(MeasureSession, DevicesTimeWhatOthersHaveCompiled) {
  auto pool = makePool(deviceOptions());
  ASSERT_TRUE(pool);
  std::vector<std::string> specs;
  for (int i = 1; i <= 40; ++i)
    specs.push_back("ms=" + std::to_string(i));
  std::set<std::string> processes;
  std::vector<Measurement> results = measure(*pool, specs);
  for (int i = 1; i <= 40; ++i) {
    EXPECT_EQ(Outcome::Ok, results[i - 1].outcome) << results[i - 1].message;
    EXPECT_DOUBLE_EQ(i * 1e-3, results[i - 1].seconds);
    EXPECT_GT(results[i - 1].compileSeconds, 0);
    processes.insert(results[i - 1].message);
  }
  EXPECT_EQ(2u, processes.size()) << "one process a device";
  // Compiling children, timing children, the worker.
  EXPECT_EQ(5u, descendants().size());
  pool.reset();
  EXPECT_TRUE(nothingLeft());
}

TEST(MeasureSession, FaultsOnDevicesCostTheirCandidatesAlone) {
  auto pool = makePool(deviceOptions());
  ASSERT_TRUE(pool);
  MeasurePolicy policy;
  policy.compileTimeout = policy.runTimeout = 0.5;
  std::vector<Measurement> results = measure(
      *pool,
      {"good", "compile-abort", "good", "run-segfault", "good", "run-hang",
       "good", "compile-hang", "wrong", "good", "time-abort", "good",
       "lost-device", "good", "no-import", "good", "run-exit", "good"},
      policy);
  const std::pair<Outcome, llvm::StringRef> expected[] = {
      {Outcome::CompileCrash, "aborted: LLVM ERROR"},
      {Outcome::RunCrash, "segmentation fault"},
      {Outcome::RunTimeout, "longer than 0.5"},
      {Outcome::CompileTimeout, "longer than 0.5"},
      {Outcome::WrongResult, ""},
      {Outcome::RunCrash, "aborted"},
      {Outcome::RunCrash, "the device fell off the bus"},
      {Outcome::CompileError, "too much shared memory"},
      {Outcome::RunCrash, "ended with exit status 3"}};
  const auto *next = std::begin(expected);
  for (size_t i : {1, 3, 5, 7, 8, 10, 12, 14, 16}) {
    EXPECT_EQ(toString(next->first).str(), toString(results[i].outcome).str())
        << i;
    EXPECT_TRUE(llvm::StringRef(results[i].message).starts_with(next->second))
        << i << ": " << results[i].message;
    ++next;
  }
  for (size_t i : {0, 2, 4, 6, 9, 11, 13, 15, 17})
    EXPECT_EQ(Outcome::Ok, results[i].outcome)
        << i << ": " << results[i].message;
}

TEST(MeasureSession, FinalistsShareADevice) {
  auto pool = makePool(deviceOptions());
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

TEST(MeasureSession, AKilledWorkerTakesExportsAlong) {
  auto pool = makePool(deviceOptions());
  ASSERT_TRUE(pool);
  pid_t worker = workerProcess();
  unsigned seen = 0;
  std::vector<Candidate> candidates(40, Candidate{"task", "good", false});
  std::vector<Measurement> results =
      pool->measure(candidates, {}, [&](size_t, const Measurement &) {
        if (++seen == 5)
          kill(worker, SIGKILL);
      });
  for (const Measurement &result : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
  EXPECT_NE(worker, workerProcess());
}

TEST(MeasureSession, InterleavedFinalistsShareAChild) {
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

TEST(MeasureSession, InterleavedTimingThatDiesFallsBackToOneByOne) {
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

TEST(MeasureSession, ChildIsReplacedAfterItsTrials) {
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

TEST(MeasureSession, KilledWorkerIsStartedAgain) {
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

TEST(MeasureSession, KilledChildCostsNothing) {
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

TEST(MeasureSession, WorkerThatKeepsDyingGivesUp) {
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

TEST(MeasureSession, InterruptReturnsWithinASecond) {
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

} // namespace
