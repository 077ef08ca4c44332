//===- KernelOps.h - operations that make kernels of tasks
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

#ifndef CHAMELEON_LIB_TRANSFORMOPS_KERNELOPS_H
#define CHAMELEON_LIB_TRANSFORMOPS_KERNELOPS_H

#include "chameleon/Kernels/GPUHooks.h"
#include "chameleon/Kernels/KernelTask.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"

namespace chameleon {

/// Applies an operation that makes kernels of what its first operand stands
/// for: `lower` is called with each task and the hooks of its device, adds the
/// launches that replace it, or returns why it cannot be done. Sets the only
/// result.
mlir::DiagnosedSilenceableFailure
lowerToKernels(mlir::Operation *op, mlir::transform::TransformResults &results,
               mlir::transform::TransformState &state,
               llvm::function_ref<std::string(
                   const KernelTask &task, const GPUHooks &hooks,
                   llvm::SmallVectorImpl<mlir::Operation *> &launches)>
                   lower);
/// Consumes the first operand, reads the others.
void getLoweringEffects(mlir::Operation *op,
                        llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<
                            mlir::MemoryEffects::Effect>> &effects);

} // namespace chameleon

#endif // CHAMELEON_LIB_TRANSFORMOPS_KERNELOPS_H
