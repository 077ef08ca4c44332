//===- ProcessWorkerPoolTest.cpp - candidates that misbehave cost nobody
// else
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakePool.h"

using namespace chameleon;

namespace {

TEST(ProcessWorkerPool, GoodCandidatesKeepTheirOrder) {
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

class ProcessWorkerPoolFault : public testing::TestWithParam<Fault> {};

/// The candidate has its outcome and its reason; those before, beside and after
/// it do not suffer.
TEST_P(ProcessWorkerPoolFault, CostsItsCandidateAlone) {
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
    Faults, ProcessWorkerPoolFault,
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

TEST(ProcessWorkerPool, DevicesTimeWhatOthersHaveCompiled) {
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

TEST(ProcessWorkerPool, FaultsOnDevicesCostTheirCandidatesAlone) {
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

/// Finalists that are right are timed in one process, whatever becomes of the
/// others.
static void expectFinalistsTogether(WorkerPool *pool) {
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

TEST(ProcessWorkerPool, FinalistsShareADevice) {
  expectFinalistsTogether(makePool(deviceOptions()).get());
}

TEST(ProcessWorkerPool, AKilledWorkerTakesExportsAlong) {
  auto pool = makePool(deviceOptions());
  ASSERT_TRUE(pool);
  pid_t worker = workerProcess();
  unsigned seen = 0;
  std::vector<Candidate> candidates(40, Candidate{"task", "good"});
  std::vector<Measurement> results =
      pool->measure(candidates, {}, [&](size_t, const Measurement &) {
        if (++seen == 5)
          kill(worker, SIGKILL);
      });
  for (const Measurement &result : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
  EXPECT_NE(worker, workerProcess());
}

TEST(ProcessWorkerPool, InterleavedFinalistsShareAChild) {
  expectFinalistsTogether(makePool().get());
}

TEST(ProcessWorkerPool, InterleavedTimingThatDiesFallsBackToOneByOne) {
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

TEST(ProcessWorkerPool, ChildIsReplacedAfterItsTrials) {
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

TEST(ProcessWorkerPool, KilledWorkerIsStartedAgain) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  EXPECT_EQ("", llvm::toString(pool->addTask({"other", "other payload", 1})));
  pid_t worker = workerProcess();
  ASSERT_GT(worker, 0);
  unsigned seen = 0;
  std::vector<Candidate> candidates(40, Candidate{"other", "good"});
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

TEST(ProcessWorkerPool, KilledChildCostsNothing) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  unsigned seen = 0;
  std::vector<Candidate> candidates(24, Candidate{"task", "good"});
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

TEST(ProcessWorkerPool, WorkerThatKeepsDyingGivesUp) {
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

TEST(ProcessWorkerPool, InterruptReturnsWithinASecond) {
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::atomic<bool> interrupt{false};
  std::vector<Candidate> candidates{
      {"task", "good"}, {"task", "run-hang"}, {"task", "good"}};
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

//===----------------------------------------------------------------------===//
// Several tasks at once
//===----------------------------------------------------------------------===//

std::map<int64_t, Measurement> waitForAll(WorkerPool &pool) {
  std::map<int64_t, Measurement> results;
  while (std::optional<MeasuredCandidate> one = pool.wait())
    EXPECT_TRUE(results.emplace(one->ticket, one->measurement).second)
        << "ticket " << one->ticket << " came twice";
  EXPECT_EQ(0u, pool.countOpen());
  return results;
}

class SeveralTasks : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    WorkerPoolOptions options = fakeOptions();
    options.target = GetParam();
    pool = makePool(options);
    ASSERT_TRUE(pool);
  }
  int64_t submit(const std::string &task, std::vector<std::string> specs,
                 bool interleaved = false) {
    std::vector<Candidate> candidates;
    for (std::string &spec : specs)
      candidates.push_back({task, std::move(spec)});
    MeasurePolicy policy;
    policy.interleaved = interleaved;
    return pool->submit(candidates, policy);
  }
  std::unique_ptr<WorkerPool> pool;
};

TEST_P(SeveralTasks, AreOpenTogether) {
  std::vector<int64_t> first;
  for (int task = 0; task < 5; ++task) {
    std::string key = "task " + std::to_string(task);
    pool->registerTask({key, "payload of " + key, 1});
    first.push_back(submit(key, {"ms=1", "ms=2", "wrong", "ms=4"}));
  }
  EXPECT_EQ(20u, pool->countOpen());
  // More come while those are under way, finalists among them.
  std::map<int64_t, Measurement> results;
  for (int i = 0; i < 5; ++i) {
    std::optional<MeasuredCandidate> one = pool->wait();
    ASSERT_TRUE(one);
    results[one->ticket] = one->measurement;
  }
  int64_t finals = submit("task 0", {"ms=5", "run-abort", "ms=6"}, true);
  int64_t late = submit("task 4", {"ms=7"});
  EXPECT_EQ(19u, pool->countOpen());
  results.merge(waitForAll(*pool));
  EXPECT_EQ(24u, results.size());
  for (int64_t ticket : first) {
    EXPECT_DOUBLE_EQ(1e-3, results[ticket].seconds) << results[ticket].message;
    EXPECT_DOUBLE_EQ(2e-3, results[ticket + 1].seconds);
    EXPECT_EQ(Outcome::WrongResult, results[ticket + 2].outcome);
    EXPECT_DOUBLE_EQ(4e-3, results[ticket + 3].seconds);
  }
  EXPECT_DOUBLE_EQ(5e-3, results[finals].seconds);
  EXPECT_EQ(Outcome::RunCrash, results[finals + 1].outcome);
  EXPECT_DOUBLE_EQ(6e-3, results[finals + 2].seconds);
  EXPECT_EQ(results[finals].message, results[finals + 2].message)
      << "timed in another process";
  EXPECT_DOUBLE_EQ(7e-3, results[late].seconds);
  PoolActivity activity = pool->getActivity();
  EXPECT_GT(activity.compileSeconds, 0);
  EXPECT_GT(activity.referenceSeconds, 0);
  EXPECT_GT(activity.measureSeconds, 0);
}

TEST_P(SeveralTasks, ANewTaskLeavesChildrenAlive) {
  std::set<std::string> processes;
  for (int task = 0; task < 6; ++task) {
    std::string key = "task " + std::to_string(task);
    EXPECT_EQ("", llvm::toString(pool->addTask({key, "payload of " + key, 1})));
    submit(key, {"ms=1", "ms=1", "ms=1", "ms=1"});
    for (const auto &[ticket, result] : waitForAll(*pool)) {
      EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
      processes.insert(result.message);
    }
  }
  EXPECT_LE(processes.size(), 2u);
}

TEST_P(SeveralTasks, OneWithoutAReferenceIsTheOnlyOneToSuffer) {
  pool->registerTask({"bad", "bad", 1});
  pool->registerTask({"hang", "hang", 1}, /*timeout=*/0.3);
  int64_t bad = submit("bad", {"ms=1", "ms=1"});
  int64_t hang = submit("hang", {"ms=1"});
  int64_t good = submit("task", {"ms=1", "ms=1"});
  std::map<int64_t, Measurement> results = waitForAll(*pool);
  for (int64_t ticket : {bad, bad + 1}) {
    EXPECT_EQ(Outcome::NoReference, results[ticket].outcome);
    EXPECT_EQ("the payload does not parse", results[ticket].message);
  }
  EXPECT_EQ(Outcome::NoReference, results[hang].outcome);
  EXPECT_EQ("computing the reference: longer than 0.300 s",
            results[hang].message);
  EXPECT_EQ(Outcome::Ok, results[good].outcome) << results[good].message;
  EXPECT_EQ(Outcome::Ok, results[good + 1].outcome);
  // Also if it is known before.
  submit("bad", {"ms=1"});
  EXPECT_EQ(Outcome::NoReference, pool->wait()->measurement.outcome);
}

TEST_P(SeveralTasks, AKilledWorkerForgetsTasksButThePoolDoesNot) {
  std::vector<int64_t> first;
  for (int task = 0; task < 4; ++task) {
    std::string key = "task " + std::to_string(task);
    pool->registerTask({key, "payload of " + key, 1});
    submit(key, {"ms=1", "ms=1", "ms=1"});
  }
  submit("task 2", {"ms=1", "ms=1"}, /*interleaved=*/true);
  ASSERT_TRUE(pool->wait());
  kill(workerProcess(), SIGKILL);
  std::map<int64_t, Measurement> results = waitForAll(*pool);
  EXPECT_EQ(13u, results.size());
  for (const auto &[ticket, result] : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
}

TEST_P(SeveralTasks, AnInterruptEndsAllThatAreOpen) {
  pool->registerTask({"hang", "hang", 1});
  submit("hang", {"ms=1"});
  submit("task", {"run-hang", "ms=1"});
  submit("task", std::vector<std::string>(100, "ms=1"));
  std::atomic<bool> interrupt{false};
  std::thread user([&] {
    usleep(300000);
    interrupt = true;
  });
  size_t lost = 0, all = 0;
  while (std::optional<MeasuredCandidate> one = pool->wait(&interrupt)) {
    ++all;
    if (one->measurement.outcome == Outcome::WorkerLost) {
      EXPECT_EQ("interrupted", one->measurement.message);
      ++lost;
    }
  }
  user.join();
  EXPECT_EQ(103u, all);
  EXPECT_GE(lost, 2u);
  // The pool lives on, and what was interrupted may be asked for again.
  submit("task", {"good"});
  EXPECT_EQ(Outcome::Ok, pool->wait()->measurement.outcome);
  EXPECT_FALSE(pool->wait());
}

INSTANTIATE_TEST_SUITE_P(Targets, SeveralTasks,
                         testing::Values("cpu", "devices"),
                         [](const auto &info) {
                           return std::string(info.param);
                         });

TEST(ProcessWorkerPool, ALargeReferenceHasTheDeviceToItself) {
  auto pool = makePool(deviceOptions());
  ASSERT_TRUE(pool);
  pool->registerTask({"large", "large", 1});
  std::vector<Candidate> candidates(6, Candidate{"task", "ms=1"});
  candidates.insert(candidates.begin() + 2, {"large", "ms=9"});
  std::vector<Measurement> results = pool->measure(candidates, {});
  for (const Measurement &result : results)
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
  EXPECT_DOUBLE_EQ(9e-3, results[2].seconds);
}

TEST(ProcessWorkerPool, LargeTasksShareChildrenWithinTheirMemory) {
  // Each takes 80 of 512 MiB in a child that has it open.
  auto pool = makePool();
  ASSERT_TRUE(pool);
  std::vector<Candidate> candidates;
  for (int task = 0; task < 12; ++task) {
    std::string key = "huge " + std::to_string(task);
    pool->registerTask({key, "huge", 1});
    candidates.push_back({key, "ms=1"});
  }
  for (const Measurement &result : pool->measure(candidates, {}))
    EXPECT_EQ(Outcome::Ok, result.outcome) << result.message;
}

} // namespace
