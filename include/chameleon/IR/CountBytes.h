//===- CountBytes.h - whether the size of a type can be counted
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   if (isUncountable(value.getType()))
//     return op.emitError("…");
//
// The extents of a type are any 63-bit numbers, and their product wraps around
// without a word: a tensor of 2^61 doubles would take no byte.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_COUNTBYTES_H
#define CHAMELEON_IR_COUNTBYTES_H

#include "mlir/IR/Types.h"

namespace chameleon {

/// True for a tensor or buffer of static shape whose bytes are more than 63
/// bits count; extents of zero do not hide the others.
bool isUncountable(mlir::Type type);

} // namespace chameleon

#endif // CHAMELEON_IR_COUNTBYTES_H
