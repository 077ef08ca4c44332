//===- NVVMDevice.h - an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   registerNVVMBackend(registry);                          // "nvvm"
//
// Text: `nvvm`, the first device that the driver shows (CUDA_VISIBLE_DEVICES
// chooses among several); `nvvm:sm_90`, a usual device of that chip, for which
// none must be there. Facts: "GPU": "compute_capability" (90),
// "multiprocessors", "warp", "max_threads" (of a block),
// "threads_per_multiprocessor", "registers" (of a multiprocessor),
// "shared_bytes" (of a block, with opt-in), "shared_bytes_per_multiprocessor",
// "l2_bytes", "cluster_blocks" (of a cluster, at most; 1 before sm_90).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_NVVMDEVICE_H
#define CHAMELEON_TARGET_NVVMDEVICE_H

#include "chameleon/Runtime/DeviceFacts.h"
#include "chameleon/Target/Device.h"

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

class NVVMDevice final : public Device {
public:
  /// `given`: the chip was named, and the device need not be there.
  NVVMDevice(std::shared_ptr<const Backend> backend, std::string chip,
             cuda::DeviceFacts facts, bool given)
      : Device(std::move(backend)), chip(std::move(chip)),
        facts(std::move(facts)), given(given) {}

  /// "sm_90". Errors: a chip that is not known.
  static llvm::Expected<std::shared_ptr<const NVVMDevice>>
  ofChip(llvm::StringRef chip);

  std::string getName() const override { return facts.name; }
  std::string getSpec() const override;
  /// A part of a device (MIG) has fewer multiprocessors.
  std::string getKey() const override;
  TargetFacts getFacts() const override;
  /// f32, from its facts, without tensor cores.
  std::optional<double> getPeakGflops(mlir::Type elementType) const override;
  LayoutOptions getLayout() const override;
  bool joinsRows() const override { return true; }
  std::unique_ptr<Compiler>
  createCompiler(mlir::MLIRContext *context,
                 const CompileOptions &options) const override;
  llvm::Expected<unsigned> countDevices() const override;

  const std::string chip; ///< LLVM's name: sm_90, sm_90a
  const cuda::DeviceFacts facts;

private:
  bool given;
};

void registerNVVMBackend(mlir::DialectRegistry &registry);

} // namespace chameleon

#endif // CHAMELEON_TARGET_NVVMDEVICE_H
