//===- TaskSchedulerTest.cpp - made-up histories with known answers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskScheduler.h"
#include "gtest/gtest.h"

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
