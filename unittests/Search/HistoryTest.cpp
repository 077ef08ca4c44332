//===- HistoryTest.cpp - what a search has asked and been told ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/History.h"
#include "gtest/gtest.h"
#include <limits>

using namespace chameleon::search;

namespace {

TEST(HistoryTest, FailureCountsAsTenTimesTheBaseline) {
  History history(/*baselineSeconds=*/4);
  Trial failed{{0}, false, 0};
  history.tell(failed);
  EXPECT_EQ(history.getReward(failed), 0) << "nothing to compare with yet";
  history.tell({{1}, true, 2});
  EXPECT_DOUBLE_EQ(history.getReward(failed), 2.0 / 40);
  EXPECT_DOUBLE_EQ(history.getReward({{2}, true, 8}), 0.25);
  EXPECT_DOUBLE_EQ(history.getReward({{1}, true, 2}), 1);
}

TEST(HistoryTest, FirstSuccessIsTheBaselineWhereNoneIsGiven) {
  History history(0);
  history.tell({{0}, false, 0});
  history.tell({{1}, true, 3});
  history.tell({{2}, true, 1});
  EXPECT_DOUBLE_EQ(history.getReward(history.getTrials()[0]), 1.0 / 30);
}

TEST(HistoryTest, RemeasuringReplaces) {
  History history(1);
  history.tell({{0}, true, 3});
  history.tell({{1}, true, 2});
  history.tell({{0}, true, 1});
  EXPECT_EQ(history.getTrials().size(), 2u);
  EXPECT_EQ(history.getFastest(5), (std::vector<Configuration>{{0}, {1}}));
  history.tell({{0}, false, 0});
  EXPECT_EQ(history.getNumSuccesses(), 1u);
  EXPECT_EQ(history.getNumFailures(), 1u);
  EXPECT_EQ(history.getBest()->configuration, Configuration{1});
}

TEST(HistoryTest, TimesThatAreNoneAreFailures) {
  History history(1);
  history.tell({{0}, true, 0});
  history.tell({{1}, true, -1});
  history.tell({{2}, true, std::numeric_limits<double>::quiet_NaN()});
  history.tell({{3}, true, std::numeric_limits<double>::infinity()});
  EXPECT_EQ(history.getNumFailures(), 4u);
  EXPECT_EQ(history.getBest(), nullptr);
}

TEST(HistoryTest, EqualsKeepTheirOrder) {
  History history(1);
  for (int i : {3, 1, 2})
    history.tell({{i}, true, 5});
  EXPECT_EQ(history.getFastest(2), (std::vector<Configuration>{{3}, {1}}));
}

TEST(HistoryTest, FindsWhatWasTold) {
  History history(1);
  history.markAsked({0});
  history.tell({{1}, true, 2});
  EXPECT_EQ(history.find({0}), nullptr) << "asked, not told";
  ASSERT_NE(history.find({1}), nullptr);
  EXPECT_EQ(history.find({1})->seconds, 2);
}

TEST(HistoryTest, PendingIsAskedAndNotTold) {
  History history(1);
  for (int option : {2, 0, 1})
    history.markAsked({option});
  history.markAsked({2});
  history.tell({{0}, false, 0});
  history.tell({{5}, true, 1});
  EXPECT_EQ(history.getPending(), (std::vector<Configuration>{{2}, {1}}));
  history.markAsked({5});
  EXPECT_EQ(history.getPending().size(), 2u) << "told already";
}

TEST(HistoryTest, RelatedTrialsAreNotOwnOnes) {
  History history(0);
  history.tellRelated(7, {{{0}, true, 1}});
  history.tellRelated(3, {{{1}, true, 2}, {{2}, false, 0}});
  history.tellRelated(7, {{{4}, true, 5}});
  // The one first told comes first; what is told later adds to it.
  ASSERT_EQ(history.getRelated().size(), 2u);
  ASSERT_EQ(history.getRelated()[0].size(), 2u);
  EXPECT_EQ(history.getRelated()[0][1].configuration, Configuration{4});
  EXPECT_EQ(history.getRelated()[1].size(), 2u);
  EXPECT_EQ(history.getBest(), nullptr);
  EXPECT_FALSE(history.isKnown({0}));
  EXPECT_TRUE(history.getTrials().empty());
}

} // namespace
