//===- NVVMHooks.h - what kernels need of an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   registerNVVMHooks(registry);
//
// lets transform.chameleon.lower_to_gpu_* build kernels in every context that
// is made from the registry. Limits: sm_80 or later; clusters from sm_90 on.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_NVVMHOOKS_H
#define CHAMELEON_TARGET_NVVMHOOKS_H

#include "mlir/IR/DialectRegistry.h"

namespace chameleon {

void registerNVVMHooks(mlir::DialectRegistry &registry);

} // namespace chameleon

#endif // CHAMELEON_TARGET_NVVMHOOKS_H
