//===- DeviceImages.h - from a task's module to code that a device loads
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. What a child does that never touches the driver.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_DEVICEIMAGES_H
#define CHAMELEON_LIB_MEASURE_DEVICEIMAGES_H

#include "chameleon/Measure/CUDARunner.h"
#include "chameleon/Target/AssemblePTX.h"

namespace chameleon {

class DeviceImages {
public:
  /// `folder` keeps machine code by content; it must exist.
  DeviceImages(TargetDescription target, DeviceCompiler compiler,
               std::string folder)
      : target(std::move(target)), compiler(std::move(compiler)),
        folder(std::move(folder)) {}

  /// Sees whether there is a ptxas; without this call there is one.
  void findAssembler();
  bool hasAssembler() const { return hasPtxas; }

  /// Lowers, assembles; the image is a cubin or, without ptxas, the PTX itself.
  /// Errors: those of the compiler and of ptxas; what the driver would refuse,
  /// or worse, in words.
  llvm::Expected<std::pair<NVVMProgram, std::string>>
  build(mlir::ModuleOp module) const;

private:
  llvm::Error checkLimits(const NVVMProgram &program,
                          llvm::ArrayRef<KernelUsage> kernels) const;

  TargetDescription target;
  DeviceCompiler compiler;
  std::string folder;
  bool hasPtxas = true;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_DEVICEIMAGES_H
