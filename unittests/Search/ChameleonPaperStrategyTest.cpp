//===- ChameleonPaperStrategyTest.cpp - the search as published -----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(ChameleonPaperStrategyTest, LearnsAfterItsInitialDesign) {
  SKIP_WITHOUT_AGENT();
  auto recorded = getRecording("mma_f16_2048");
  double performance = getResult(*recorded, "chameleon-paper", 128, 6).first;
  double randomPerformance = getResult(*recorded, "random", 128, 64).first;
  EXPECT_GE(performance, randomPerformance + 0.01);
}

} // namespace
