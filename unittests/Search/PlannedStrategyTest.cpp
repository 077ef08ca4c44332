//===- PlannedStrategyTest.cpp - what the four of them share --------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(PlannedStrategyTest, BeginsWithSixtyFourRandomOnes) {
  auto recorded = getRecording("mma_f16_2048");
  // No model can be fitted before 64 trials are told, whatever the options say.
  SearchOptions options;
  options.strategy = "sa-sampling";
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

} // namespace
