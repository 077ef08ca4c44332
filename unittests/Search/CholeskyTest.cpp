//===- CholeskyTest.cpp - factors of positive definite matrices -----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Cholesky.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

TEST(CholeskyTest, FactorisesAndSolves) {
  // The upper triangle is not looked at.
  std::vector<double> factor = {4, 99, 99, 2, 5, 99, 6, 3, 14};
  ASSERT_TRUE(factorise(factor, 3));
  EXPECT_DOUBLE_EQ(factor[0], 2);
  EXPECT_DOUBLE_EQ(factor[3], 1);
  EXPECT_DOUBLE_EQ(factor[4], 2);
  EXPECT_DOUBLE_EQ(factor[6], 3);
  EXPECT_DOUBLE_EQ(factor[7], 0);
  EXPECT_NEAR(factor[8], 2.2360679774997896, 1e-12);
  // matrix x (1, 2, 3) = (26, 21, 54)
  std::vector<double> x = {26, 21, 54};
  solveLower(factor, 3, x.data());
  solveUpper(factor, 3, x.data());
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(x[i], i + 1, 1e-12);
}

TEST(CholeskyTest, RefusesWhatIsNotPositiveDefinite) {
  std::vector<double> matrix = {1, 0, 2, 1};
  EXPECT_FALSE(factorise(matrix, 2));
}

TEST(CholeskyTest, ProductsOfAnyLength) {
  std::vector<double> left, right;
  double expected = 0;
  for (int size = 0; size < 10; ++size) {
    EXPECT_DOUBLE_EQ(dot(left.data(), right.data(), size), expected);
    left.push_back(size + 1);
    right.push_back(2 - size);
    expected += (size + 1) * (2 - size);
  }
}

} // namespace
