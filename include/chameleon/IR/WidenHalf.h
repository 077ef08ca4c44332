//===- WidenHalf.h - half precision is for memory, f32 for computing
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For targets that convert half types (f16, bf16) but do not compute in them:
//
//   widenHalfPrecision(function);
//
//   %0 = linalg.matmul ins(%a, %b : tensor<…xf16>, …) outs(%zero) -> f16
//
// becomes an extension of %a and of %b, a product in f32 and one rounding.
// What is between computes in f32 and is not rounded: a model is rounded where
// its values leave it, be it as a result, in a call or because it says so
// (arith.truncf). The extensions fuse into elementwise operations and
// reductions as any elementwise operation does; those of weights are hoisted.
// Operations that only move values move halves.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_WIDENHALF_H
#define CHAMELEON_IR_WIDENHALF_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace chameleon {

/// Retypes the structured operations on tensors of the function; its signature
/// stays. Leaves operations whose bodies look at the bits of halves. What a
/// reduction reads once is extended in its body, or, for loops that nobody
/// makes vectors of, before it: halves that are read one by one are slow.
void widenHalfPrecision(mlir::func::FuncOp function,
                        bool beforeReductions = false);

} // namespace chameleon

#endif // CHAMELEON_IR_WIDENHALF_H
