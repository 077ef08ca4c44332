//===- Elementary.h - functions equal on every machine ----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The C library picks its exponential by what the processor can do, and the
// last bit of the result with it. Candidates of equal merit are common in a
// discrete space, and then the last bit says which is measured. These are
// additions, multiplications and divisions in a fixed order, so they are the
// same everywhere; without branches, so that loops over them run on vectors.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_ELEMENTARY_H
#define CHAMELEON_SEARCH_ELEMENTARY_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace chameleon::search {

/// e^x within 2 units in the last place, for x in [-700, 700]; beyond that of
/// the nearer bound.
inline double exponential(double x) {
  x = x < -700 ? -700 : x > 700 ? 700 : x;
  // x = k ln 2 + r; the sum with 1.5 * 2^52 has k in its lowest bits.
  constexpr double shift = 6755399441055744.0;
  double shifted = x * 1.4426950408889634 + shift, k = shifted - shift;
  double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  // Taylor's series: |r| < 0.35.
  double sum = 1.0 / 6227020800;
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1;
  sum = sum * r + 1;
  uint64_t bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits + 1023) << 52;
  double power;
  std::memcpy(&power, &bits, sizeof(power));
  return sum * power;
}

/// ln x of a positive, normal x.
inline double logarithm(double x) {
  int exponent;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    --exponent;
  }
  // 2 artanh(t); |t| < 0.172.
  double t = (mantissa - 1) / (mantissa + 1), square = t * t, sum = 0;
  for (int i = 21; i > 0; i -= 2)
    sum = sum * square + 1.0 / i;
  return 2 * t * sum + exponent * 0.6931471805599453;
}

/// The share of a normal distribution below z, with a relative error of 1.2e-7
/// in both tails (Press et al., "Numerical Recipes", section 6.2: erfcc).
inline double getNormalShare(double z) {
  double x = std::fabs(z) * 0.7071067811865476, t = 1 / (1 + 0.5 * x);
  double sum = 0.17087277;
  sum = sum * t - 0.82215223;
  sum = sum * t + 1.48851587;
  sum = sum * t - 1.13520398;
  sum = sum * t + 0.27886807;
  sum = sum * t - 0.18628806;
  sum = sum * t + 0.09678418;
  sum = sum * t + 0.37409196;
  sum = sum * t + 1.00002368;
  sum = sum * t - 1.26551223;
  double tail = 0.5 * t * exponential(sum - x * x);
  return z < 0 ? tail : 1 - tail;
}

/// Of a normal distribution of mean 0 and variance 1.
inline double getNormalDensity(double z) {
  return 0.3989422804014327 * exponential(-0.5 * z * z);
}

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_ELEMENTARY_H
