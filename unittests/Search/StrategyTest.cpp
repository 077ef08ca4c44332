//===- StrategyTest.cpp - the table of search algorithms ------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Strategy.h"
#include "TestSpaces.h"
#include <set>

using namespace chameleon::search;

namespace {

TEST(StrategyTest, TheTableIsCompleteAndHasNoOneTwice) {
  Space space = makeSpace({2, 3});
  History history(0);
  SearchOptions options;
  std::set<std::string> names;
  for (int i = 0; getStrategyName(i); ++i) {
    EXPECT_TRUE(names.insert(getStrategyName(i)).second) << getStrategyName(i);
    EXPECT_TRUE(createStrategy(getStrategyName(i), space, history, options));
  }
  EXPECT_STREQ(getStrategyName(0), options.strategy.c_str());
  EXPECT_EQ(getStrategyName(-1), nullptr);
  EXPECT_EQ(getStrategyName(static_cast<int>(names.size())), nullptr);
}

TEST(StrategyTest, UnknownNamesAreRefused) {
  Space space = makeSpace({2, 3});
  History history(0);
  SearchOptions options;
  EXPECT_FALSE(createStrategy("", space, history, options));
  EXPECT_FALSE(createStrategy("Chameleon", space, history, options));
}

} // namespace
