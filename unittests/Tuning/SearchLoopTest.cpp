//===- SearchLoopTest.cpp - several tasks at once, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
#include "../../lib/Tuning/SearchLoop.h"
#include "FakeTuning.h"
#include <limits>

using namespace chameleon;

namespace {

class SearchLoopTest : public TuningTest {
protected:
  SearchLoopTest() {
    options.trials = options.patience = 20;
    options.strategy = "test";
  }
  void SetUp() override { makeTasks(); }
  void makeTasks() {
    pool = ScriptedPool();
    known.clear();
    warnings.clear();
    TuningTest::makeTasks(makeModel());
    ASSERT_EQ(4u, tasks.size());
  }

  std::string run() {
    SearchLoopHooks hooks;
    hooks.onTrial = [&](size_t task, const ScheduleChoice &,
                        const Measurement &, bool final) {
      known[keyOf(task)] += !final;
      return mostKept-- > 0;
    };
    hooks.onProgress = [](size_t, llvm::StringRef) {};
    hooks.onWarning = [&](size_t task, const std::string &message) {
      warnings.push_back(tasks[task]->getReport().name + " " + message);
    };
    hooks.mustStop = [&] { return mustStop || interrupt; };
    hooks.secondsLeft = [] { return std::numeric_limits<double>::infinity(); };
    SearchLoop loop(tasks, pool, search, options, hooks, &interrupt);
    return llvm::toString(loop.run());
  }
  const std::string &keyOf(size_t task) { return tasks[task]->getReport().key; }

