//===- GPUContractionResources.cpp - what a GPU contraction takes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUContractionResources.h"
#include "chameleon/Kernels/GPUAtom.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace chameleon;

void GPUOperandLayout::compute(const GPUContractionParameters &p,
                               int64_t extent, const Memory &memory) {
  this->extent = extent;
  int64_t along = largestDividing(memory.along, extent),
          inside = largestDividing(memory.inside, p.tileDepth);
  // Of two directions with single elements, the one that is contiguous.
  depthInside =
      inside > along ||
      (inside == along && !memory.extentContiguous && memory.depthContiguous);
  lanes = alignedLanes = depthInside ? inside : along;
  turned = depthInside && p.turn;
  if (turned) {
    depthInside = false;
    lanes = 1;
  }
  int64_t inner = depthInside ? p.tileDepth : extent,
          outer = depthInside ? extent : p.tileDepth;
  // Rows of the tile that are read or written together should not meet in one
  // bank.
  pitch = inner + (depthInside || turned ? p.pad : 0);
  pitch = llvm::alignTo(pitch, lanes);
  size = pitch * outer;
}

std::string GPUContractionResources::computeThreads(
    const GPUAtom &atom, const GPUContractionParameters &p, int64_t elementBits,
    const GPULimits &limits) {
  // A thread of a wide atom has a share of each of its parts.
  int64_t partRows = p.interleaveRows * p.threadRows,
          partColumns = p.interleaveColumns * p.threadColumns;
  if (p.tileRows % (partRows * atom.m) != 0 ||
      p.tileColumns % (partColumns * atom.n) != 0)
    return llvm::formatv("a tile of {0} x {1} is not a whole number of threads "
                         "with {2} x {3}",
                         p.tileRows, p.tileColumns, partRows * atom.m,
                         partColumns * atom.n);
  if (p.tileDepth % atom.k != 0)
    return llvm::formatv("{0} steps of a tile, expected a multiple of {1}",
                         p.tileDepth, atom.k);
  threadsOfColumn = p.tileRows / (partRows * atom.m);
  threadsOfRow = p.tileColumns / (partColumns * atom.n);
  threads = threadsOfRow * threadsOfColumn * atom.threads;
  if (threads > limits.blockThreads)
    return llvm::formatv("{0} threads, expected at most {1}", threads,
                         limits.blockThreads);
  if (p.cluster > limits.clusterBlocks || p.splits % p.cluster != 0)
    return llvm::formatv("a cluster of {0} blocks, expected at most {1} and a "
                         "divisor of {2} splits",
                         p.cluster, limits.clusterBlocks, p.splits);
  lanes = std::max<int64_t>(limits.copyBytes * 8 / elementBits, 1);
  width = largestDividing(lanes, p.threadColumns);
  accumulators = partRows * partColumns * atom.m * atom.n / atom.threads;
  return "";
}

std::string GPUContractionResources::compute(const GPUAtom &atom,
                                             const GPUContractionParameters &p,
                                             GPUOperandLayout &left,
                                             GPUOperandLayout &right,
                                             int64_t elementBits,
                                             const GPULimits &limits) {
  if (std::string reason = computeThreads(atom, p, elementBits, limits);
      !reason.empty())
    return reason;
  // Every tile begins where a copy of the widest kind may go.
  int64_t alignment = std::max(lanes, limits.copyBytes / 4);
  right.base = llvm::alignTo(left.size, alignment);
  stageSize = right.base + llvm::alignTo(right.size, alignment);
  sharedSize = stageSize * p.stages;
  // Sums of a tile are added up where its operands were.
  if (p.cluster > 1)
    sharedSize = std::max(sharedSize, p.tileRows * p.tileColumns);
  sharedBytes = sharedSize * (elementBits / 8);
  if (sharedBytes > limits.sharedBytes)
    return llvm::formatv("{0} bytes of shared memory, expected at most {1}",
                         sharedBytes, limits.sharedBytes);
  steps = atom.k;
  for (const GPUOperandLayout *layout : {&left, &right})
    if (layout->depthInside)
      steps =
          std::max(steps, largestDividing(largestDividing(lanes, p.tileDepth),
                                          layout->pitch));
  int64_t operands = (p.interleaveRows * p.threadRows * atom.m +
                      p.interleaveColumns * p.threadColumns * atom.n) *
                     steps / atom.threads;
  registers = (accumulators + operands) * llvm::divideCeil(elementBits, 32);
  return "";
}
