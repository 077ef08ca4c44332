//===- ModelReplayTest.cpp - tasks of one model on recorded spaces --------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ModelReplay.h"
#include "gtest/gtest.h"
#include <stdexcept>

using namespace chameleon;
using namespace chameleon::search;

namespace {

using Recordings = std::vector<std::unique_ptr<RecordedSpace>>;

Recordings read(std::initializer_list<const char *> names) {
  Recordings recordings;
  for (const char *name : names) {
    std::string error;
    recordings.push_back(RecordedSpace::read(
        std::string(RECORDED_SPACES) + "/" + name + ".json.gz", error));
    EXPECT_TRUE(recordings.back()) << error;
  }
  return recordings;
}

ModelReplayOptions makeOptions(bool share) {
  ModelReplayOptions options;
  options.search.strategy = "chameleon-without-agent";
  options.search.seed = 3;
  options.budget = 28;
  options.share = share;
  return options;
}

std::vector<std::pair<size_t, Configuration>> getTrace(const ModelReplay &run) {
  EXPECT_EQ(run.steps.size(), run.tasks.size());
  std::vector<std::pair<size_t, Configuration>> trace;
  for (size_t i = 0; i < run.steps.size(); ++i)
    trace.emplace_back(run.tasks[i], run.steps[i].configuration);
  return trace;
}

TEST(ModelReplayTest, TasksWithTheSameKnobsShareAndRepeat) {
  Recordings model = read({"conv_28x28x128", "conv_56x56x64"});
  auto shared = getTrace(replayModel(model, makeOptions(true)));
  EXPECT_EQ(shared.size(), 2u * 28);
  EXPECT_EQ(shared, getTrace(replayModel(model, makeOptions(true))));
  EXPECT_NE(shared, getTrace(replayModel(model, makeOptions(false))));
}

TEST(ModelReplayTest, TasksWithOtherKnobsDoNotShare) {
  Recordings model = read({"conv_56x56x64", "mma_f16_2048"});
  EXPECT_EQ(getTrace(replayModel(model, makeOptions(true))),
            getTrace(replayModel(model, makeOptions(false))));
}

TEST(ModelReplayTest, DefaultsFirstThenWhatTheSchedulerPicks) {
  Recordings model = read({"simt_1024", "mma_f16_2048"});
  ModelReplay run = replayModel(model, makeOptions(true));
  ASSERT_GE(run.steps.size(), 10u);
  std::vector<size_t> tasks(run.tasks.begin(), run.tasks.begin() + 10);
  EXPECT_EQ(tasks, (std::vector<size_t>{0, 1, 0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(run.steps[0].performance, 0) << "the other has no time yet";
  double before = 0;
  for (const ReplayStep &step : run.steps) {
    EXPECT_GE(step.performance, before);
    EXPECT_LE(step.performance, 1);
    before = step.performance;
  }
  EXPECT_GT(before, 0.5);
}

TEST(ModelReplayTest, EndsWhenEverySpaceIsExhausted) {
  Recordings model;
  std::string error;
  for (const char *times : {"1", "2"})
    model.push_back(RecordedSpace::parse(
        std::string(R"({"knobs": [{"name": "a", "options": [1, 2, 4]}],
             "records": [{"config": [0], "status": "ok", "time_us": )") +
            times + R"(}, {"config": [2], "status": "ok", "time_us": 9},
             {"config": [1], "status": "crash"}]})",
        "tiny", error));
  ModelReplay run = replayModel(model, makeOptions(true));
  EXPECT_EQ(run.steps.size(), 6u);
  EXPECT_EQ(run.numFailures, 2u);
  EXPECT_EQ(run.steps.back().performance, 1);
  ModelReplayOptions options = makeOptions(true);
  options.untilOptimum = true;
  EXPECT_LE(replayModel(model, options).steps.size(), 6u);
  options.search.strategy = "luck";
  EXPECT_THROW(replayModel(model, options), std::runtime_error);
}

} // namespace
