//===- ExplorersTest.cpp - the pool, the hill climb and the neighbours ----===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ModelClimb.h"
#include "chameleon/Search/Neighbours.h"
#include "chameleon/Search/SimulatedAnnealing.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

Space makeSpace(std::vector<int> sizes,
                std::function<bool(const Configuration &)> legal = nullptr) {
  Space space;
  for (int size : sizes)
    space.addKnob({"knob", std::vector<double>(size, 1.0), true});
  space.setLegal(std::move(legal));
  EXPECT_EQ(space.prepare(0), "");
  return space;
}

std::vector<float> sumOfOptions(const std::vector<Configuration> &points) {
  std::vector<float> result;
  for (const Configuration &point : points) {
    float sum = 0;
    for (int32_t option : point)
      sum += static_cast<float>(option);
    result.push_back(sum);
  }
  return result;
}

TEST(ScoredPoolTest, ScoresOnceAndKeepsOrder) {
  Space space = makeSpace(
      {4, 4}, [](const Configuration &point) { return point[0] != 3; });
  size_t scored = 0;
  ScoredPool pool(space, [&](const std::vector<Configuration> &points) {
    scored += points.size();
    return sumOfOptions(points);
  });
  EXPECT_EQ(pool.score({{1, 1}, {3, 3}, {0, 2}, {1, 1}}),
            (std::vector<float>{2, 0, 2, 2}));
  EXPECT_EQ(pool.score({{2, 3}, {1, 1}}), (std::vector<float>{5, 2}));
  EXPECT_EQ(scored, 3u);
  EXPECT_EQ(pool.size(), 4u);
  EXPECT_EQ(pool.getBest(9, {}),
            (std::vector<Configuration>{{2, 3}, {1, 1}, {0, 2}}));
  EXPECT_EQ(pool.getBest(1, {{2, 3}}), (std::vector<Configuration>{{1, 1}}));
}

TEST(ModelClimbTest, ReachesThePeak) {
  // 8^8 points: a corner that no random start is near.
  Space space = makeSpace(std::vector<int>(8, 8));
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  ModelClimbOptions options;
  options.randomStarts = 100;
  options.rounds = 10;
  climb(space, {}, options, pool, random);
  EXPECT_EQ(pool.getBest(1, {})[0], Configuration(8, 7));
  EXPECT_LT(pool.size(), 30000u);
}

TEST(ModelClimbTest, StartsFromWhatWasMeasured) {
  Space space = makeSpace({8, 8, 8});
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  ModelClimbOptions options;
  options.randomStarts = 0;
  options.rounds = 1;
  climb(space, {{2, 2, 2}}, options, pool, random);
  EXPECT_EQ(pool.size(), 1u + 3 * 7);
}

TEST(NeighboursTest, BestOfTheIncumbentsNeighbours) {
  Space space = makeSpace({4, 4});
  History history(1);
  history.tell({{0, 0}, true, 3});
  history.tell({{1, 1}, true, 1});
  history.tell({{3, 1}, true, 2});
  EXPECT_EQ(getBestNeighbours(space, history, 3, 1, sumOfOptions),
            (std::vector<Configuration>{{1, 3}, {2, 1}, {1, 2}}))
      << "(3, 1) is known; (2, 1) was seen before (1, 2)";
  EXPECT_EQ(getBestNeighbours(space, history, 1, 2, sumOfOptions),
            (std::vector<Configuration>{{3, 3}}));
  EXPECT_TRUE(getBestNeighbours(space, History(1), 4, 2, sumOfOptions).empty());
}

TEST(SimulatedAnnealingTest, FindsThePeakAndStopsWithoutProgress) {
  Space space = makeSpace({6, 6, 6});
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  std::vector<Configuration> chains(16, Configuration{0, 0, 0});
  AnnealingOptions options;
  options.plan = 1;
  anneal(space, chains, options, {}, pool, random);
  EXPECT_EQ(pool.getBest(1, {})[0], (Configuration{5, 5, 5}));

  // One chain on a flat score, everything known: exactly `patience` mutations.
  Space line = makeSpace({1000});
  int calls = 0;
  ScoredPool flat(line, [&](const std::vector<Configuration> &points) {
    ++calls;
    return std::vector<float>(points.size(), 1.0f);
  });
  ConfigurationSet known(line.getLegalPoints().begin(),
                         line.getLegalPoints().end());
  chains = {{0}};
  anneal(line, chains, options, known, flat, random);
  EXPECT_LE(calls, 51);
  EXPECT_GT(calls, 40) << "mutations rarely repeat among 1000 options";
}

} // namespace
