//===- DeviceFacts.h - what a GPU offers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_DEVICEFACTS_H
#define CHAMELEON_RUNTIME_DEVICEFACTS_H

#include "chameleon/Runtime/CudaDriver.h"
#include <optional>

namespace chameleon::cuda {

struct DeviceFacts {
  std::string name;             ///< the maker's, e.g. NVIDIA H200
  int64_t count = 1;            ///< devices that the driver shows
  int64_t major = 0, minor = 0; ///< compute capability
  int64_t multiprocessors = 0;
  int64_t warp = 32;
  int64_t threadsPerBlock = 1024, threadsPerMultiprocessor = 0;
  int64_t registersPerBlock = 65536,
          registersPerMultiprocessor = 65536; ///< of 32 bits
  int64_t sharedPerBlock = 0,
          sharedPerMultiprocessor = 0; ///< bytes; per block: with opt-in
  int64_t l2Bytes = 0;
  int64_t globalBytes = 0; ///< 0: not known
  int64_t clockKHz = 0;    ///< the highest of the multiprocessors
  int64_t memoryClockKHz = 0, memoryBusBits = 0;

  /// "sm_90".
  std::string chip() const;
  /// Blocks of a cluster that every kernel may have; 1: there are no clusters.
  int64_t clusterBlocks() const { return major >= 9 ? 8 : 1; }
  /// Float32 multiply-adds without tensor cores, two operations each: the most
  /// that arch, multiprocessors and clock allow.
  double peakGflops() const;

  /// Asks the driver. Needs no context.
  static llvm::Expected<DeviceFacts> query(const Driver &driver, int ordinal);

  /// Loads the driver, too.
  static llvm::Expected<DeviceFacts> query(int ordinal);
  /// As `query`, in a child that is forked for it: this process stays without a
  /// driver, and may go on forking. For processes of one thread.
  static llvm::Expected<DeviceFacts> queryInChild(int ordinal);

  /// The facts of a usual device of a chip ("sm_90": an H100 SXM), for
  /// compiling where there is no GPU. Nothing for chips that are not in the
  /// table.
  static std::optional<DeviceFacts> ofChip(llvm::StringRef chip);
  /// "sm_80, sm_86, …", for errors.
  static std::string knownChips();
};

/// How many devices there are; at least one (the driver reports an error
/// otherwise).
llvm::Expected<int> countDevices(const Driver &driver);

} // namespace chameleon::cuda

#endif // CHAMELEON_RUNTIME_DEVICEFACTS_H
