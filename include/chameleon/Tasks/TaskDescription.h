//===- TaskDescription.h - name, cost and key of an anchor with its epilogue
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_TASKDESCRIPTION_H
#define CHAMELEON_TASKS_TASKDESCRIPTION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace chameleon {

/// A name for people, by what the operation is and not by how it is spelled:
/// `conv2d 64x56x56 -> 128x28x28 3x3/2 +add+max`, `matmul 128x768x2304 +add`,
/// `reduce 1x512x7x7 -> 1x512`, `elementwise 128x768`. Channels blocked by the
/// vector width count as channels.
std::string describeTask(mlir::linalg::LinalgOp anchor,
                         llvm::ArrayRef<mlir::linalg::LinalgOp> epilogue);

/// Floating-point and integer operations of the body times the iteration space;
/// constants, casts, compares that feed a select and yields count nothing, so a
/// multiply-add counts two.
double countFlops(mlir::linalg::LinalgOp op);

/// Hash of a task function's structure, 16 hexadecimal digits: its printed form
/// without symbol name and locations.
std::string hashTask(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_TASKS_TASKDESCRIPTION_H
