//===- AutoTVMStrategyTest.cpp - AutoTVM's search -------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestRecordings.h"

using namespace chameleon::search;

namespace {

TEST(AutoTVMStrategyTest, BeatsRandom) {
  auto recorded = getRecording("mma_f16_2048");
  EXPECT_GE(getResult(*recorded, "autotvm", 192, 4).first,
            getResult(*recorded, "random", 192, 64).first + 0.005);
}

} // namespace
