//===- ScoredPoolTest.cpp - scores are computed once ----------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ScoredPool.h"
#include "TestSpaces.h"

using namespace chameleon::search;

namespace {

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

} // namespace
