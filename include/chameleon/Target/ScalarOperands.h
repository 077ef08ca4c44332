//===- ScalarOperands.h - scalars among tensors become tensors of rank 0
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   func.func @main(%x: tensor<45x67xf32>, %scale: f64) -> tensor<45x67xf32>
//   // takes (tensor<45x67xf32>, tensor<f64>) once it is lowered
//
// Front ends pass a Python number as a scalar. A program takes and returns
// buffers alone, and what runs on a GPU reads a scalar from memory.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_SCALAROPERANDS_H
#define CHAMELEON_TARGET_SCALAROPERANDS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Structured operations read scalars that are not constant from operands of
/// rank 0: those that their bodies capture, those among their operands, what a
/// tensor is filled with. Tasks take tensors alone then.
void readScalarsFromTensors(mlir::func::FuncOp function);

/// Functions with a body that take or return tensors take and return their
/// scalars as tensors of rank 0, and so do their calls. Functions of scalars
/// alone stay as they are.
void passScalarsAsTensors(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_TARGET_SCALAROPERANDS_H
