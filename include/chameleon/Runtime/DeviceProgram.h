//===- DeviceProgram.h - a kernel program on a device, ready to be replayed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   auto program = DeviceProgram::load(context, nvvmProgram, cubin);
//   program->run("main", {x.address(), y.address()}, stream);         //
//   enqueues; or inside cuda::Graph::capture
//
// Constants are uploaded once and stay. All functions share one scratch arena,
// as large as the largest needs: calls of one program must not run at the same
// time on two streams.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_DEVICEPROGRAM_H
#define CHAMELEON_RUNTIME_DEVICEPROGRAM_H

#include "chameleon/Runtime/CudaObjects.h"
#include "chameleon/Runtime/KernelProgram.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace chameleon {

class DeviceProgram {
public:
  /// Loads the image, uploads the constants, allocates the scratch arena, looks
  /// every kernel up. `program` must outlive the result. Errors: those of the
  /// driver; a launch which names what is not there; more shared memory or
  /// threads than there are.
  static llvm::Expected<DeviceProgram> load(const cuda::Context &context,
                                            const NVVMProgram &program,
                                            llvm::StringRef image);

  /// Enqueues the launches of a function of this program. One address per
  /// argument; `kept`: keptBytes of memory in which the constant launches of
  /// the function have run with these arguments, if it has any.
  llvm::Error run(const NVVMFunction &function,
                  llvm::ArrayRef<cuda::DeviceAddress> arguments,
                  cuda::StreamHandle stream,
                  cuda::DeviceAddress kept = 0) const {
    return enqueue(function, function.launches, arguments, kept, stream);
  }
  llvm::Error runConstantLaunches(const NVVMFunction &function,
                                  llvm::ArrayRef<cuda::DeviceAddress> arguments,
                                  cuda::StreamHandle stream,
                                  cuda::DeviceAddress kept) const {
    return enqueue(function, function.constantLaunches, arguments, kept,
                   stream);
  }

  /// Of all kernels together: the most of each.
  const cuda::KernelResources &largestResources() const { return largest; }
  size_t scratchBytes() const { return scratch.size(); }
  size_t constantBytes() const;

private:
  llvm::Error enqueue(const NVVMFunction &function,
                      llvm::ArrayRef<KernelLaunch> launches,
                      llvm::ArrayRef<cuda::DeviceAddress> arguments,
                      cuda::DeviceAddress kept,
                      cuda::StreamHandle stream) const;

  explicit DeviceProgram(const cuda::Context &context)
      : driver(&context.driver) {}

  const cuda::Driver *driver;
  std::optional<cuda::Module> module; ///< nothing if there is nothing to launch
  llvm::StringMap<cuda::FunctionHandle> kernels;
  std::vector<cuda::Buffer> constants;
  cuda::Buffer scratch;
  cuda::KernelResources largest;
};

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_DEVICEPROGRAM_H
