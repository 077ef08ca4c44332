//===- LFBOStrategyTest.cpp - a classifier beats random draws -------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(LFBOStrategyTest, BeatsRandom) {
  auto recorded = getRecording("mma_f16_2048");
  EXPECT_GE(getResult(*recorded, "lfbo", 96, 6).first,
            getResult(*recorded, "random", 96, 64).first + 0.02);
}

TEST(LFBOStrategyTest, StaysNearTheFastest) {
  // One knob decides; after the initial design the batches stay within two
  // knobs and two steps of the five fastest.
  auto space = std::make_shared<Space>();
  for (int i = 0; i < 4; ++i)
    space->addKnob({"knob", std::vector<double>(16, 1.0), true});
  SearchOptions options;
  options.strategy = "lfbo";
  options.initial = options.batch = 8;
  std::string error;
  std::unique_ptr<Search> search = Search::create(space, options, error);
  for (int round = 0; round < 6; ++round) {
    std::vector<Configuration> fastest = search->getHistory().getFastest(5);
    std::vector<Trial> trials;
    for (const Configuration &point : search->ask(8)) {
      int nearest = 99;
      for (const Configuration &start : fastest) {
        int changed = 0, steps = 0;
        for (int knob = 0; knob < 4; ++knob) {
          changed += point[knob] != start[knob];
          steps = std::max(steps, std::abs(point[knob] - start[knob]));
        }
        if (changed <= 2 && steps <= 4)
          nearest = std::min(nearest, changed);
      }
      if (round > 0) {
        EXPECT_LE(nearest, 2);
      }
      trials.push_back({point, true, 1.0 + std::abs(point[2] - 9)});
    }
    search->tell(trials);
  }
}

} // namespace
