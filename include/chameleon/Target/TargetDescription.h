//===- TargetDescription.h - what a target is, and what it offers to schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host CPU or an NVIDIA GPU as text, as facts for constraints, and as a key
// for the tuning database.
//
//   llvm::Expected<TargetDescription> target = TargetDescription::parse("auto",
//   /*threads=*/0); module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
//   target->toDLTI(context));
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_TARGETDESCRIPTION_H
#define CHAMELEON_TARGET_TARGETDESCRIPTION_H

#include "chameleon/Runtime/DeviceFacts.h"
#include "mlir/IR/Attributes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace chameleon {

/// Where the CUDA driver is asked for facts. It does not survive a fork, so a
/// process that forks children which use it asks in another one.
enum class DriverUse { ThisProcess, ChildProcess };

struct TargetDescription {
  enum class Kind { CPU, NVVM };

  Kind kind = Kind::CPU;
  std::string triple;   ///< LLVM target triple
  std::string cpu;      ///< LLVM's name of the processor: znver4, sm_90
  std::string features; ///< LLVM's feature string, "+avx2,-avx512f,…"; what the
                        ///< code generator may use
  std::string overrides; ///< what the user gave after the colon: "-avx512f",
                         ///< "sm_90", or nothing
  std::string device;    ///< the maker's name of the device, for people
  std::string choice;    ///< what `auto` has chosen and why; else nothing

  // The host CPU.
  int64_t vectorBits = 128;
  int64_t l1Bytes = 32 << 10; ///< L1 data cache of a core
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 0;
  unsigned cores = 1; ///< cores that this process may use
  unsigned threads =
      1; ///< threads of a tuned kernel (option `threads=`; default: all cores)

  // An NVIDIA GPU.
  cuda::DeviceFacts gpu;

  /// Reads the option `target=`: `auto` (a GPU if there is a driver and a
  /// device, else the host CPU), `cpu`, `cpu:<features>` (e.g. `cpu:-avx512f`),
  /// `nvvm` (the first GPU), `nvvm:<chip>` (e.g. `nvvm:sm_90`; needs no GPU).
  /// `threads` 0: all cores; of no meaning to a GPU. Errors: an unknown target
  /// or chip, a malformed feature list, more threads than 1024, no GPU.
  static llvm::Expected<TargetDescription>
  parse(llvm::StringRef text, unsigned threads,
        DriverUse use = DriverUse::ThisProcess);

  /// "cpu", "nvvm": the folder of its built-in schedules.
  llvm::StringRef kindName() const;

  /// The text that `parse` reads back into the same target on the same machine.
  std::string spec() const;

  /// Identity in the tuning database: device, processor, features, threads.
  /// Measurements are shared only between equal keys.
  std::string key() const;

  /// Whether launching a kernel costs so much that reductions and elementwise
  /// operations over the same rows belong into one. A CPU's loops follow each
  /// other for nothing, and each has the best schedule of its own.
  bool joinsRows() const { return kind == Kind::NVVM; }

  /// Facts as `#dlti.target_system_spec<"CPU" = #dlti.target_device_spec<…>>`
  /// with integer (i64) entries, which schedules read with
  /// `transform.dlti.query ["CPU", "l2_bytes"] at %func`:
  /// "CPU": "vector_bits", "l1_bytes", "l2_bytes", "l3_bytes", "threads",
  /// "registers" (vector registers: 32 with AVX-512, else 16);
  /// "GPU": "compute_capability" (90), "multiprocessors", "warp", "max_threads"
  /// (of a block), "threads_per_multiprocessor", "registers" (of a
  /// multiprocessor), "shared_bytes" (of a block, with opt-in),
  /// "shared_bytes_per_multiprocessor", "l2_bytes", "cluster_blocks" (of a
  /// cluster, at most; 1 before sm_90).
  mlir::Attribute toDLTI(mlir::MLIRContext *context) const;

  /// Float32 multiply-adds that the target can do, two operations each, in
  /// GFLOP/s. CPU: what a core retires is measured now (about 50 ms), times
  /// threads. GPU: from its facts, without tensor cores.
  double peakGflops() const;
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_TARGETDESCRIPTION_H
