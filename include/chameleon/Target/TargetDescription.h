//===- TargetDescription.h - what a target is, and what it offers to schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host CPU (or, later, an NVIDIA GPU) as text, as facts for constraints,
// and as a key for the tuning database.
//
//   llvm::Expected<TargetDescription> target = TargetDescription::parse("auto",
//   /*threads=*/0); module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
//   target->toDLTI(context));
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_TARGETDESCRIPTION_H
#define CHAMELEON_TARGET_TARGETDESCRIPTION_H

#include "mlir/IR/Attributes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>

namespace chameleon {

struct TargetDescription {
  enum class Kind { CPU, NVVM };

  Kind kind = Kind::CPU;
  std::string triple;   ///< LLVM target triple
  std::string cpu;      ///< LLVM's name of the processor, e.g. znver4
  std::string features; ///< LLVM's feature string, "+avx2,-avx512f,…"; what the
                        ///< code generator may use
  std::string overrides; ///< the part of `features` that the user gave:
                         ///< "-avx512f", or nothing
  std::string device;    ///< the maker's name of the device, for people
  int64_t vectorBits = 128;
  int64_t l1Bytes = 32 << 10; ///< L1 data cache of a core
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 0;
  unsigned cores = 1; ///< cores that this process may use
  unsigned threads =
      1; ///< threads of a tuned kernel (option `threads=`; default: all cores)

  /// Reads the option `target=`: `auto`, `cpu`, or `cpu:<features>` (e.g.
  /// `cpu:-avx512f`). `threads` 0: all cores. Errors: an unknown target, a
  /// malformed feature list, more threads than 1024.
  static llvm::Expected<TargetDescription> parse(llvm::StringRef text,
                                                 unsigned threads);

  /// The text that `parse` reads back into the same target on the same machine.
  std::string spec() const;

  /// Identity in the tuning database: device, processor, features, threads.
  /// Measurements are shared only between equal keys.
  std::string key() const;

  /// Facts as `#dlti.target_system_spec<"CPU" = #dlti.target_device_spec<…>>`
  /// with the integer (i64) entries "vector_bits", "l1_bytes", "l2_bytes",
  /// "l3_bytes", "threads", "registers" (vector registers: 32 with AVX-512,
  /// else 16); schedules read them with `transform.dlti.query ["CPU",
  /// "l2_bytes"] at %func`.
  mlir::Attribute toDLTI(mlir::MLIRContext *context) const;

  /// Float32 multiply-adds that one core can retire, measured now (about 50
  /// ms); GFLOP/s, two operations a multiply-add.
  double measurePeakGflops() const;
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_TARGETDESCRIPTION_H
