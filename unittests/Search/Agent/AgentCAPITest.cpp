//===- AgentCAPITest.cpp - the functions of libchameleon_agent ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/AgentABI.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

class AgentCAPITest : public testing::Test {
protected:
  AgentCAPITest() {
    options.episodes = 4;
    options.groups = 1;
    options.horizon = 3;
    const int32_t sizes[] = {5, 6}, ordered[] = {1, 0};
    const ChameleonAgentSpace space = {2, sizes, ordered};
    agent = chameleonAgentCreate(&space, &options, 1);
  }
  ~AgentCAPITest() override { chameleonAgentDestroy(agent); }

  AgentOptions options;
  ChameleonAgent *agent;
  const int32_t starts[4] = {1, 1, 4, 5};
};

TEST_F(AgentCAPITest, ScoresTheStartsAndWhatItReaches) {
  ASSERT_TRUE(agent);
  EXPECT_EQ(chameleonAgentAbiVersion(), uint32_t(CHAMELEON_AGENT_ABI_VERSION));
  std::vector<std::vector<int32_t>> asked;
  auto score = [](void *context, const int32_t *configurations, int64_t n,
                  float *scores) -> int32_t {
    static_cast<decltype(asked) *>(context)->emplace_back(
        configurations, configurations + 2 * n);
    std::fill(scores, scores + n, 0.5f);
    return 0;
  };
  EXPECT_EQ(chameleonAgentExplore(agent, starts, 2, score, &asked), 12);
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0], (std::vector<int32_t>{1, 1, 4, 5, 1, 1, 4, 5}));
  EXPECT_EQ(asked[1].size(), 24u);
  double probabilities[6] = {};
  EXPECT_EQ(chameleonAgentActionProbabilities(agent, starts, probabilities), 0);
  EXPECT_NEAR(probabilities[3] + probabilities[4] + probabilities[5], 1, 1e-9);
}

TEST_F(AgentCAPITest, AScoreThatFailsEndsTheExploration) {
  int calls = 0;
  auto fail = [](void *context, const int32_t *, int64_t, float *) -> int32_t {
    return ++*static_cast<int *>(context);
  };
  EXPECT_EQ(chameleonAgentExplore(agent, starts, 2, fail, &calls), -1);
  EXPECT_EQ(calls, 1);
}

} // namespace
