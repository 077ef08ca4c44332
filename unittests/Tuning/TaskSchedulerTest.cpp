//===- TaskSchedulerTest.cpp - made-up histories with known answers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskScheduler.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <random>

using namespace chameleon;

TEST(TaskScheduler, EveryTaskGetsABatchFirst) {
  std::vector<TaskProgress> tasks(3);
  tasks[0].best = {1.0};
  EXPECT_EQ(pickTask(tasks), 1u);
  tasks[1].best = {100.0};
  EXPECT_EQ(pickTask(tasks), 2u);
}

TEST(TaskScheduler, NothingWhenAllAreFinished) {
  std::vector<TaskProgress> tasks(2);
  tasks[0].finished = tasks[1].finished = true;
  EXPECT_EQ(pickTask(tasks), std::nullopt);
  EXPECT_EQ(pickTask({}), std::nullopt);
}

TEST(TaskScheduler, WeightIsTheNumberOfCalls) {
  std::vector<TaskProgress> tasks(2);
  tasks[0].best = tasks[1].best = {1.0, 0.9};
  tasks[1].weight = 2;
  EXPECT_EQ(pickTask(tasks), 1u);
}

TEST(TaskScheduler, ATaskThatStoppedGainingGivesWay) {
  // Equal best times; the second has had many more batches, the last three
  // without a gain.
  std::vector<TaskProgress> tasks(2);
  tasks[0].best = {2.0, 1.0};
  tasks[1].best = {2.0, 1.0, 1.0, 1.0, 1.0};
  EXPECT_EQ(pickTask(tasks), 0u);
}

TEST(TaskScheduler, TheGradientIsTheMixtureThatItsHeaderStates) {
  // alpha 0.5, window 1. Task 0: slope 0.2, outlook 0.8/2 -> 0.3. Task 1: slope
  // 0, outlook 0.7/1 -> 0.35.
  std::vector<TaskProgress> tasks(2);
  tasks[0].best = {1.0, 0.8};
  tasks[1].best = {0.7};
  TaskSchedulerOptions options;
  options.alpha = 0.5;
  options.window = 1;
  EXPECT_EQ(pickTask(tasks, options), 1u);
  tasks[1].best = {0.5}; // 0.25
  EXPECT_EQ(pickTask(tasks, options), 0u);
}

TEST(TaskScheduler, ATaskWithoutARightCandidateDoesNotTakeTheBudget) {
  std::vector<TaskProgress> tasks(2);
  tasks[0].best = {0.0};
  tasks[1].best = {1e-6};
  EXPECT_EQ(pickTask(tasks), 1u);
}

TEST(TaskScheduler, TasksThatHardlyShortenTheModelRest) {
  TaskSchedulerOptions options;
  options.restWindow = 2;
  options.minimalGain = 0.01;
  // The model takes 100 + 1. Two batches took 0.4 off the small task: 0.4 % of
  // the model; 2 off the large one.
  std::vector<TaskProgress> tasks(2);
  tasks[0].best = {1.4, 1.2, 1.0};
  tasks[1].best = {102, 101, 100};
  EXPECT_EQ(pickTask(tasks, options), 1u);
  tasks[1].finished = true;
  EXPECT_EQ(pickTask(tasks, options), std::nullopt);
  options.minimalGain = 0;
  EXPECT_NE(pickTask(tasks, options), std::nullopt) << "nobody rests";
  options.minimalGain = 0.003;
  EXPECT_EQ(pickTask(tasks, options), 0u) << "0.4 % is enough";
  options.minimalGain = 0.01;
  tasks[0].weight = 10;
  EXPECT_EQ(pickTask(tasks, options), 0u) << "ten calls: 3.6 % of the model";
}

