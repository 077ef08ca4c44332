//===- Simplify.h - the steps of simplifyModel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/Prepare: one function a concern, each in the file of its
// name.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_SIMPLIFY_H
#define CHAMELEON_LIB_PREPARE_SIMPLIFY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

namespace chameleon {

/// Erases cf.assert inside linalg bodies and rounds truncations of constants:
/// both block everything that follows.
void eraseAssertions(mlir::func::FuncOp function);

/// Compare-and-select to min and max, squares, dead results, constant operands:
/// patterns which look at one operation.
void populateSimplificationPatterns(mlir::RewritePatternSet &patterns);

/// Retypes f64 computation that starts at f32 and ends at f32.
void narrowFloat64Islands(mlir::func::FuncOp function);

/// Finds rows of nothing but -inf by their maximum instead of by booleans.
void foldMaskedRows(mlir::func::FuncOp function);

/// Folds what follows a convolution channel by channel (batch norm, bias) into
/// its weights and one epilogue addition.
void foldBatchNorm(mlir::func::FuncOp function);

/// Gives each user of a layer norm's `x - mean` its own: fused, one subtraction
/// more saves a tensor as large as the layer.
void separateCentring(mlir::func::FuncOp function);

/// Fuses chains of elementwise operations, never into something that would
/// recompute them; into reductions only if told so.
void fuseElementwise(mlir::func::FuncOp function, bool intoReductions);

/// `(conv1 + b1) + (conv2 + b2)` → `(conv1 + (b1 + b2)) + conv2`: every
/// residual epilogue looks the same.
void mergeResidualBiases(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_SIMPLIFY_H
