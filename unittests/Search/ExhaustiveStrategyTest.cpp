//===- ExhaustiveStrategyTest.cpp - every point in order ------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Search.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

TEST(ExhaustiveStrategyTest, GoesInOrder) {
  auto space = std::make_shared<Space>();
  space->addKnob({"slow", {1, 2}, true});
  space->addKnob({"quick", {1, 2}, true});
  space->setDefault({1, 0});
  SearchOptions options;
  options.strategy = "exhaustive";
  std::string error;
  std::unique_ptr<Search> search = Search::create(space, options, error);
  EXPECT_EQ(search->ask(9),
            (std::vector<Configuration>{{1, 0}, {0, 0}, {0, 1}, {1, 1}}));
}

} // namespace
