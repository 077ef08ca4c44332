//===- NVVMDeviceTest.cpp - chips as text, facts and key
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetTesting.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace chameleon;
using namespace chameleon::testing;

namespace {

TEST(NVVMDevice, ChipsNeedNoGPU) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto device = parse<NVVMDevice>("nvvm:sm_90", 7);
  ASSERT_TRUE(device);
  EXPECT_EQ(device->chip, "sm_90");
  EXPECT_EQ(device->getSpec(), "nvvm:sm_90");
  EXPECT_EQ(device->getKey(), "nvvm|NVIDIA H100|sm_90|multiprocessors=132");
  EXPECT_EQ(device->describe(), "nvvm:sm_90: NVIDIA H100");
  EXPECT_NEAR(*device->getPeakGflops(mlir::Float32Type::get(&context)), 66908,
              1);
  EXPECT_EQ(device->getThreads(), 1u);
  EXPECT_EQ(device->getLayout().kind, LayoutOptions::Kind::NHWC);
  auto a = parse<NVVMDevice>("nvvm:sm_90a");
  EXPECT_EQ(a->chip, "sm_90a");
  EXPECT_EQ(a->facts.multiprocessors, 132);
}

TEST(NVVMDevice, FactsAreEntriesOfTheDevice) {
  std::shared_ptr<const Device> device = parse("nvvm:sm_90");
  const Device &gpu = *device;
  EXPECT_EQ(query(gpu, "GPU", "compute_capability"), 90);
  EXPECT_EQ(query(gpu, "GPU", "multiprocessors"), 132);
  EXPECT_EQ(query(gpu, "GPU", "warp"), 32);
  EXPECT_EQ(query(gpu, "GPU", "max_threads"), 1024);
  EXPECT_EQ(query(gpu, "GPU", "registers"), 65536);
  EXPECT_EQ(query(gpu, "GPU", "shared_bytes"), 232448);
  EXPECT_EQ(query(gpu, "GPU", "l2_bytes"), 50 << 20);
  EXPECT_EQ(query(gpu, "GPU", "cluster_blocks"), 8);
  EXPECT_EQ(query(*parse("nvvm:sm_80"), "GPU", "compute_capability"), 80);
  EXPECT_EQ(query(*parse("nvvm:sm_80"), "GPU", "cluster_blocks"), 1);
}

} // namespace
