//===- CPUContraction.h - a matrix product over register tiles
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A contraction with one row, one column and one reduction loop becomes loops
// over register tiles of a fixed size, whatever its extents are:
//
//   CPUContractionResult lowered;
//   std::string reason = lowerCPUContraction(rewriter, op, {6, 16, 256, 1, 1},
//                                            lowered);
//
// Limits: batch loops of one iteration, extents with a constant upper bound.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_CPUCONTRACTION_H
#define CHAMELEON_KERNELS_CPUCONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace chameleon {

/// What lower_contraction is told.
struct CPUContractionParameters {
  int64_t rows, columns; ///< of a register tile
  int64_t depth;         ///< steps of the reduction between two write-backs
  /// Of the operands as they stand: 0 as they are where that is possible, 1
  /// packed before the loops, 2 within the loop over the reduction, 3 where the
  /// whole matrix comes from.
  int64_t packLhs, packRhs;
};

/// Either is null if there is none.
struct CPUContractionResult {
  mlir::Operation *fill = nullptr; ///< of the accumulators
  mlir::Operation *copy = nullptr; ///< of the result
};

/// Why the operation cannot be lowered; empty if it can. Nothing is changed.
std::string checkCPUContraction(mlir::linalg::LinalgOp contraction);

/// Replaces the operation by loops. Returns why it cannot be done; empty if it
/// is.
std::string lowerCPUContraction(mlir::RewriterBase &rewriter,
                                mlir::linalg::LinalgOp contraction,
                                const CPUContractionParameters &p,
                                CPUContractionResult &result);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_CPUCONTRACTION_H
