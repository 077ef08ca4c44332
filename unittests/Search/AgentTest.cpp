//===- AgentTest.cpp - the agent through its library ----------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Agent.h"
#include "TestSpaces.h"
#include <stdexcept>

using namespace chameleon::search;

namespace {

/// The first of `seen` by score.
Configuration getBest(const ScoredPool &pool) { return pool.getBest(1, {})[0]; }

TEST(AgentTest, FindsWhatPaysAmongLegalPoints) {
  SKIP_WITHOUT_AGENT();
  Space space = makeSpace({6, 6}, [](const Configuration &point) {
    return point[0] + point[1] < 10;
  });
  Agent agent(getAgentLibrary(), space, AgentOptions(), 1);
  ScoredPool pool(space, sumOfOptions);
  EXPECT_EQ(agent.explore({{0, 0}, {3, 2}}, pool), 128u * 32);
  Configuration best = getBest(pool);
  EXPECT_EQ(best[0] + best[1], 9) << "illegal ones are visited, not returned";
}

TEST(AgentTest, ExceptionsOfTheModelComeThrough) {
  SKIP_WITHOUT_AGENT();
  Space space = makeSpace({6, 6});
  Agent agent(getAgentLibrary(), space, AgentOptions(), 1);
  ScoredPool pool(space,
                  [](const std::vector<Configuration> &) -> std::vector<float> {
                    throw std::logic_error("no model");
                  });
  EXPECT_THROW(agent.explore({{0, 0}}, pool), std::logic_error);
}

TEST(AgentTest, SameSeedSameVisits) {
  SKIP_WITHOUT_AGENT();
  Space space = makeSpace({6, 7, 8});
  auto visit = [&](uint64_t seed, AgentOptions options) {
    Agent agent(getAgentLibrary(), space, options, seed);
    ScoredPool pool(space, sumOfOptions);
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
