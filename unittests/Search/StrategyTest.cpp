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
  std::string error;
  for (int i = 0; const char *name = getStrategyName(i); ++i) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(createStrategy(name, space, history, options, error) != nullptr,
              isAvailable(name))
        << error;
    if (!isAvailable(name))
      EXPECT_NE(error.find("needs LibTorch: there is no "), std::string::npos)
          << error;
  }
  EXPECT_STREQ(getStrategyName(0), options.strategy.c_str());
  EXPECT_EQ(getStrategyName(-1), nullptr);
  EXPECT_EQ(getStrategyName(static_cast<int>(names.size())), nullptr);
}

TEST(StrategyTest, UnknownNamesAreRefused) {
  Space space = makeSpace({2, 3});
  History history(0);
  SearchOptions options;
  std::string error;
  EXPECT_FALSE(createStrategy("", space, history, options, error));
  EXPECT_FALSE(createStrategy("Chameleon", space, history, options, error));
  EXPECT_EQ(error.rfind("unknown strategy 'Chameleon', expected one of "
                        "chameleon, chameleon-paper, ",
                        0),
            0u)
      << error;
}

} // namespace
