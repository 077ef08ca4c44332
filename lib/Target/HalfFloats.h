//===- HalfFloats.h - f16 and bf16 on a processor that only converts them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %s = arith.addf %x, %y : vector<8xf16>
//
// becomes an addition of two extensions, and a rounding of it: LLVM would call
// the C library for each lane. For what widenHalfPrecision has not seen, as
// bodies that a schedule has made vectors of.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_HALFFLOATS_H
#define CHAMELEON_LIB_TARGET_HALFFLOATS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace chameleon {

/// After bufferization. No operation of the function computes in f16 or bf16
/// any more, and bf16 is rounded by integers.
mlir::LogicalResult computeHalvesInFloat(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_HALFFLOATS_H
