//===- HostTensor.h - tensors in host memory: random, splat, .npy, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Used by chameleon-run for inputs and outputs and by chameleon-worker for
// reference checks.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_HOSTTENSOR_H
#define CHAMELEON_TARGET_HOSTTENSOR_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>

namespace chameleon {

/// A contiguous row-major tensor, 64-byte aligned. Element types: f16, bf16,
/// f32, f64, i1 (a byte), i8, i16, i32, i64, index (as i64).
class HostTensor {
public:
  /// Uninitialised; error for dynamic shapes and for other element types.
  static llvm::Expected<HostTensor> create(mlir::RankedTensorType type);
  /// Reads an .npy file (format 1.0–3.0, little endian, C order); its type is
  /// in `context`.
  static llvm::Expected<HostTensor> readNpy(llvm::StringRef path,
                                            mlir::MLIRContext *context);
  llvm::Error writeNpy(llvm::StringRef path) const;

  mlir::RankedTensorType getType() const { return type; }
  void *data() { return storage.get(); }
  const void *data() const { return storage.get(); }
  int64_t numElements() const { return type.getNumElements(); }
  int64_t numBytes() const;

  /// Uniform in [-1, 1) for floats, in [0, 8) for integers; depends on the seed
  /// alone.
  void fillRandom(uint64_t seed);
  void fill(double value);
  /// NaN for floats, the smallest value for integers: a result that was not
  /// written is seen.
  void poison();
  double get(int64_t i) const;
  void set(int64_t i, double value);

  /// Largest |this - reference| over the largest |reference|; infinite if any
  /// element is NaN or infinite where the reference's is not. Shapes must
  /// agree.
  double relativeError(const HostTensor &reference) const;

private:
  mlir::RankedTensorType type;
  std::unique_ptr<void, void (*)(void *)> storage{nullptr, nullptr};
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_HOSTTENSOR_H
