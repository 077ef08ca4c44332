//===- RandomStrategyTest.cpp - uniform draws -----------------------------===//
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

TEST(RandomStrategyTest, SeedsDiffer) {
  auto first = [](uint64_t seed) {
    auto space = std::make_shared<Space>();
    space->addKnob({"knob", std::vector<double>(1000, 1.0), true});
    SearchOptions options;
    options.strategy = "random";
    options.seed = seed;
    std::string error;
    return Search::create(space, options, error)->ask(8);
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
}

} // namespace
