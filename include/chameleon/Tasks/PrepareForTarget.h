//===- PrepareForTarget.h - a module as a target likes it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_PREPAREFORTARGET_H
#define CHAMELEON_TASKS_PREPAREFORTARGET_H

#include "chameleon/Target/Device.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Prepares a module for a target as tuning and applying do before they extract
/// its tasks: simplify, assign layouts, hoist constants.
mlir::LogicalResult prepareForTarget(mlir::ModuleOp module,
                                     const Device &device);

} // namespace chameleon

#endif // CHAMELEON_TASKS_PREPAREFORTARGET_H
