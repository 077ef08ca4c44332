//===- PlainKernels.h - one kernel for each structured operation
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What no schedule touched still runs on the GPU, if slowly: one thread for
// each element of the result, which walks the reduction alone. It is also how
// the reference of a task is computed, so it shares nothing with the schedules.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_PLAINKERNELS_H
#define CHAMELEON_LIB_TARGET_PLAINKERNELS_H

#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Turns structured operations on buffers, and copies, outside of `gpu.launch`
/// into `gpu.launch`. Copies of a buffer to itself disappear.
mlir::LogicalResult buildPlainKernels(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_PLAINKERNELS_H
