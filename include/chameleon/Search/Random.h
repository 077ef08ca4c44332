//===- Random.h - seeded random numbers -------------------------*- C++ -*-===//
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

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace chameleon::search {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, OOPSLA 2014).
class Random {
public:
  /// The seed is mixed twice: a generator that only adds it would give
  /// neighbouring seeds the same numbers, shifted by one.
  explicit Random(uint64_t seed, uint64_t stream = 0)
      : state(mix(mix(seed + increment) ^ (stream * increment))) {}

  uint64_t next() { return mix(state += increment); }

  /// Uniform in [0, bound); 0 if bound is 0.
  uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>(
        (static_cast<unsigned __int128>(next()) * bound) >> 64);
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  template <typename T>
  void shuffle(std::vector<T> &values) {
    for (size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[below(i)]);
  }

private:
  static constexpr uint64_t increment = 0x9e3779b97f4a7c15ull;

  static uint64_t mix(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
    return value ^ (value >> 31);
  }

  uint64_t state;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_RANDOM_H
