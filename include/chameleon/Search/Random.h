//===- Random.h - seeded random numbers
//--------------------------------------------------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The standard library's distributions differ between implementations, so the
// few that a search needs are written out here: the same seed gives the same
// numbers on every machine. Every consumer takes its own stream (`Random(seed,
// stream)`), so that drawing more in one part never changes another.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_RANDOM_H
#define CHAMELEON_SEARCH_RANDOM_H

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace chameleon::search {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, OOPSLA 2014).
class Random {
public:
  explicit Random(uint64_t seed, uint64_t stream = 0)
      : state(seed * 0x9e3779b97f4a7c15ull +
              (stream + 1) * 0xd1342543de82ef95ull) {
    next();
  }

  uint64_t next() {
    uint64_t value = state += 0x9e3779b97f4a7c15ull;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
    return value ^ (value >> 31);
  }

  /// Uniform in [0, bound); 0 if bound is 0.
  uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>(
        (static_cast<unsigned __int128>(next()) * bound) >> 64);
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Normal, mean 0 and standard deviation 1, as the sum of twelve uniforms
  /// (exact arithmetic, no library function).
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += uniform();
    return sum;
  }

  template <typename T>
  void shuffle(std::vector<T> &values) {
    for (size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[below(i)]);
  }

private:
  uint64_t state;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_RANDOM_H
