//===- CheckFunction.h - what no target lowers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Target. One error where the cause is: later on it would be one
// about code that the user has not written.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_CHECKFUNCTION_H
#define CHAMELEON_LIB_TARGET_CHECKFUNCTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace chameleon {

/// Emits and fails for a function that cannot be called by bare pointers to
/// static buffers, for sizes that wrap around, and for functions as values.
mlir::LogicalResult checkFunction(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_CHECKFUNCTION_H
