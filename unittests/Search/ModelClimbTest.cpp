//===- ModelClimbTest.cpp - hill climbs on a score ------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ModelClimb.h"
#include "TestSpaces.h"

using namespace chameleon::search;

namespace {

TEST(ModelClimbTest, ReachesThePeak) {
  // 8^8 points: a corner that no random start is near.
  Space space = makeSpace(std::vector<int>(8, 8));
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  ModelClimbOptions options;
  options.randomStarts = 100;
  options.rounds = 10;
  climb(space, {}, options, pool, random);
  EXPECT_EQ(pool.getBest(1, {})[0], Configuration(8, 7));
  EXPECT_LT(pool.size(), 30000u);
}

TEST(ModelClimbTest, StartsFromWhatWasMeasured) {
  Space space = makeSpace({8, 8, 8});
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  ModelClimbOptions options;
  options.randomStarts = 0;
  options.rounds = 1;
  climb(space, {{2, 2, 2}}, options, pool, random);
  EXPECT_EQ(pool.size(), 1u + 3 * 7);
}

} // namespace
