//===- CUDARunner.h - candidates on an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_CUDARUNNER_H
#define CHAMELEON_MEASURE_CUDARUNNER_H

#include "chameleon/Measure/CandidateRunner.h"
#include "chameleon/Runtime/KernelProgram.h"
#include "chameleon/Target/TargetDescription.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// From linalg on tensors, schedule applied or not, to kernels. Changes the
/// module.
using DeviceCompiler = std::function<llvm::Expected<NVVMProgram>(
    mlir::ModuleOp module, const TargetDescription &target)>;

/// The compiler of Target/LowerToNVVM.h.
llvm::Expected<NVVMProgram> compileForDevice(mlir::ModuleOp module,
                                             const TargetDescription &target);

/// Children without a device apply the spec, lower, and have ptxas assemble;
/// one child a device checks and times: a context of its own after its fork,
/// outputs poisoned with NaN, CUDA events around graphs of about twenty
/// launches. An error that kills the context ends the child. `registry` must
/// outlive the runner. Errors: the target is no GPU; there is none.
llvm::Expected<std::unique_ptr<CandidateRunner>>
createCUDARunner(const RunnerOptions &options,
                 const mlir::DialectRegistry &registry,
                 DeviceCompiler compiler = compileForDevice);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_CUDARUNNER_H
