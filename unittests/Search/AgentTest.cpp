//===- AgentTest.cpp - the reinforcement-learning explorer ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Agent.h"
#include "chameleon/Search/PolicyMath.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

TEST(PolicyMathTest, AdvantagesByHand) {
  // gamma 0.5, lambda 0.5; delta = (1 + .5*4 - 2, 2 + .5*6 - 4) = (1, 1).
  std::vector<double> advantages = getAdvantages({1, 2}, {2, 4, 6}, 0.5, 0.5);
  ASSERT_EQ(advantages.size(), 2u);
  EXPECT_DOUBLE_EQ(advantages[1], 1);
  EXPECT_DOUBLE_EQ(advantages[0], 1.25);
  EXPECT_TRUE(getAdvantages({}, {1}, 0.9, 0.9).empty());
  // lambda 1, no values: discounted returns.
  EXPECT_DOUBLE_EQ(getAdvantages({1, 1, 1}, {0, 0, 0, 0}, 0.5, 1)[0], 1.75);
}

TEST(PolicyMathTest, ClippedObjectiveByHand) {
  // Ratio 2 and 0.5, each with advantage +1 and -1, clip 0.2.
  torch::Tensor fresh = torch::tensor({2.0, 2.0, 0.5, 0.5}, torch::kFloat64)
                            .log()
                            .view({4, 1})
                            .requires_grad_(true);
  torch::Tensor advantages =
      torch::tensor({1.0, -1.0, 1.0, -1.0}, torch::kFloat64).view({4, 1});
  torch::Tensor objective = getClippedObjective(
      fresh, torch::zeros({4, 1}, torch::kFloat64), advantages, 0.2);
  std::vector<double> expected{1.2, -2, 0.5, -0.8};
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(objective[i][0].item<double>(), expected[i], 1e-12);
  objective.sum().backward();
  // Where clipped, nothing pulls further; elsewhere the slope is ratio * A.
  std::vector<double> slopes{0, -2, 0.5, 0};
  for (int i = 0; i < 4; ++i)
    EXPECT_NEAR(fresh.grad()[i][0].item<double>(), slopes[i], 1e-12);
}

Space makeSpace(std::vector<int> sizes, bool ordered = true) {
  Space space;
  for (int size : sizes)
    space.addKnob({"knob", std::vector<double>(size, 1.0), ordered});
  EXPECT_EQ(space.prepare(0), "");
  return space;
}

std::vector<float> preferHigh(const std::vector<Configuration> &points) {
  std::vector<float> result;
  for (const Configuration &point : points)
    result.push_back(static_cast<float>(point[0]) / 15);
  return result;
}

TEST(AgentTest, StartsUndecidedAndLearnsToIncrement) {
  Space space = makeSpace({16, 16});
  Agent agent(space, AgentOptions(), 1);
  std::vector<Configuration> starts{{3, 8}, {8, 8}, {12, 8}};
  double before = agent.getActionProbabilities({8, 8})[2];
  EXPECT_NEAR(before, 1.0 / 3, 0.25);
  for (int plan = 0; plan < 8; ++plan) {
    ScoredPool pool(space, preferHigh);
    EXPECT_EQ(agent.explore(starts, pool), 128u * 32);
  }
  std::vector<double> after = agent.getActionProbabilities({8, 8});
  ASSERT_EQ(after.size(), 6u);
  EXPECT_NEAR(after[0] + after[1] + after[2], 1, 1e-9);
  EXPECT_GT(after[2], 0.7) << "the first knob pays when it is incremented";
}

TEST(AgentTest, VisitsOnlyNeighbouringStates) {
  // One knob: a step of at most one, clamped at the ends.
  Space space = makeSpace({5});
  AgentOptions options;
  options.episodes = 2;
  options.groups = 1;
  options.horizon = 1;
  Agent agent(space, options, 1);
  ScoredPool pool(space, preferHigh);
  agent.explore({{2}}, pool);
  for (const Configuration &point : pool.getBest(9, {}))
    EXPECT_TRUE(point[0] >= 1 && point[0] <= 3);
}

TEST(AgentTest, UnorderedKnobsGoRound) {
  Space space = makeSpace({5}, /*ordered=*/false);
  AgentOptions options;
  options.episodes = 64;
  options.groups = 1;
  options.horizon = 1;
  Agent agent(space, options, 1);
  ScoredPool pool(space, preferHigh);
  agent.explore({{0}}, pool);
  std::vector<Configuration> seen = pool.getBest(9, {});
  EXPECT_EQ(seen, (std::vector<Configuration>{{4}, {1}, {0}}));
}

TEST(AgentTest, ThePublishedStopRuleEndsEpisodesAtBounds) {
  // Knobs of two options always sit at a bound.
  Space space = makeSpace({2, 2, 2});
  Agent agent(space, AgentOptions::paper(), 1);
  ScoredPool pool(space, preferHigh);
  EXPECT_EQ(agent.explore({{0, 0, 0}}, pool), 128u);
}

TEST(AgentTest, SameSeedSameVisits) {
  Space space = makeSpace({6, 7, 8});
  auto visit = [&](uint64_t seed, AgentOptions options) {
    Agent agent(space, options, seed);
    ScoredPool pool(space, preferHigh);
    for (int plan = 0; plan < 2; ++plan)
      agent.explore({{1, 1, 1}, {4, 4, 4}}, pool);
    std::vector<double> result = agent.getActionProbabilities({3, 3, 3});
    result.push_back(static_cast<double>(pool.size()));
    return result;
  };
  EXPECT_EQ(visit(1, AgentOptions()), visit(1, AgentOptions()));
  EXPECT_NE(visit(1, AgentOptions()), visit(2, AgentOptions()));
  EXPECT_EQ(visit(1, AgentOptions::paper()), visit(1, AgentOptions::paper()));
}

} // namespace
