//===- OutlineKernels.h - from gpu.launch to kernels of one module
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_OUTLINEKERNELS_H
#define CHAMELEON_LIB_TARGET_OUTLINEKERNELS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Moves the body of each `gpu.launch` into `gpu.module @kernels`, under the
/// name of the function and a number. Constants and views of buffers move
/// along, so that a kernel takes nothing but whole buffers.
void outlineKernels(mlir::ModuleOp module);

/// Within kernels: math functions of f32 and narrower types become arithmetic,
/// those of f64 stay calls of libdevice.
mlir::LogicalResult lowerKernelMath(mlir::gpu::GPUModuleOp kernels);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_OUTLINEKERNELS_H
