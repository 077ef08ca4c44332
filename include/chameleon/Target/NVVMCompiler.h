//===- NVVMCompiler.h - kernels for an NVIDIA GPU and their launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What NVVMDevice::createCompiler returns, for tests that bring kernels of
// their own:
//
//   auto compiler = createNVVMCompiler(context, device, {}, translateToPTX);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_NVVMCOMPILER_H
#define CHAMELEON_TARGET_NVVMCOMPILER_H

#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "chameleon/Target/NVVMDevice.h"
#include <functional>

namespace chameleon {

/// From the lowered module to kernels.
using KernelTranslator = std::function<llvm::Expected<NVVMProgram>(
    mlir::ModuleOp lowered, const LowerToNVVMOptions &options)>;

/// `context` outlives the result.
std::unique_ptr<Compiler> createNVVMCompiler(mlir::MLIRContext *context,
                                             const NVVMDevice &device,
                                             const CompileOptions &options,
                                             KernelTranslator translate);

} // namespace chameleon

#endif // CHAMELEON_TARGET_NVVMCOMPILER_H