TEST(TaskScheduler, NobodyRestsBeforeTheWindowIsFull) {
  TaskSchedulerOptions options;
  options.restWindow = 3;
  options.minimalGain = 0.5;
  std::vector<TaskProgress> tasks(1);
  tasks[0].best = {1, 1, 1};
  EXPECT_EQ(pickTask(tasks, options), 0u);
  tasks[0].best = {1, 1, 1, 1};
  EXPECT_EQ(pickTask(tasks, options), std::nullopt);
  tasks[0].best = {0, 0, 0, 0};
  EXPECT_EQ(pickTask(tasks, options), 0u) << "nothing was right yet";
}

TEST(TaskScheduler, ATaskInFlightGetsNoOtherBatch) {
  std::vector<TaskProgress> tasks(3);
  tasks[0].inFlight = true;
  EXPECT_EQ(pickTask(tasks), 1u) << "its first batch is under way";
  tasks[1].best = {1.0};
  tasks[2].best = {2.0};
  tasks[2].inFlight = true;
  EXPECT_EQ(pickTask(tasks), 1u);
  tasks[1].inFlight = true;
  EXPECT_EQ(pickTask(tasks), std::nullopt);
}

//===----------------------------------------------------------------------===//
// A model of tasks whose best times are known functions of their batches
//===----------------------------------------------------------------------===//

namespace {

struct SyntheticTask {
  double weight, floor, excess, decay; ///< decay: batches
  double timeAfter(size_t batches) const {
    return floor * (1 + excess * std::exp(-double(batches) / decay));
  }
};

/// Twenty layers as in a network: times over two orders of magnitude, some that
/// gain much and late, some that gain nothing.
std::vector<SyntheticTask> makeModel(unsigned seed) {
  std::mt19937 generator(seed);
  auto uniform = [&](double low, double high) {
    return low + (high - low) * (generator() / 4294967296.0);
  };
  std::vector<SyntheticTask> model;
  for (int i = 0; i < 20; ++i)
    model.push_back({std::floor(uniform(1, 5)), std::exp(uniform(-2.3, 2.3)),
                     i % 4 ? uniform(0, 1.5) : 0, uniform(1, 6)});
  return model;
}

struct Spending {
  std::vector<size_t> batches; ///< by task
  double seconds = 0;          ///< of the model, at the end
  size_t total = 0;
};

/// Keeps `mostInFlight` batches under way, which end in a random order.
Spending simulate(const std::vector<SyntheticTask> &model, size_t mostInFlight,
                  size_t budget, const TaskSchedulerOptions &options) {
  std::mt19937 generator(7);
  std::vector<TaskProgress> states(model.size());
  for (size_t i = 0; i < model.size(); ++i)
    states[i].weight = model[i].weight;
  Spending run;
  std::vector<size_t> inFlight;
  while (true) {
    while (inFlight.size() < mostInFlight && run.total < budget) {
      std::optional<size_t> picked = pickTask(states, options);
      if (!picked)
        break;
      EXPECT_FALSE(states[*picked].inFlight);
      states[*picked].inFlight = true;
      inFlight.push_back(*picked);
      ++run.total;
    }
    if (inFlight.empty())
      break;
    auto done = inFlight.begin() + generator() % inFlight.size();
    TaskProgress &state = states[*done];
    state.best.push_back(model[*done].timeAfter(state.best.size() + 1));
    state.inFlight = false;
    inFlight.erase(done);
  }
  for (size_t i = 0; i < model.size(); ++i) {
    run.batches.push_back(states[i].best.size());
    run.seconds += model[i].weight * model[i].timeAfter(states[i].best.size());
  }
  return run;
}

double floorOf(const std::vector<SyntheticTask> &model) {
  double sum = 0;
  for (const SyntheticTask &task : model)
    sum += task.weight * task.floor;
  return sum;
}

} // namespace

