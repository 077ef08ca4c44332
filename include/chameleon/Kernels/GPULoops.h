//===- LowerRowChain.h - a chain of operations over rows as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPULOOPS_H
#define CHAMELEON_KERNELS_GPULOOPS_H

#include "chameleon/Kernels/RowChain.h"
#include "mlir/IR/PatternMatch.h"
#include <string>

namespace chameleon {

/// What lower_to_gpu_loops is told.
struct LoopParameters {
  int64_t threads; ///< of a block
  int64_t lanes;   ///< neighbouring results of a thread, at most
  int64_t sharing; ///< threads that share a reduction

  /// What is wrong with the number of threads; empty if nothing is.
  std::string verify() const;
};

/// Replaces the chain by one kernel and adds its launch: `sharing` threads
/// compute a row from beginning to end. What a thread has read stays in
/// registers, if it is at most 64 elements, else it is read and computed again
/// for each reduction. Returns why it cannot be done; empty if it is.
std::string lowerRowChain(mlir::RewriterBase &rewriter, const RowChain &chain,
                          const LoopParameters &p,
                          llvm::SmallVectorImpl<mlir::Operation *> &launches);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPULOOPS_H
