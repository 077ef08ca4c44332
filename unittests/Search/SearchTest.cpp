//===- SearchTest.cpp - promises that every strategy keeps ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Search.h"
#include "TestSpaces.h"
#include <algorithm>

using namespace chameleon::search;

namespace {

std::vector<std::string> getStrategies() {
  std::vector<std::string> names;
  for (int i = 0; getStrategyName(i); ++i)
    if (isAvailable(getStrategyName(i)))
      names.push_back(getStrategyName(i));
  return names;
}

double measure(const Configuration &point) {
  double seconds = 1;
  for (int32_t option : point)
    seconds += (option - 2) * (option - 2);
  return seconds;
}

class EveryStrategy : public testing::TestWithParam<std::string> {
protected:
  std::unique_ptr<Search>
  create(std::vector<int> sizes,
         std::function<bool(const Configuration &)> legal = nullptr,
         Configuration first = {}) {
    auto space = std::make_shared<Space>();
    for (size_t i = 0; i < sizes.size(); ++i)
      space->addKnob({"knob" + std::to_string(i),
                      std::vector<double>(sizes[i], 1.0), i != 1});
    space->setLegal(std::move(legal));
    if (!first.empty())
      space->setDefault(first);
    SearchOptions options;
    options.strategy = GetParam();
    options.seed = 5;
    std::string error;
    std::unique_ptr<Search> search = Search::create(space, options, error);
    EXPECT_TRUE(search) << error;
    return search;
  }
};

TEST_P(EveryStrategy, ProposesEachLegalPointOnceWhateverTheSizeOfAnAsk) {
  for (size_t step : {1u, 3u, 16u, 50u, 1000u}) {
    auto legal = [](const Configuration &point) {
      return (point[0] + point[2]) % 3 != 0;
    };
    std::unique_ptr<Search> search = create({5, 4, 6}, legal, {2, 1, 2});
    ConfigurationSet seen;
    while (true) {
      std::vector<Configuration> points = search->ask(step);
      ASSERT_LE(points.size(), step);
      if (points.empty())
        break;
      std::vector<Trial> trials;
      for (const Configuration &point : points) {
        EXPECT_TRUE(seen.insert(point).second);
        EXPECT_TRUE(legal(point));
        trials.push_back({point, point[1] != 3, measure(point)});
      }
      if (seen.size() == points.size()) {
        EXPECT_EQ(points[0], (Configuration{2, 1, 2}));
      }
      EXPECT_TRUE(search->tell(trials));
    }
    EXPECT_EQ(seen.size(), search->getSpace().getLegalPoints().size());
  }
}

TEST_P(EveryStrategy, OneLegalPoint) {
  std::unique_ptr<Search> search =
      create({3}, [](const Configuration &point) { return point[0] == 1; });
  EXPECT_EQ(search->ask(4), (std::vector<Configuration>{{1}}));
  EXPECT_TRUE(search->ask(1).empty());
  EXPECT_TRUE(search->tell({{{1}, false, 0}}));
  EXPECT_TRUE(search->ask(1).empty());
}

TEST_P(EveryStrategy, WhatWasToldBeforeAnyAskIsNotProposed) {
  std::unique_ptr<Search> search = create({6, 6}, nullptr, {1, 1});
  std::vector<Trial> trials;
  for (int i = 0; i < 6; ++i)
    trials.push_back({{1, i}, true, measure({1, i})});
  EXPECT_TRUE(search->tell(trials));
  std::vector<Configuration> points = search->ask(40);
  EXPECT_EQ(points.size(), 30u);
  for (const Configuration &point : points)
    EXPECT_NE(point[0], 1);
}

TEST_P(EveryStrategy, NothingButFailures) {
  std::unique_ptr<Search> search = create({8, 8});
  for (int round = 0; round < 4; ++round) {
    std::vector<Configuration> points = search->ask(16);
    ASSERT_EQ(points.size(), 16u);
    std::vector<Trial> trials;
    for (const Configuration &point : points)
      trials.push_back({point, false, 0});
    EXPECT_TRUE(search->tell(trials));
  }
  EXPECT_TRUE(search->ask(1).empty());
}

TEST_P(EveryStrategy, OutOfRangeTellsAreRefusedAsAWhole) {
  std::unique_ptr<Search> search = create({4, 4});
  EXPECT_FALSE(search->tell({{{0, 0}, true, 1}, {{0, 4}, true, 1}}));
  EXPECT_TRUE(search->getHistory().getTrials().empty());
}

TEST_P(EveryStrategy, AsksThatRunAheadOfTells) {
  std::unique_ptr<Search> search = create({8, 8, 8});
  std::vector<Configuration> first = search->ask(40), second = search->ask(40);
  std::vector<Trial> trials;
  for (const Configuration &point : first)
    trials.push_back({point, true, measure(point)});
  EXPECT_TRUE(search->tell(trials));
  std::vector<Configuration> third = search->ask(40);
  ConfigurationSet seen(first.begin(), first.end());
  seen.insert(second.begin(), second.end());
  seen.insert(third.begin(), third.end());
  EXPECT_EQ(seen.size(), 120u);
}

TEST_P(EveryStrategy, LargeSpaces) {
  std::unique_ptr<Search> search = create(std::vector<int>(64, 64), nullptr);
  for (int round = 0; round < 3; ++round) {
    std::vector<Configuration> points = search->ask(24);
    ASSERT_EQ(points.size(), 24u);
    std::vector<Trial> trials;
    for (const Configuration &point : points)
      trials.push_back({point, point[0] != 0, measure(point)});
    EXPECT_TRUE(search->tell(trials));
  }
}

TEST_P(EveryStrategy, SameSeedSameTrace) {
  auto trace = [&] {
    std::unique_ptr<Search> search = create({8, 3, 9, 5});
    std::vector<Configuration> result;
    for (int round = 0; round < 14; ++round) {
      std::vector<Trial> trials;
      for (const Configuration &point : search->ask(7)) {
        result.push_back(point);
        trials.push_back(
            {point, (point[0] + point[2]) % 4 != 0, measure(point)});
      }
      EXPECT_TRUE(search->tell(trials));
    }
    return result;
  };
  EXPECT_EQ(trace(), trace());
}

INSTANTIATE_TEST_SUITE_P(Search, EveryStrategy,
                         testing::ValuesIn(getStrategies()),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(SearchTest, UnknownStrategy) {
  auto space = std::make_shared<Space>();
  space->addKnob({"knob", {1, 2}, true});
  SearchOptions options;
  options.strategy = "magic";
  std::string error;
  EXPECT_FALSE(Search::create(space, options, error));
  EXPECT_EQ(
      error.rfind("unknown strategy 'magic', expected one of chameleon,", 0),
      0u)
      << error;
}

} // namespace
