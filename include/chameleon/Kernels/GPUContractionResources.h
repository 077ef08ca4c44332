//===- GPUContractionResources.h - what a GPU contraction takes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Threads, lanes, alignment, shared memory and registers of a kernel follow
// from its atom and its tile here and nowhere else: both what may be built and
// what is built ask this page.
//
//   GPUContractionResources resources;
//   std::string reason = resources.compute(atom, parameters, left, right, 32,
//                                          limits);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPUCONTRACTIONRESOURCES_H
#define CHAMELEON_KERNELS_GPUCONTRACTIONRESOURCES_H

#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/Kernels/GPUHooks.h"

namespace chameleon {

/// How a tile of an operand lies in shared memory: `extent` rows or columns of
/// the result by the tile's steps of the reduction. In elements.
struct GPUOperandLayout {
  int64_t extent = 0;
  bool depthInside = false; ///< steps of the reduction are contiguous
  /// They are so in memory, but not in shared memory.
  bool turned = false;
  int64_t lanes = 1;        ///< of a copy
  int64_t alignedLanes = 1; ///< that the alignment in memory would allow
  int64_t pitch = 0;        ///< of a row
  int64_t size = 0;         ///< of the whole
  int64_t base = 0;         ///< in a stage

  /// What memory allows: elements that may be copied at once along the extent
  /// and along the reduction, and whether these directions are contiguous.
  struct Memory {
    int64_t along = 1, inside = 1;
    bool extentContiguous = false, depthContiguous = false;
  };
  void compute(const GPUContractionParameters &p, int64_t extent,
               const Memory &memory);
};

struct GPUContractionResources {
  int64_t threadsOfRow = 1, threadsOfColumn = 1;
  int64_t threads = 1; ///< of a block
  int64_t lanes = 1;   ///< elements of the widest copy, load or store
  int64_t width = 1;   ///< of a vector of results
  int64_t steps = 1;   ///< of the reduction that are read at once
  int64_t stageSize = 0, sharedSize = 0; ///< in elements
  int64_t sharedBytes = 0;
  int64_t accumulators = 0; ///< elements, of a thread
  /// Of 32 bits and a thread, for accumulators and operands; not counted are
  /// addresses.
  int64_t registers = 0;

  /// Sets everything, and where the second operand begins. Returns what exceeds
  /// the limits; empty if nothing does.
  std::string compute(const GPUAtom &atom, const GPUContractionParameters &p,
                      GPUOperandLayout &left, GPUOperandLayout &right,
                      int64_t elementBits, const GPULimits &limits);
  /// The part of it that needs no operand: threads and accumulators.
  std::string computeThreads(const GPUAtom &atom,
                             const GPUContractionParameters &p,
                             int64_t elementBits, const GPULimits &limits);
};

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPUCONTRACTIONRESOURCES_H
