//===- GPUContractionResourcesTest.cpp - what a GPU contraction takes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUContractionResources.h"
#include "chameleon/Kernels/GPUAtom.h"
#include <gtest/gtest.h>

using namespace chameleon;

namespace {

/// As an H100 has them.
GPULimits getLimits() {
  GPULimits limits;
  limits.warpThreads = 32;
  limits.blockThreads = 1024;
  limits.sharedBytes = 227 << 10;
  limits.sharedBanks = 32;
  limits.copyBytes = 16;
  limits.clusterBlocks = 8;
  return limits;
}

GPUContractionParameters getParameters() {
  return {/*tileRows=*/128,     /*tileColumns=*/128,
          /*tileDepth=*/32,
          /*interleaveRows=*/2, /*interleaveColumns=*/2,
          /*threadRows=*/4,     /*threadColumns=*/4,
          /*stages=*/4,         /*pad=*/4,
          /*turn=*/0,           /*splits=*/1,
          /*cluster=*/1};
}

/// A row-major left operand and right operand with `lanes` in a copy.
std::string compute(GPUContractionResources &resources,
                    const GPUContractionParameters &p, int64_t bits,
                    const GPUAtom &atom = getFmaAtom()) {
  GPUOperandLayout left, right;
  int64_t lanes = 128 / bits;
  left.compute(p, p.tileRows, {1, lanes, false, true});
  right.compute(p, p.tileColumns, {lanes, 1, true, false});
  return resources.compute(atom, p, left, right, bits, getLimits());
}

TEST(GPUContractionResourcesTest, followElementsAndTile) {
  GPUContractionResources r;
  ASSERT_EQ(compute(r, getParameters(), 32), "");
  EXPECT_EQ(r.threads, 256);
  EXPECT_EQ(r.lanes, 4);
  EXPECT_EQ(r.width, 4);
  EXPECT_EQ(r.steps, 4);
  EXPECT_EQ(r.stageSize, 128 * 36 + 32 * 128);
  EXPECT_EQ(r.sharedBytes, 4 * 4 * (128 * 36 + 32 * 128));
  EXPECT_EQ(r.accumulators, 64);
  EXPECT_EQ(r.registers, 64 + 16 * 4);
}

TEST(GPUContractionResourcesTest, wideElementsTakeTwiceTheMemory) {
  GPUContractionResources r;
  EXPECT_EQ(compute(r, getParameters(), 64),
            "278528 bytes of shared memory, expected at most 232448");
  GPUContractionParameters p = getParameters();
  p.stages = 2;
  ASSERT_EQ(compute(r, p, 64), "");
  EXPECT_EQ(r.sharedBytes, 139264);
  EXPECT_EQ(r.lanes, 2);
  EXPECT_EQ(r.registers, 2 * (64 + 16 * 2));
}

TEST(GPUContractionResourcesTest, turnedTilesLieAlongTheResult) {
  GPUContractionParameters p = getParameters();
  p.turn = 1;
  GPUOperandLayout layout;
  layout.compute(p, 128, {1, 4, false, true});
  EXPECT_TRUE(layout.turned);
  EXPECT_FALSE(layout.depthInside);
  EXPECT_EQ(layout.lanes, 1);
  EXPECT_EQ(layout.alignedLanes, 4);
  EXPECT_EQ(layout.pitch, 132);
  EXPECT_EQ(layout.size, 132 * 32);
  GPUContractionResources r;
  ASSERT_EQ(compute(r, p, 32), "");
  EXPECT_EQ(r.steps, 1);
}

TEST(GPUContractionResourcesTest, clustersAddUpInSharedMemory) {
  GPUContractionParameters p = getParameters();
  p.tileDepth = 4;
  p.stages = 1;
  p.splits = p.cluster = 2;
  GPUContractionResources r;
  ASSERT_EQ(compute(r, p, 32), "");
  EXPECT_EQ(r.sharedSize, 128 * 128);
  p.cluster = 16;
  p.splits = 16;
  EXPECT_EQ(compute(r, p, 32), "a cluster of 16 blocks, expected at most 8 and "
                               "a divisor of 16 splits");
}

TEST(GPUContractionResourcesTest, tilesAreWholeNumbersOfAtoms) {
  GPUContractionParameters p = getParameters();
  p.tileRows = 100;
  GPUContractionResources r;
  EXPECT_EQ(compute(r, p, 32), "a tile of 100 x 128 is not a whole number of "
                               "threads with 8 x 8");
  p = getParameters();
  p.interleaveRows = p.interleaveColumns = 1;
  p.threadRows = p.threadColumns = 1;
  EXPECT_EQ(compute(r, p, 32), "16384 threads, expected at most 1024");

  /// Of the shape of mma.sync for f16: 32 threads have 16 x 8 sums together.
  class WarpAtom : public GPUAtom {
  public:
    WarpAtom() : GPUAtom("warp", 16, 8, 16, 32) {}
    std::string check(AtomTypes) const override { return ""; }
    std::unique_ptr<GPUAtomEmitter>
    createEmitter(KernelBuilder &, const GPUBlock &) const override {
      return nullptr;
    }
  } atom;
  // A warp has 4 x 8 atoms: a tile of 64 x 64, of which there are four.
  p.threadRows = 4;
  p.threadColumns = 8;
  ASSERT_EQ(compute(r, p, 16, atom), "");
  EXPECT_EQ(r.threads, 4 * 32);
  EXPECT_EQ(r.accumulators, 64 * 64 / 32);
  EXPECT_EQ(r.steps, 16);
  p.tileDepth = 24;
  EXPECT_EQ(compute(r, p, 16, atom),
            "24 steps of a tile, expected a multiple of 16");
}

} // namespace
