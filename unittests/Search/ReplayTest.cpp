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

} // namespace
