//===- MemoryPlanTest.cpp - buffers share memory only when their lifetimes allow
// it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Target/MemoryPlan.h"
#include "gtest/gtest.h"
#include <random>

using namespace chameleon;

namespace {

TEST(MemoryPlan, NothingNeedsNothing) { EXPECT_EQ(planBuffers({}).bytes, 0); }

TEST(MemoryPlan, AChainOfTwoAlternates) {
  // Producer and consumer overlap by a step: two places suffice for any length.
  MemoryPlan plan =
      planBuffers({{128, 0, 1}, {128, 1, 2}, {128, 2, 3}, {128, 3, 4}});
  EXPECT_EQ(plan.bytes, 256);
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
  EXPECT_EQ(plan.offsets[1], plan.offsets[3]);
  EXPECT_NE(plan.offsets[0], plan.offsets[1]);
}

TEST(MemoryPlan, TheSmallestGapThatFitsIsTaken) {
  // At step 5 the first (512 bytes) and third (256) buffer are gone: the late
  // one of 128 bytes takes the smaller gap.
  MemoryPlan plan = planBuffers(
      {{512, 0, 4}, {448, 0, 9}, {256, 0, 4}, {192, 0, 9}, {128, 5, 9}});
  EXPECT_EQ(plan.bytes, 512 + 448 + 256 + 192);
  EXPECT_EQ(plan.offsets[4], plan.offsets[2]);
}

TEST(MemoryPlan, SizesAreRoundedToCacheLines) {
  MemoryPlan plan = planBuffers({{1, 0, 1}, {65, 0, 1}, {0, 0, 1}});
  for (int64_t offset : plan.offsets)
    EXPECT_EQ(offset % 64, 0);
  EXPECT_EQ(plan.bytes, 192);
}

TEST(MemoryPlan, RandomPlansNeverOverlap) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    llvm::SmallVector<BufferLifetime> buffers;
    for (int i = 0; i < 40; ++i) {
      int64_t first = random() % 50;
      buffers.push_back({static_cast<int64_t>(random() % 1000), first,
                         first + static_cast<int64_t>(random() % 10)});
    }
    MemoryPlan plan = planBuffers(buffers);
    int64_t sum = 0;
    for (size_t a = 0; a < buffers.size(); ++a) {
      sum += (buffers[a].bytes + 63) / 64 * 64;
      EXPECT_LE(plan.offsets[a] + buffers[a].bytes, plan.bytes);
      for (size_t b = 0; b < a; ++b)
        if (buffers[a].first <= buffers[b].last &&
            buffers[b].first <= buffers[a].last)
          EXPECT_TRUE(plan.offsets[a] + buffers[a].bytes <= plan.offsets[b] ||
                      plan.offsets[b] + buffers[b].bytes <= plan.offsets[a]);
    }
    EXPECT_LT(plan.bytes, sum);
  }
}

} // namespace
