//===- RowMember.h - an operation of a chain over rows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room: what RowChain.cpp finds and GPURowChain.cpp lowers.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_ROWMEMBER_H
#define CHAMELEON_LIB_KERNELS_ROWMEMBER_H

#include "chameleon/Kernels/Access.h"
#include "chameleon/Kernels/RowChain.h"

namespace chameleon {

struct RowMember {
  enum class Kind {
    Whole,     ///< an element for each row and column
    Row,       ///< one for each row
    Reduction, ///< the same, from the columns of the row
  };
  Kind kind = Kind::Whole;
  mutable mlir::linalg::LinalgOp op;
  llvm::SmallVector<int64_t> sizes;                   ///< of its loops
  Group rows, columns;                                ///< the same
  llvm::SmallVector<std::optional<Access>, 0> inputs; ///< nothing: a scalar
  // Of a reduction.
  mlir::Operation *combiner = nullptr; ///< in the body
  mlir::TypedAttr neutral;
  mlir::Attribute initial;

  /// Nothing if the operation is not of this form.
  static std::optional<RowMember>
  analyze(mlir::linalg::LinalgOp op, int64_t rowCount, int64_t columnCount);

  /// The access is to [row][column], or to [row], of a row-major buffer.
  bool readsWhole(const Access &access, int64_t columnCount) const;
  bool readsRow(const Access &access) const;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_ROWMEMBER_H
