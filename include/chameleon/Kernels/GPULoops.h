//===- GPULoops.h - loops that move memory more than they compute
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elementwise operations, reductions, pooling, products with vectors, and
// chains of them over rows (RowChain.h) become one GPU kernel:
//
//   std::string reason = lowerGPULoops(rewriter, task, {256, 4, 1}, hooks,
//                                      launches);
//
// Limits: static shapes, fewer than 2^31 results and steps of a reduction.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPULOOPS_H
#define CHAMELEON_KERNELS_GPULOOPS_H

#include "chameleon/Kernels/GPUHooks.h"
#include "chameleon/Kernels/KernelTask.h"

namespace chameleon {

/// What lower_to_gpu_loops is told.
struct GPULoopParameters {
  int64_t threads; ///< of a block
  int64_t lanes;   ///< neighbouring results of a thread, at most
  /// Threads that share a reduction; of one that is no repeated use of an
  /// operation with a neutral element each thread computes all.
  int64_t sharing;

  /// What is wrong with the number of threads; empty if nothing is.
  std::string verify(const GPULimits &limits) const;
};

/// Why the task cannot be lowered with these parameters; empty if it can.
/// Nothing is changed.
std::string checkGPULoops(const KernelTask &task, const GPULoopParameters &p,
                          const GPUHooks &hooks);

/// Replaces the task, or the chain over rows that it belongs to, by one kernel
/// and adds its launch. Returns why it cannot be done; empty if it is.
std::string lowerGPULoops(mlir::RewriterBase &rewriter, const KernelTask &task,
                          const GPULoopParameters &p, const GPUHooks &hooks,
                          llvm::SmallVectorImpl<mlir::Operation *> &launches);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPULOOPS_H
