//===- Check.h - buffers with guard zones, and comparison with the reference
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a candidate is caught that computes something else: outputs are poisoned
// before the checked call, lie between guard zones, and are compared with a
// reference in double precision. No MLIR: plain memory.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_CHECK_H
#define CHAMELEON_MEASURE_CHECK_H

#include "chameleon/Runtime/ElementType.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace chameleon {

using ElementKind = ElementType;

/// The smallest normal number and the largest finite one of a float.
std::pair<double, double> getRange(ElementKind kind);

/// Element `i` of an array of `kind`, exactly (integers beyond 2^53 excepted).
double readElement(ElementKind kind, const void *array, int64_t i);

/// Memory between two guard zones, 64-byte aligned. Guards hold bytes of 0xff,
/// which are NaN as any float: a candidate that reads beyond its inputs
/// computes NaN, one that writes beyond its outputs damages the guard.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t bytes);

  char *data() { return storage.get() + guardBytes; }
  const char *data() const { return storage.get() + guardBytes; }
  size_t size() const { return bytes; }

  /// Values that no candidate computes: a special NaN for floats, 0xa5 in every
  /// byte for integers.
  void poison(ElementKind kind);
  bool guardsIntact() const;
  void restoreGuards();

  static constexpr size_t guardBytes = 4096;

private:
  struct Free {
    void operator()(char *memory) const;
  };
  std::unique_ptr<char[], Free> storage;
  size_t bytes;
};

struct Comparison {
  double relativeError = 0; ///< largest |value - reference| over the largest
                            ///< finite |reference|; infinite if not comparable
  int64_t worst = -1;       ///< the element with the largest error
  double value = 0, reference = 0; ///< there
  bool notWritten = false;         ///< the worst element still holds the poison
};

/// Compares floats with a reference in double precision. Where the reference is
/// not finite the value must not be either; where it is finite a value that is
/// not makes the error infinite. A reference of zeros alone counts as of size
/// one.
Comparison compareFloats(ElementKind kind, const void *values,
                         const double *reference, int64_t count);

/// The relative error that is still right for results of this kind:
/// `tolerance`, but at least 16 units in the last place of 16 bits. A model
/// that sums in f16 or bf16 asks for rounding at every step, which grows with
/// the length of the sum; any order of it is right.
double getTolerance(ElementKind kind, double tolerance);

/// Compares integers, exactly: the error is 0 or infinite.
Comparison compareIntegers(ElementKind kind, const void *values,
                           const int64_t *reference, int64_t count);

/// "element 17 was not written", "element 17 is 1.5, expected 2.5".
std::string describe(const Comparison &comparison);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_CHECK_H
