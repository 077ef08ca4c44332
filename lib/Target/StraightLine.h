//===- StraightLine.h - loops and branches as lists of operations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   makeStraightLine(function);
//
// Limits: loops whose trip count is constant and that become no more than 65536
// operations; branches without effects. Others stay.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_STRAIGHTLINE_H
#define CHAMELEON_LIB_TARGET_STRAIGHTLINE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace chameleon {

/// What launches kernels is a list without loops and branches: `scf.for` over
/// tensors is unrolled, both branches of an `scf.if` are computed and its
/// results selected.
void makeStraightLine(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_STRAIGHTLINE_H
