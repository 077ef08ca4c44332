//===- NVVMTarget.cpp - an NVIDIA GPU as a target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetKinds.h"
#include "llvm/Support/FormatVariadic.h"

namespace chameleon {

/// "nvvm": the first device that the driver shows (CUDA_VISIBLE_DEVICES chooses
/// among several). "nvvm:sm_90": a usual device of that chip; needs none.
static llvm::Expected<TargetDescription>
parseNVVM(llvm::StringRef chip, bool hasChip, unsigned, DriverUse use) {
  TargetDescription target;
  target.kind = TargetDescription::Kind::NVVM;
  target.triple = "nvptx64-nvidia-cuda";
  if (hasChip) {
    // sm_90a is sm_90 with instructions that no later chip has.
    llvm::StringRef base = chip.ends_with("a") ? chip.drop_back() : chip;
    std::optional<cuda::DeviceFacts> facts = cuda::DeviceFacts::ofChip(base);
    if (!facts)
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "unknown chip '" + chip +
                                         "', expected one of " +
                                         cuda::DeviceFacts::knownChips());
    target.gpu = *facts;
    target.cpu = chip.str();
    target.overrides = chip.str();
  } else {
    llvm::Expected<cuda::DeviceFacts> facts =
        use == DriverUse::ChildProcess ? cuda::DeviceFacts::queryInChild(0)
                                       : cuda::DeviceFacts::query(0);
    if (!facts)
      return facts.takeError();
    target.gpu = *facts;
    target.cpu = facts->chip();
  }
  target.device = target.gpu.name;
  target.l2Bytes = target.gpu.l2Bytes;
  return target;
}

static std::string specOfNVVM(const TargetDescription &target) {
  return target.overrides.empty() ? "nvvm" : "nvvm:" + target.overrides;
}

/// A part of a device (MIG) has fewer multiprocessors.
static std::string keyOfNVVM(const TargetDescription &target) {
  return llvm::formatv("nvvm|{0}|{1}|multiprocessors={2}", target.device,
                       target.cpu, target.gpu.multiprocessors);
}

static TargetFacts factsOfNVVM(const TargetDescription &target) {
  const cuda::DeviceFacts &gpu = target.gpu;
  return {
      {"compute_capability", gpu.major * 10 + gpu.minor},
      {"multiprocessors", gpu.multiprocessors},
      {"warp", gpu.warp},
      {"max_threads", gpu.threadsPerBlock},
      {"threads_per_multiprocessor", gpu.threadsPerMultiprocessor},
      {"registers", gpu.registersPerMultiprocessor},
      {"shared_bytes", gpu.sharedPerBlock},
      {"shared_bytes_per_multiprocessor", gpu.sharedPerMultiprocessor},
      {"l2_bytes", gpu.l2Bytes},
      {"cluster_blocks", gpu.clusterBlocks()},
  };
}

static double peakOfNVVM(const TargetDescription &target) {
  return target.gpu.peakGflops();
}

const TargetKind &nvvmTarget() {
  static const TargetKind kind = {"nvvm",      "GPU",      "'nvvm:<chip>'",
                                  parseNVVM,   specOfNVVM, keyOfNVVM,
                                  factsOfNVVM, peakOfNVVM};
  return kind;
}

} // namespace chameleon
