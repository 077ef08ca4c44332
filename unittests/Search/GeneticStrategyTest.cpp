//===- GeneticStrategyTest.cpp - evolution beats random draws -------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(GeneticStrategyTest, BeatsRandom) {
  auto recorded = getRecording("mma_f16_2048");
  EXPECT_GE(getResult(*recorded, "genetic", 128, 16).first,
            getResult(*recorded, "random", 128, 64).first + 0.01);
}

} // namespace
