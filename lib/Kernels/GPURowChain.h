//===- GPURowChain.h - a chain of operations over rows as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_GPUROWCHAIN_H
#define CHAMELEON_LIB_KERNELS_GPUROWCHAIN_H

#include "chameleon/Kernels/GPULoops.h"
#include "chameleon/Kernels/RowChain.h"

namespace chameleon {

/// Why the chain cannot be lowered; empty if it can.
std::string checkRowChain(const RowChain &chain, const GPULoopParameters &p,
                          const GPUHooks &hooks);

/// Replaces the chain by one kernel and adds its launch: `sharing` threads
/// compute a row from beginning to end. What a thread has read stays in
/// registers, if it is at most 64 elements, else it is read and computed again
/// for each reduction. Returns why it cannot be done; empty if it is.
std::string lowerRowChain(mlir::RewriterBase &rewriter, const RowChain &chain,
                          const GPULoopParameters &p, const GPUHooks &hooks,
                          llvm::SmallVectorImpl<mlir::Operation *> &launches);

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_GPUROWCHAIN_H