/// Whoever has four under way knows a little less when it picks; with eight of
/// twenty, batches go to tasks that are less worth it. Both pay if they keep
/// busy what idled before.
TEST(TaskScheduler, SeveralInFlightShortenTheModelAsMuchAsOne) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::vector<SyntheticTask> model = makeModel(seed);
    for (size_t budget : {40, 80, 160}) {
      Spending alone = simulate(model, 1, budget, {});
      Spending four = simulate(model, 4, budget, {});
      Spending eight = simulate(model, 8, 2 * budget, {});
      EXPECT_EQ(budget, four.total);
      for (const Spending &run : {four, eight})
        EXPECT_GE(*std::min_element(run.batches.begin(), run.batches.end()),
                  1u);
      EXPECT_LT(four.seconds, 1.03 * alone.seconds)
          << "seed " << seed << ", " << budget << " batches";
      EXPECT_LT(eight.seconds, alone.seconds)
          << "seed " << seed << ", twice " << budget << " batches";
    }
  }
}

TEST(TaskScheduler, AllRestWhenNothingIsToBeGained) {
  TaskSchedulerOptions options;
  options.minimalGain = 5e-4;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::vector<SyntheticTask> model = makeModel(seed);
    for (size_t inFlight : {1, 4, 20}) {
      Spending run = simulate(model, inFlight, 100000, options);
      EXPECT_LT(run.total, 60 * model.size()) << inFlight << " in flight";
      EXPECT_LT(run.seconds, 1.005 * floorOf(model));
      for (size_t i = 0; i < model.size(); ++i) {
        if (model[i].excess == 0)
          EXPECT_EQ(options.restWindow + 1, run.batches[i])
              << "nothing to gain: it rests as soon as that is known";
      }
    }
  }
}

TEST(ScheduleCompetition, TheFasterGetsMostButEachIsTried) {
  for (double ratio : {1.0, 1.2, 1.5, 2.5, 3.5}) {
    std::vector<ScheduleProgress> schedules = {{{1}}, {{ratio}}};
    for (int batch = 0; batch < 31; ++batch) {
      std::optional<size_t> picked = pickSchedule(schedules);
      ASSERT_TRUE(picked);
      // Each gains a third over its first 32 trials.
      std::vector<double> &best = schedules[*picked].best;
      for (int trial = 0; trial < 4; ++trial)
        best.push_back((*picked ? ratio : 1) *
                       (1 - std::min<size_t>(best.size() + 1, 32) / 96.0));
    }
    size_t faster = schedules[0].best.size(), slower = schedules[1].best.size();
    EXPECT_EQ(126u, faster + slower);
    EXPECT_GE(faster, slower) << ratio;
    if (ratio == 1)
      EXPECT_GE(slower, 60u);
    else
      EXPECT_LE(slower, 2 / (ratio - 1) + 4) << ratio;
    EXPECT_TRUE(mayWin(schedules, 0));
    EXPECT_EQ(ratio == 1, mayWin(schedules, 1)) << ratio;
  }
}

TEST(ScheduleCompetition, FailuresAndExhaustedSpaces) {
  std::vector<double> failed(5), right(40, 1.0);
  EXPECT_FALSE(pickSchedule({}));
  EXPECT_EQ(0u, pickSchedule({{{0}}, {{0}}})) << "the first of equal ones";
  EXPECT_EQ(1u, pickSchedule({{failed}, {{0}}})) << "nothing was right yet";
  EXPECT_EQ(0u, pickSchedule({{{0}}, {right}})) << "may have had bad luck";
  EXPECT_EQ(1u, pickSchedule({{failed}, {right}}));
  EXPECT_FALSE(mayWin({{failed}, {right}}, 0));
  std::vector<double> slower(5, 1.2);
  EXPECT_EQ(1u, pickSchedule({{std::vector<double>(12, 1.2)}, {right}}));
  EXPECT_EQ(0u, pickSchedule({{slower}, {right, false, true}}))
      << "the better one expects nothing more";
  EXPECT_EQ(0u, pickSchedule({{slower}, {right, true}})) << "all that is left";
  EXPECT_FALSE(pickSchedule({{slower, true}, {right, true}}));
}
