//===- DeviceFactsTest.cpp - what a GPU offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/DeviceFacts.h"
#include "FakeDriver.h"

using namespace chameleon;
using namespace chameleon::cuda;

namespace {

class DeviceFactsOfDriver : public FakeDriverTest {};

TEST_F(DeviceFactsOfDriver, AreReadFromTheDriver) {
  auto count = countDevices(*driver);
  ASSERT_TRUE(bool(count));
  EXPECT_EQ(*count, 1);
  auto facts = DeviceFacts::query(*driver, 0);
  ASSERT_TRUE(bool(facts));
  EXPECT_EQ(facts->name, "Fake H200");
  EXPECT_EQ(facts->chip(), "sm_90");
  EXPECT_EQ(facts->multiprocessors, 132);
  EXPECT_EQ(facts->sharedPerBlock, 232448);
  EXPECT_EQ(facts->sharedPerMultiprocessor, 233472);
  EXPECT_EQ(facts->l2Bytes, 62914560);
  EXPECT_EQ(facts->memoryBusBits, 6144);
  EXPECT_EQ(facts->globalBytes, 1 << 30);
  // The table's H100 is the same processor.
  EXPECT_NEAR(facts->peakGflops(), 66908, 1);
  EXPECT_NEAR(DeviceFacts::ofChip("sm_90")->peakGflops(), facts->peakGflops(),
              1e-6);
}

TEST_F(DeviceFactsOfDriver, FailWithTheDriver) {
  auto facts = DeviceFacts::query(*driver, 3);
  ASSERT_FALSE(bool(facts));
  EXPECT_EQ(messageOf(facts.takeError()), "cuDeviceGet: unknown error");
  fail("cuDeviceGetCount", 2);
  auto count = countDevices(*driver);
  ASSERT_FALSE(bool(count));
  llvm::consumeError(count.takeError());
}

// The process of the tests has no driver of its own: the real one is not asked,
// or there is none.
TEST_F(DeviceFactsOfDriver, TravelFromAChild) {
  auto here = DeviceFacts::query(0);
  auto child = DeviceFacts::queryInChild(0);
  if (!here) {
    ASSERT_FALSE(bool(child));
    EXPECT_EQ(llvm::toString(child.takeError()),
              llvm::toString(here.takeError()));
    return;
  }
  ASSERT_TRUE(bool(child)) << llvm::toString(child.takeError());
  EXPECT_EQ(child->name, here->name);
  EXPECT_EQ(child->globalBytes, here->globalBytes);
  EXPECT_EQ(child->memoryBusBits, here->memoryBusBits);
  EXPECT_EQ(child->peakGflops(), here->peakGflops());
}

TEST(DeviceFactsOfChip, KnowsUsualDevices) {
  auto a100 = DeviceFacts::ofChip("sm_80");
  ASSERT_TRUE(a100.has_value());
  EXPECT_EQ(a100->sharedPerBlock, 163 << 10);
  EXPECT_NEAR(a100->peakGflops(), 19492, 1); // the data sheet's 19.5 TFLOP/s
  EXPECT_FALSE(DeviceFacts::ofChip("sm_42").has_value());
  EXPECT_EQ(DeviceFacts::ofChip("sm_100")->chip(), "sm_100");
  EXPECT_NE(DeviceFacts::knownChips().find("sm_86, sm_89, sm_90"),
            std::string::npos);
}

} // namespace
