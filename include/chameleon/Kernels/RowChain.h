//===- RowChain.h - reductions and elementwise operations over the same rows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Softmax and normalisation come as several operations on the same rows:
//
//   max  = reduce(x)          [row]
//   e    = exp(x - max)       [row][column]
//   sum  = reduce(e)          [row]
//   y    = e / sum            [row][column]
//
// Each is too small to keep a GPU busy, and all of them need nothing but their
// row: threads that have a row compute it from beginning to end.
//
//   std::optional<RowChain> chain = RowChain::containing(op);
//
// Limits: static shapes, one result each, reductions of f32 or i32.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_ROWCHAIN_H
#define CHAMELEON_KERNELS_ROWCHAIN_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace chameleon {

struct RowChain {
  /// At least two, in program order; the last one is the root, whose result
  /// alone is used elsewhere. At least one is a reduction.
  llvm::SmallVector<mlir::linalg::LinalgOp> operations;
  int64_t rows = 1, columns = 1;

  mlir::linalg::LinalgOp getRoot() const { return operations.back(); }
  /// The first reduction.
  mlir::linalg::LinalgOp getAnchor() const;

  /// The chain that ends at `root`, as long as can be: operations for which
  /// `isFree` holds, of which nothing but the root is used outside. Values of
  /// the chain are read where they were written, through reshapes too: all of a
  /// row, or the one value of a row. Other operands are linear in the loops.
  static std::optional<RowChain>
  endingAt(mlir::linalg::LinalgOp root,
           llvm::function_ref<bool(mlir::Operation *)> isFree);
  /// The longest chain that `op` belongs to, of all operations of its block.
  static std::optional<RowChain> containing(mlir::linalg::LinalgOp op);
};

/// Whether `op` reduces the rows of one of its inputs: its innermost loops, by
/// an operation that may be done in any order. No product of matrices does.
bool isRowReduction(mlir::linalg::LinalgOp op);

/// The value that a row-major buffer of the tensor was first computed as: looks
/// through reshapes.
mlir::Value withoutReshapes(mlir::Value tensor);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_ROWCHAIN_H
