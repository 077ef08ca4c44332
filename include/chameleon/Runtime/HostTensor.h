//===- HostTensor.h - tensors in host memory: random, splat, .npy, comparison
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inputs and results of models, and what reference checks begin with.
//
//   llvm::Expected<HostTensor> image = HostTensor::readNpy("image.npy");
//   llvm::Expected<HostTensor> noise =
//       HostTensor::create({ElementType::F32, {1, 3, 8, 8}});
//   noise->fillRandom(/*seed=*/7);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_HOSTTENSOR_H
#define CHAMELEON_RUNTIME_HOSTTENSOR_H

#include "chameleon/Runtime/ElementType.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <string>

namespace chameleon {

/// A contiguous row-major tensor, 64-byte aligned.
class HostTensor {
public:
  /// Uninitialised; error: not so much memory.
  static llvm::Expected<HostTensor> create(BufferType type);
  /// Reads an .npy file (format 1.0–3.0, little endian, C order).
  static llvm::Expected<HostTensor> readNpy(llvm::StringRef path);
  llvm::Error writeNpy(llvm::StringRef path) const;

  const BufferType &getType() const { return type; }
  void *data() { return storage.get(); }
  const void *data() const { return storage.get(); }
  int64_t numElements() const { return type.numElements(); }
  int64_t numBytes() const { return type.numBytes(); }

  /// Uniform in [-1, 1) for floats, in [0, 8) for integers; depends on the seed
  /// alone.
  void fillRandom(uint64_t seed);
  void fill(double value);
  /// NaN for floats, the smallest value for integers: a result that was not
  /// written is seen.
  void poison();
  /// Takes the bits as of another type of the same width: NumPy lacks some.
  void reinterpret(ElementType element) { type.element = element; }
  double get(int64_t i) const;
  void set(int64_t i, double value);

  /// Largest |this - reference| over the largest |reference|; infinite if any
  /// element is NaN or infinite where the reference's is not. Shapes must
  /// agree.
  double relativeError(const HostTensor &reference) const;

private:
  BufferType type;
  std::unique_ptr<void, void (*)(void *)> storage{nullptr, nullptr};
};

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_HOSTTENSOR_H
