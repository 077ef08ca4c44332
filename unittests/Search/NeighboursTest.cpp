//===- NeighboursTest.cpp - the incumbents' neighbours --------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Neighbours.h"
#include "TestSpaces.h"

using namespace chameleon::search;

namespace {

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

} // namespace
