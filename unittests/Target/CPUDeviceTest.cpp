//===- CPUDeviceTest.cpp - the host as text, facts and key
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetTesting.h"
#include "mlir/IR/BuiltinTypes.h"
#include <sched.h>

using namespace chameleon;
using namespace chameleon::testing;

namespace {

TEST(CPUDevice, DescribesTheHost) {
  std::shared_ptr<const CPUDevice> device = parse<CPUDevice>("cpu");
  ASSERT_TRUE(device);
  const CPUFacts &facts = device->facts;
  EXPECT_FALSE(facts.cpu.empty());
  EXPECT_FALSE(device->getName().empty());
  EXPECT_GE(facts.vectorBits, 128);
  EXPECT_GE(facts.l1Bytes, 8 << 10);
  EXPECT_GE(facts.l2Bytes, facts.l1Bytes);
  EXPECT_EQ(device->getThreads(), facts.cores);
  EXPECT_EQ(device->describe(), "cpu: " + device->getName() + ", " +
                                    std::to_string(facts.cores) + " threads");
  EXPECT_EQ(llvm::cantFail(CPUDevice::ofHost(0))->getKey(), device->getKey());
}

TEST(CPUDevice, CoresAreThoseOfTheAffinity) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before))
    ++first;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(parse<CPUDevice>("cpu")->facts.cores, 1u);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

TEST(CPUDevice, FeaturesOverrideTheHosts) {
  auto device = parse<CPUDevice>("cpu:-avx512f,-avx2,-avx", 3);
  EXPECT_EQ(device->facts.vectorBits, 128);
  EXPECT_EQ(device->getThreads(), 3u);
  EXPECT_EQ(device->getSpec(), "cpu:-avx512f,-avx2,-avx");
  EXPECT_EQ(parse(device->getSpec(), 3)->getKey(), device->getKey());
  EXPECT_NE(parse("cpu", 3)->getKey(), device->getKey());
  EXPECT_NE(parse("cpu", 1)->getKey(), parse("cpu", 2)->getKey());
  EXPECT_EQ(parse("cpu")->getSpec(), "cpu");
}

TEST(CPUDevice, FactsAreEntriesOfTheDevice) {
  CPUFacts facts;
  facts.threads = 2;
  facts.vectorBits = 256;
  facts.l2Bytes = 1234;
  CPUDevice device(nullptr, facts);
  EXPECT_EQ(query(device, "CPU", "vector_bits"), 256);
  EXPECT_EQ(query(device, "CPU", "l2_bytes"), 1234);
  EXPECT_EQ(query(device, "CPU", "threads"), 2);
  EXPECT_EQ(query(device, "CPU", "registers"), 16);
}

TEST(CPUDevice, ChannelsAreBlockedByTheLanes) {
  CPUFacts facts;
  facts.vectorBits = 512;
  EXPECT_EQ(CPUDevice(nullptr, facts).getLayout().channelBlock, 16);
  facts.vectorBits = 128;
  LayoutOptions layout = CPUDevice(nullptr, facts).getLayout();
  EXPECT_EQ(layout.channelBlock, 4);
  EXPECT_EQ(layout.kind, LayoutOptions::Kind::NCHWc);
}

TEST(CPUDevice, PeakIsPlausible) {
  // No promise on speed: between one scalar operation a microsecond and ten of
  // the widest units at 10 GHz.
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::shared_ptr<const Device> device = parse("cpu", 1);
  double peak = *device->getPeakGflops(mlir::Float32Type::get(&context));
  EXPECT_GT(peak, 0.001);
  EXPECT_LT(peak, 10 * 2 * 16 * 10);
  EXPECT_FALSE(device->getPeakGflops(mlir::Float16Type::get(&context)));
}

} // namespace
