//===- ElementaryTest.cpp - functions equal on every machine ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Elementary.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

TEST(ElementaryTest, Exponential) {
  for (double x = -690; x < 690; x += 0.37)
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 4e-16) << x;
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-1e9), exponential(-700));
  EXPECT_EQ(exponential(1e9), exponential(700));
}

TEST(ElementaryTest, Logarithm) {
  for (double x = 1e-12; x < 1e12; x *= 1.37)
    EXPECT_NEAR(logarithm(x), std::log(x),
                1e-14 * std::fabs(std::log(x)) + 1e-16)
        << x;
  EXPECT_EQ(logarithm(1), 0);
}

TEST(ElementaryTest, NormalShareAndDensity) {
  for (double z = -30; z < 8; z += 0.1)
    EXPECT_NEAR(getNormalShare(z) / (0.5 * std::erfc(-z * std::sqrt(0.5))), 1,
                2e-7)
        << z;
  EXPECT_NEAR(getNormalDensity(1), 0.24197072451914337, 1e-15);
}

} // namespace
