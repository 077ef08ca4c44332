//===- NVVMDevice.cpp - an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/NVVMDevice.h"
#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/NVVMHooks.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/FormatVariadic.h"

namespace chameleon {

/// lib/Schedules/nvvm.
llvm::ArrayRef<BuiltinSchedule> getNVVMSchedules();

static llvm::Expected<std::shared_ptr<const NVVMDevice>>
makeOfChip(std::shared_ptr<const Backend> backend, llvm::StringRef chip) {
  // sm_90a is sm_90 with instructions that no later chip has.
  llvm::StringRef base = chip.ends_with("a") ? chip.drop_back() : chip;
  std::optional<cuda::DeviceFacts> facts = cuda::DeviceFacts::ofChip(base);
  if (!facts)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "unknown chip '" + chip +
                                       "', expected one of " +
                                       cuda::DeviceFacts::knownChips());
  return std::make_shared<NVVMDevice>(std::move(backend), chip.str(), *facts,
                                      /*given=*/true);
}

namespace {

class NVVMBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "nvvm"; }
  llvm::StringRef getTitle() const override { return "GPU"; }
  llvm::StringRef getForm() const override { return "'nvvm:<chip>'"; }
  int getPreference() const override { return 10; }
  llvm::ArrayRef<BuiltinSchedule> getSchedules() const override {
    return getNVVMSchedules();
  }
  llvm::Expected<std::shared_ptr<const Device>>
  parse(std::optional<llvm::StringRef> arguments,
        const DeviceOptions &options) const override {
    if (arguments)
      return makeOfChip(shared_from_this(), *arguments);
    llvm::Expected<cuda::DeviceFacts> facts =
        options.driver == DriverUse::ChildProcess
            ? cuda::DeviceFacts::queryInChild(0)
            : cuda::DeviceFacts::query(0);
    if (!facts)
      return facts.takeError();
    return std::make_shared<NVVMDevice>(shared_from_this(), facts->chip(),
                                        *facts, /*given=*/false);
  }
  llvm::Expected<std::unique_ptr<Engine>>
  openEngine(const DeviceOptions &, unsigned ordinal) const override {
    return openCUDAEngine(ordinal);
  }
};

} // namespace

void registerNVVMBackend(mlir::DialectRegistry &registry) {
  registerBackend<NVVMBackend>(registry);
  registerNVVMHooks(registry);
}

llvm::Expected<std::shared_ptr<const NVVMDevice>>
NVVMDevice::ofChip(llvm::StringRef chip) {
  return makeOfChip(std::make_shared<NVVMBackend>(), chip);
}

std::string NVVMDevice::getSpec() const {
  return given ? "nvvm:" + chip : "nvvm";
}

std::string NVVMDevice::getKey() const {
  return llvm::formatv("nvvm|{0}|{1}|multiprocessors={2}", facts.name, chip,
                       facts.multiprocessors);
}

TargetFacts NVVMDevice::getFacts() const {
  return {
      "GPU",
      {
          {"compute_capability", facts.major * 10 + facts.minor},
          {"multiprocessors", facts.multiprocessors},
          {"warp", facts.warp},
          {"max_threads", facts.threadsPerBlock},
          {"threads_per_multiprocessor", facts.threadsPerMultiprocessor},
          {"registers", facts.registersPerMultiprocessor},
          {"shared_bytes", facts.sharedPerBlock},
          {"shared_bytes_per_multiprocessor", facts.sharedPerMultiprocessor},
          {"l2_bytes", facts.l2Bytes},
          {"cluster_blocks", facts.clusterBlocks()},
      }};
}

std::optional<double> NVVMDevice::getPeakGflops(mlir::Type elementType) const {
  return elementType.isF32() ? std::optional(facts.peakGflops()) : std::nullopt;
}

/// A chip that was named compiles anywhere; measuring needs the device.
llvm::Expected<unsigned> NVVMDevice::countDevices() const {
  llvm::Expected<cuda::DeviceFacts> found = cuda::DeviceFacts::queryInChild(0);
  if (!found)
    return found.takeError();
  return static_cast<unsigned>(found->count);
}

LayoutOptions NVVMDevice::getLayout() const {
  return {LayoutOptions::Kind::NHWC};
}

} // namespace chameleon
