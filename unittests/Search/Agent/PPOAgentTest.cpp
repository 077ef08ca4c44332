//===- PPOAgentTest.cpp - the agent on LibTorch ---------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PPOAgent.h"
#include "gtest/gtest.h"
#include <set>

using namespace chameleon::search;

namespace {

using States = std::vector<PPOAgent::State>;

/// The first knob of 16 options pays when it is high. Keeps what is asked.
struct PreferHigh {
  std::set<PPOAgent::State> seen;
  std::vector<float> operator()(const States &states) {
    std::vector<float> result;
    for (const PPOAgent::State &state : states) {
      seen.insert(state);
      result.push_back(static_cast<float>(state[0]) / 15);
    }
    return result;
  }
};

/// A single step of each of `episodes` from `start` in one knob of five.
std::set<PPOAgent::State> stepOnce(bool ordered, int start, int episodes) {
  AgentOptions options;
  options.episodes = episodes;
  options.groups = 1;
  options.horizon = 1;
  PPOAgent agent({{5, ordered}}, options, 1);
  PreferHigh score;
  EXPECT_EQ(agent.explore({{start}}, std::ref(score)),
            static_cast<size_t>(episodes));
  return score.seen;
}

TEST(PPOAgentTest, StartsUndecidedAndLearnsToIncrement) {
  PPOAgent agent({{16, true}, {16, true}}, AgentOptions(), 1);
  EXPECT_NEAR(agent.getActionProbabilities({8, 8})[2], 1.0 / 3, 0.25);
  for (int plan = 0; plan < 8; ++plan)
    EXPECT_EQ(agent.explore({{3, 8}, {8, 8}, {12, 8}}, PreferHigh()),
              128u * 32);
  std::vector<double> after = agent.getActionProbabilities({8, 8});
  ASSERT_EQ(after.size(), 6u);
  EXPECT_NEAR(after[0] + after[1] + after[2], 1, 1e-9);
  EXPECT_GT(after[2], 0.7) << "the first knob pays when it is incremented";
}

TEST(PPOAgentTest, VisitsOnlyNeighbouringStates) {
  for (const PPOAgent::State &state : stepOnce(/*ordered=*/true, 2, 16))
    EXPECT_TRUE(state[0] >= 1 && state[0] <= 3);
  EXPECT_FALSE(stepOnce(/*ordered=*/true, 0, 64).count({4})) << "clamped";
}

TEST(PPOAgentTest, UnorderedKnobsGoRound) {
  EXPECT_EQ(stepOnce(/*ordered=*/false, 0, 64),
            (std::set<PPOAgent::State>{{0}, {1}, {4}}));
}

TEST(PPOAgentTest, ThePublishedStopRuleEndsEpisodesAtBounds) {
  // Knobs of two options always sit at a bound.
  PPOAgent agent({{2, true}, {2, true}, {2, true}}, AgentOptions::paper(), 1);
  EXPECT_EQ(agent.explore({{0, 0, 0}}, PreferHigh()), 128u);
}

} // namespace
