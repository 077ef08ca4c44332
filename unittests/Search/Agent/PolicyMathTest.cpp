//===- PolicyMathTest.cpp - returns and losses by hand --------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PolicyMath.h"
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

} // namespace
