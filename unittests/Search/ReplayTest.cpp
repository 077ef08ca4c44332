//===- ReplayTest.cpp - searches run on recorded spaces -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Replay.h"
#include "gtest/gtest.h"
#include <stdexcept>

using namespace chameleon::search;

namespace {

const char text[] = R"({
  "knobs": [{"name": "tile", "options": [1, 2, 4, 8]}],
  "records": [
    {"config": [0], "status": "ok", "time_us": 8, "compile_ms": 1000, "measure_ms": 0},
    {"config": [1], "status": "wrong", "compile_ms": 2000, "measure_ms": 0},
    {"config": [2], "status": "ok", "time_us": 4, "compile_ms": 4000, "measure_ms": 0},
    {"config": [3], "status": "ok", "time_us": 5, "compile_ms": 8000, "measure_ms": 0}]})";

TEST(ReplayTest, CountsMeasurementsAndModelsTheClock) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded =
      RecordedSpace::parse(text, "test", error);
  ReplayOptions options;
  options.search.strategy = "exhaustive";
  Replay run = replay(*recorded, options);
  ASSERT_EQ(run.steps.size(), 4u) << "the whole space";
  EXPECT_EQ(run.numFailures, 1u);
  std::vector<double> performance, seconds;
  for (const ReplayStep &step : run.steps) {
    performance.push_back(step.performance);
    seconds.push_back(step.seconds);
  }
  EXPECT_EQ(performance, (std::vector<double>{0.5, 0.5, 1, 1}));
  double costs[] = {1, 3, 7, 15};
  for (int i = 0; i < 4; ++i) {
    EXPECT_GE(seconds[i], costs[i]);
    EXPECT_LE(seconds[i], costs[i] + run.strategySeconds + 1e-9);
  }
  EXPECT_EQ(run.countTo(0.5, 99), 1);
  EXPECT_EQ(run.countTo(0.51, 99), 3);
  EXPECT_EQ(run.countTo(1.01, 99), 99);

  options.budget = 2;
  EXPECT_EQ(replay(*recorded, options).steps.size(), 2u);
}

TEST(ReplayTest, UnknownStrategy) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded =
      RecordedSpace::parse(text, "test", error);
  ReplayOptions options;
  options.search.strategy = "magic";
  EXPECT_THROW(replay(*recorded, options), std::runtime_error);
}

TEST(ReplayTest, EndsAtTheOptimumIfAsked) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded =
      RecordedSpace::parse(text, "test", error);
  ReplayOptions options;
  options.search.strategy = "exhaustive";
  options.ask = 1;
  options.untilOptimum = true;
  Replay run = replay(*recorded, options);
  ASSERT_EQ(run.steps.size(), 3u);
  EXPECT_EQ(run.steps.back().performance, 1);
}

TEST(ReplayTest, TranslatesByNameAndValue) {
  Space from, to, other;
  from.addKnob({"tile", {1, 2, 4}, true});
  from.addKnob({"warps", {8, 4}, true});
  to.addKnob({"warps", {2, 4, 8}, true});
  to.addKnob({"tile", {4, 2}, true});
  other.addKnob({"unroll", {1, 2, 4}, true});
  EXPECT_EQ(translate({2, 1}, from, to), (Configuration{1, 0}));
  EXPECT_EQ(translate({0, 1}, from, to), std::nullopt) << "no tile of 1";
  EXPECT_EQ(translate({0, 1}, from, other), std::nullopt) << "no such knob";
}

TEST(ReplayTest, WarmStartMatchesKnobsByNameAndValue) {
  std::string error;
  // The fastest of the source comes first: 16 has no counterpart, 8 has.
  std::unique_ptr<RecordedSpace> recorded =
                                     RecordedSpace::parse(text, "test", error),
                                 source = RecordedSpace::parse(R"({
    "knobs": [{"name": "other", "options": [1, 2]},
              {"name": "tile", "options": [16, 8, 4]}],
    "records": [
      {"config": [0, 0], "status": "ok", "time_us": 1},
      {"config": [0, 1], "status": "ok", "time_us": 2},
      {"config": [0, 2], "status": "ok", "time_us": 3}]})",
                                                               "source", error);
  ReplayOptions options;
  options.search.strategy = "chameleon-without-agent";
  options.related = source.get();
  Replay run = replay(*recorded, options);
  ASSERT_EQ(run.steps.size(), 4u);
  EXPECT_EQ(run.steps[0].configuration, Configuration{3});
  EXPECT_EQ(run.steps[1].configuration, Configuration{2});
}

TEST(ReplayTest, AsksForTheChanceOfAGain) {
  std::string error;
  auto recorded = RecordedSpace::read(
      std::string(RECORDED_SPACES) + "/mma_f16_2048.json.gz", error);
  ASSERT_TRUE(recorded) << error;
  ReplayOptions options;
  options.search.strategy = "chameleon-without-agent";
  options.budget = 32;
  std::vector<Configuration> asked;
  for (const ReplayStep &step : replay(*recorded, options).steps)
    asked.push_back(step.configuration);
  options.gain = 0.02;
  Replay run = replay(*recorded, options);
  ASSERT_EQ(run.chances.size(), 4u);
  EXPECT_EQ(run.chances[0], (std::pair<size_t, double>{8, -1}))
      << "the initial design";
  EXPECT_EQ(run.chances[3].first, 32u);
  for (size_t i : {1, 2, 3}) {
    EXPECT_GE(run.chances[i].second, 0);
    EXPECT_LE(run.chances[i].second, 1);
  }
  for (size_t i = 0; i < asked.size(); ++i)
    EXPECT_EQ(run.steps[i].configuration, asked[i]) << "asking changes nothing";
  options.search.strategy = "random";
  EXPECT_EQ(replay(*recorded, options).chances[3].second, -1);
}

} // namespace
