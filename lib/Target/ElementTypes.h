//===- ElementTypes.h - which elements a target computes with
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room: the first step of each pipeline. What LLVM has no type
// for would leave casts, or crash, much later.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_ELEMENTTYPES_H
#define CHAMELEON_LIB_TARGET_ELEMENTTYPES_H

#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Emits an error and fails for the first operation whose operands or results
/// are, or have elements, of a type that the target lacks: numbers alone on a
/// GPU, complex numbers and vectors of numbers as well on the CPU.
mlir::LogicalResult checkCPUElements(mlir::ModuleOp module);
mlir::LogicalResult checkGPUElements(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_ELEMENTTYPES_H