  TuningOptions options;
  ScriptedPool pool;
  std::map<std::string, int> known; ///< trials by task
  std::vector<std::string> warnings;
  std::atomic<bool> interrupt{false};
  bool mustStop = false;
  int mostKept = 1 << 20; ///< trials that there is room for
};

/// What was measured is of use all the same; what is counted was kept.
TEST_F(SearchLoopTest, ATrialThatCannotBeKeptIsTheLast) {
  mostKept = 5;
  EXPECT_EQ("", run());
  int64_t kept = 0, others = 0, all = 0;
  for (auto &task : tasks) {
    kept += task->getReport().trials;
    others += task->getReport().unstored;
    all += task->countTrials();
  }
  EXPECT_EQ(5, kept);
  EXPECT_EQ(1, others);
  EXPECT_EQ(6, all);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(SearchLoopTest, AllTasksAreSearchedAndDecided) {
  EXPECT_EQ("", run());
  // Those first where most work is done.
  EXPECT_EQ((std::vector<std::string>{keyOf(3), keyOf(2), keyOf(1), keyOf(0)}),
            pool.firsts);
  EXPECT_EQ(4u, pool.mostTasks);
  for (auto &task : tasks) {
    const std::string &key = task->getReport().key;
    EXPECT_EQ(20u, pool.searched[key].size());
    EXPECT_EQ(20, known[key]);
    EXPECT_EQ(1, pool.finals[key]);
    std::optional<Decision> decision = task->decide();
    ASSERT_TRUE(decision);
    EXPECT_FALSE(decision->isReused);
    double best = 1;
    for (const std::string &spec : pool.searched[key])
      best = std::min(best, ScriptedPool::timeOf(spec));
    EXPECT_DOUBLE_EQ(best, task->getReport().bestSeconds);
    EXPECT_DOUBLE_EQ(best,
                     ScriptedPool::timeOf(task->makeSpec(decision->choice)));
  }
}

/// The order in which candidates are done, and how many are open at a time,
/// decide when a task gets its next batch, but not what is in it.
TEST_F(SearchLoopTest, AloneTheTrialsOfATaskDoNotDependOnTheOrder) {
  options.share = false;
  EXPECT_EQ("", run());
  auto expected = pool.searched;
  uint64_t state = 5;
  std::function<size_t(size_t)> orders[] = {
      [](size_t open) { return open - 1; },
      [&](size_t open) { return (state = mix(state, "", 0)) % open; }};
  for (auto &order : orders)
    for (size_t capacity : {1, 40}) {
      makeTasks();
      pool.next = order;
      pool.capacity = capacity;
      EXPECT_EQ("", run());
      EXPECT_EQ(expected, pool.searched);
    }
  makeTasks();
  options.seed = 1;
  EXPECT_EQ("", run());
  EXPECT_NE(expected, pool.searched);
}

/// The order of whole batches decides what a task is told of others; the order
/// within a batch does not.
TEST_F(SearchLoopTest, SharingTasksRepeatTheirTrialsInTheSameOrderOfBatches) {
  pool.capacity = 1;
  EXPECT_EQ("", run());
  auto expected = pool.searched;
  EXPECT_FALSE(relatedCalls.empty());
  std::function<size_t(size_t)> orders[] = {
      [](size_t) { return 0; }, [](size_t open) { return open - 1; }};
  for (auto &order : orders) {
    makeTasks();
    pool.capacity = 1;
    pool.next = order;
    EXPECT_EQ("", run());
    EXPECT_EQ(expected, pool.searched);
  }
  makeTasks();
  pool.capacity = 1;
  options.share = false;
  EXPECT_EQ("", run());
  EXPECT_NE(expected, pool.searched);
  EXPECT_TRUE(relatedCalls.empty());
}

TEST_F(SearchLoopTest, TheFirstBatchesAreHalf) {
  options.trials = options.patience = 80;
  pool.capacity = 1;
  std::vector<size_t> sizes;
  std::map<std::string, size_t> before;
  pool.next = [&](size_t open) {
    if (open > 1 && (sizes.empty() || open > sizes.back()))
      sizes.push_back(open);
    return 0;
  };
  EXPECT_EQ("", run());
  EXPECT_EQ((std::vector<size_t>{4, 8}), sizes);
}

TEST_F(SearchLoopTest, ATaskWithoutAReferenceIsLeftAlone) {
  pool.withoutReference = {keyOf(1)};
  EXPECT_EQ("", run());
  EXPECT_EQ(std::vector<std::string>(
                {tasks[1]->getReport().name + " is left as it is: no luck"}),
            warnings);
  EXPECT_EQ(1u, pool.searched[keyOf(1)].size());
  EXPECT_FALSE(tasks[1]->decide());
  for (size_t task : {0, 2, 3})
    EXPECT_TRUE(tasks[task]->decide());
}

TEST_F(SearchLoopTest, ATaskThatCannotBeSearchedKeepsItsDefault) {
  options.strategy = "none";
  EXPECT_EQ("", run());
  EXPECT_EQ(4u, warnings.size());
  EXPECT_TRUE(llvm::StringRef(warnings[0]).contains("is not searched"));
  for (auto &task : tasks)
    EXPECT_EQ(1u, task->getFastest(4).size());
}

TEST_F(SearchLoopTest, ALostWorkerEndsTheRun) {
  int count = 0;
  pool.onMeasure = [&](const Candidate &, Measurement &result) {
    if (++count > 30) {
      result = Measurement();
      result.message = "it hangs";
    }
  };
  EXPECT_EQ("the worker was lost: it hangs", run());
  // What was measured before is known, and nothing was begun afterwards.
  int trials = 0;
  for (auto &[key, one] : known)
    trials += one;
  EXPECT_EQ(30, trials);
  EXPECT_LE(count, 30 + 2 * 12 + 8);
}

TEST_F(SearchLoopTest, StoppingWaitsForWhatIsInFlight) {
  size_t submitted = 0, done = 0;
  pool.onMeasure = [&](const Candidate &, Measurement &) {
    if (++done == 20) {
      mustStop = true;
      submitted = done + pool.countOpen() - 1;
    }
  };
  EXPECT_EQ("", run());
  EXPECT_EQ(submitted, done);
  for (auto &task : tasks) {
    EXPECT_EQ(0, pool.finals[task->getReport().key]);
    EXPECT_FALSE(task->getFastest(1).empty());
  }
}

TEST_F(SearchLoopTest, AnInterruptKeepsWhatWasMeasuredOfABatch) {
  int done = 0;
  pool.onMeasure = [&](const Candidate &, Measurement &) {
    // The four defaults, and half a batch.
    if (++done == 6)
      interrupt = true;
  };
  EXPECT_EQ("", run());
  int64_t trials = 0;
  for (auto &task : tasks)
    trials += task->countTrials();
  EXPECT_EQ(6, trials);
}

TEST_F(SearchLoopTest, WithoutRightCandidatesThereAreNoFinals) {
  pool.onMeasure = [](const Candidate &, Measurement &result) {
    result.outcome = Outcome::WrongResult;
  };
  EXPECT_EQ("", run());
  for (auto &task : tasks) {
    EXPECT_EQ(0, pool.finals[task->getReport().key]);
    EXPECT_FALSE(task->decide());
    EXPECT_EQ(20, task->getReport().failures.at("wrong-result"));
  }
}

} // namespace
