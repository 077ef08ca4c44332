//===- ScheduleTunerTest.cpp - one schedule of a task while it is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ScheduleTuner.h"
#include "FakeTuning.h"

using namespace chameleon;

namespace {

class ScheduleTunerTest : public TuningTest {
protected:
  void SetUp() override {
    makeTasks(makeModel(), {writeLibrary()});
    options.strategy = "test";
  }
  ScheduleTuner &tuner() { return tasks.front()->getSchedules().front(); }
  ChameleonSearchOptions options{};
};

TEST_F(ScheduleTunerTest, SeedsFirstThenTheSearch) {
  std::vector<Configuration> seeds = tuner().getSpace().getSeeds();
  ASSERT_GE(seeds.size(), 2u);
  tuner().note(seeds[0], Outcome::Ok, 3);
  llvm::cantFail(tuner().startSearch(search, options));
  std::vector<Configuration> first = llvm::cantFail(tuner().ask(1));
  EXPECT_EQ(std::vector<Configuration>{seeds[1]}, first)
      << "but what was measured";
  std::vector<Configuration> asked;
  do
    asked = llvm::cantFail(tuner().ask(2));
  while (llvm::is_contained(seeds, asked.front()));
  EXPECT_EQ(2u, asked.size());
  EXPECT_FALSE(tuner().isExhausted());
  EXPECT_FALSE(tuner().isConverged()) << "the search expects a gain";
}

TEST_F(ScheduleTunerTest, WhatIsKnown) {
  Configuration known = tuner().getSpace().getDefault();
  EXPECT_EQ(0, tuner().getBestSeconds());
  Configuration other = known;
  other[0] = (other[0] + 1) % tuner().getSpace().getKnobs()[0].options.size();
  EXPECT_TRUE(tuner().note(other, Outcome::WrongResult, 0));
  EXPECT_EQ(0, tuner().getBestSeconds());
  EXPECT_TRUE(tuner().note(known, Outcome::Ok, 3));
  EXPECT_FALSE(tuner().note(known, Outcome::Ok, 2)) << "known";
  EXPECT_EQ(3, tuner().getBestSeconds());
  EXPECT_EQ(3, tuner().getDefaultSeconds());
  EXPECT_EQ((std::vector<double>{0, 3}), tuner().getBestAfter().vec());
  EXPECT_TRUE(tuner().isMeasured(other));
  EXPECT_EQ(2u, tuner().getTrials().size());
}

TEST_F(ScheduleTunerTest, ASearchThatCannotBeMade) {
  options.strategy = "none";
  EXPECT_TRUE(
      llvm::StringRef(llvm::toString(tuner().startSearch(search, options)))
          .contains("cannot search"));
  EXPECT_FALSE(tuner().isStarted());
}

} // namespace
