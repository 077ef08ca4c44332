//===- NVVMTargetTest.cpp - chips as text, facts and key
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

TEST(NVVMTarget, ChipsNeedNoGPU) {
  TargetDescription target = parse("nvvm:sm_90", 7);
  EXPECT_EQ(target.kind, TargetDescription::Kind::NVVM);
  EXPECT_EQ(target.kindName(), "nvvm");
  EXPECT_EQ(target.cpu, "sm_90");
  EXPECT_EQ(target.spec(), "nvvm:sm_90");
  EXPECT_EQ(target.key(), "nvvm|NVIDIA H100|sm_90|multiprocessors=132");
  EXPECT_NEAR(target.peakGflops(), 66908, 1);
  EXPECT_EQ(target.threads, 1u);
  TargetDescription a = parse("nvvm:sm_90a");
  EXPECT_EQ(a.cpu, "sm_90a");
  EXPECT_EQ(a.gpu.multiprocessors, 132);
}

TEST(NVVMTarget, FactsAreEntriesOfTheDevice) {
  TargetDescription gpu = parse("nvvm:sm_90");
  EXPECT_EQ(query(gpu, "GPU", "compute_capability"), 90);
  EXPECT_EQ(query(gpu, "GPU", "multiprocessors"), 132);
  EXPECT_EQ(query(gpu, "GPU", "warp"), 32);
  EXPECT_EQ(query(gpu, "GPU", "max_threads"), 1024);
  EXPECT_EQ(query(gpu, "GPU", "registers"), 65536);
  EXPECT_EQ(query(gpu, "GPU", "shared_bytes"), 232448);
  EXPECT_EQ(query(gpu, "GPU", "l2_bytes"), 50 << 20);
  EXPECT_EQ(query(gpu, "GPU", "cluster_blocks"), 8);
  EXPECT_EQ(query(parse("nvvm:sm_80"), "GPU", "compute_capability"), 80);
  EXPECT_EQ(query(parse("nvvm:sm_80"), "GPU", "cluster_blocks"), 1);
}

} // namespace
