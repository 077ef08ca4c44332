//===- Winograd.h - 3x3 convolutions by minimal filtering
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A convolution of blocks of channels with a window of 3x3 and a stride of 1
// becomes transformed squares and products of matrices, one for each place in a
// square:
//
//   Operation *copy;
//   std::string reason = lowerWinograd(rewriter, op, {4, 2, 6}, copy);
//
// Limits: f32 or f64, a batch of 1, results that start from zero.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_WINOGRAD_H
#define CHAMELEON_KERNELS_WINOGRAD_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace chameleon {

/// What lower_winograd is told.
struct WinogradParameters {
  int64_t outputs; ///< rows and columns of a square of the result: 2 or 4
  int64_t blocks;  ///< of channels of the result, in a register tile
  int64_t tiles;   ///< squares in a register tile
};

/// Why the operation cannot be lowered, but for the size of its batch, which
/// tiling makes 1; empty if it can. Nothing is changed.
std::string checkWinograd(mlir::linalg::LinalgOp convolution);

/// Replaces the operation; sets `copy` to the copy of the result, null if there
/// is none. Returns why it cannot be done; empty if it is.
std::string lowerWinograd(mlir::RewriterBase &rewriter,
                          mlir::linalg::LinalgOp convolution,
                          const WinogradParameters &p, mlir::Operation *&copy);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_WINOGRAD_H
