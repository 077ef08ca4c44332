//===- PlannedStrategiesTest.cpp - the published searches -----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(ChameleonPaperStrategyTest, LearnsAfterItsInitialDesign) {
  auto recorded = getRecording("mma_f16_2048");
  double performance = getResult(*recorded, "chameleon-paper", 128, 6).first;
  double randomPerformance = getResult(*recorded, "random", 128, 64).first;
  EXPECT_GE(performance, randomPerformance + 0.01);
}

TEST(ChameleonPaperStrategyTest, BeginsWithSixtyFourRandomOnes) {
  auto recorded = getRecording("mma_f16_2048");
  // No model can be fitted before 64 trials are told, whatever the options say.
  SearchOptions options;
  options.strategy = "chameleon-paper";
  options.initial = 4;
  std::string error;
  auto ask = [&](double seconds) {
    std::unique_ptr<Search> search = Search::create(
        std::make_shared<Space>(recorded->makeSpace()), options, error);
    std::vector<Configuration> result;
    for (int i = 0; i < 65; ++i) {
      std::vector<Configuration> points = search->ask(1);
      result.push_back(points[0]);
      search->tell({{points[0], true, seconds * (1 + points[0][0])}});
      seconds += 0.5;
    }
    return result;
  };
  std::vector<Configuration> left = ask(1), right = ask(100);
  EXPECT_TRUE(std::equal(left.begin(), left.end() - 1, right.begin()));
}

TEST(PlannedStrategiesTest, AnnealingBeatsRandom) {
  auto recorded = getRecording("mma_f16_2048");
  double randomPerformance = getResult(*recorded, "random", 192, 64).first;
  for (const char *strategy : {"autotvm", "sa-sampling"})
    EXPECT_GE(getResult(*recorded, strategy, 192, 3).first,
              randomPerformance + 0.005)
        << strategy;
}

} // namespace
