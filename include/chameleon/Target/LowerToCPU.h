//===- LowerToCPU.h - from linalg on tensors to the LLVM dialect
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calling convention of the result ("bare pointers"): a function of static
// tensors becomes
//   void name(T *argument0, …, U *result0, …)
// with contiguous row-major buffers; results are trailing out parameters
// written by the function. Task functions (attribute `chameleon.task`) already
// take their destinations as arguments and return nothing. Names keep; every
// function of the module that has a body can be called through CPUEngine.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_LOWERTOCPU_H
#define CHAMELEON_TARGET_LOWERTOCPU_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace chameleon {

struct LowerToCPUOptions {
  /// scf.forall runs on OpenMP threads (libomp); else on the calling thread.
  bool parallel = true;
};

/// Adds the passes from linalg on tensors (schedules already applied) to the
/// LLVM dialect. Operations that no schedule touched become loops. Modules
/// nested in the module (embedded schedules) are dropped first.
void buildLowerToCPUPipeline(mlir::OpPassManager &passes,
                             const LowerToCPUOptions &options);

} // namespace chameleon

#endif // CHAMELEON_TARGET_LOWERTOCPU_H
