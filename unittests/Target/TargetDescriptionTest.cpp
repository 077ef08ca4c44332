//===- TargetDescriptionTest.cpp - which target a text means
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetTesting.h"

using namespace chameleon;
using namespace chameleon::testing;

namespace {

TEST(TargetDescription, AutoSaysWhatItTakes) {
  TargetDescription target = parse("auto");
  auto gpu = TargetDescription::parse("nvvm", 0);
  if (gpu) {
    EXPECT_EQ(target.spec(), "nvvm");
    EXPECT_EQ(target.key(), gpu->key());
    EXPECT_EQ(target.choice, "the GPU, being there");
    return;
  }
  EXPECT_EQ(target.spec(), "cpu");
  EXPECT_EQ(target.choice, "the host CPU, for want of a GPU: " +
                               llvm::toString(gpu.takeError()));
  EXPECT_EQ(parse("cpu").choice, "");
}

TEST(TargetDescription, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parseError("gpu"),
            "unknown target 'gpu', expected one of 'auto', 'cpu', "
            "'cpu:<features>', 'nvvm', 'nvvm:<chip>'");
  EXPECT_EQ(parseError("nvvm:sm_42")
                .find("unknown chip 'sm_42', expected one "
                      "of sm_70, sm_75, sm_80, sm_86"),
            0u);
  EXPECT_EQ(parseError("cpu:avx2"),
            "malformed feature 'avx2' in target 'cpu:avx2', expected e.g. "
            "'-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu:"), "malformed feature '' in target 'cpu:', "
                                "expected e.g. '-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu", 1025), "1025 threads, expected at most 1024");
}

} // namespace
