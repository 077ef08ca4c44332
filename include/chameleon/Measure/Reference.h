//===- Reference.h - a task in double precision, by a path of its own
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What candidates are compared with must not share their mistakes: no schedule
// touches it, loops are plain, and every float is a double, so that its own
// rounding is far below any tolerance.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_REFERENCE_H
#define CHAMELEON_MEASURE_REFERENCE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>

namespace chameleon {

/// A clone of `payload` in which every float type narrower than 64 bits is f64:
/// types, attributes, constants. Casts between floats vanish. Null if that
/// makes no valid program (a bitcast of a float, for instance); `whyNot` says
/// why.
mlir::OwningOpRef<mlir::ModuleOp> widenToDouble(mlir::ModuleOp payload,
                                                std::string &whyNot);

/// Turns structured operations into linalg.generic with the innermost dimension
/// of the output as the innermost loop, so that plain loops run along memory
/// and LLVM vectorises them.
void orderLoopsAlongMemory(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_REFERENCE_H
