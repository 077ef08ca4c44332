//===- AgentGreedyStrategyTest.cpp - the paper's agent alone --------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(AgentGreedyStrategyTest, BeatsRandom) {
  SKIP_WITHOUT_AGENT();
  auto recorded = getRecording("conv_56x56x64");
  EXPECT_GE(getResult(*recorded, "rl-greedy", 192, 4).first,
            getResult(*recorded, "random", 192, 64).first + 0.005);
}

} // namespace
