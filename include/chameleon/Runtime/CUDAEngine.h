//===- CUDAEngine.h - programs on an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   llvm::Expected<std::unique_ptr<Engine>> engine = openCUDAEngine(0);
//
// A call is the function's launches between two events; a prepared one is a
// launch of a CUDA graph. Timing is of graphs that hold about twenty calls, or
// of single calls behind a flush of the L2 cache.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_CUDAENGINE_H
#define CHAMELEON_RUNTIME_CUDAENGINE_H

#include "chameleon/Runtime/DeviceFacts.h"
#include "chameleon/Runtime/Engine.h"

namespace chameleon {

namespace cuda {
inline constexpr llvm::StringLiteral backendName = "nvvm";
/// Error: `device` does not run code for `chip` ("sm_90a"); `isText`: as PTX,
/// which the driver compiles for later chips, too.
llvm::Error checkChip(llvm::StringRef chip, bool isText,
                      const DeviceFacts &device);
} // namespace cuda

/// Loads the driver and opens the primary context of a device, current on this
/// thread. Errors: those of the driver.
llvm::Expected<std::unique_ptr<Engine>> openCUDAEngine(unsigned ordinal);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_CUDAENGINE_H
