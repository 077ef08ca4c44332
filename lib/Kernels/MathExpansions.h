//===- MathExpansions.h - elementary functions within two units in the last
// place
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Single precision, every bit pattern, infinities, NaN, signed zeros and
// denormals included. Straight-line code for vectors: no tables, no calls; the
// reduction of huge angles is the one branch. Templates over the number, which
// is a value in the IR (ExpandMath.cpp) or a float of the host (unit tests).
//
// Every polynomial is fitted by utils/fit_polynomials.py, which prints this
// file's coefficients with their errors. The ways of computing are those of
// Cephes (range reductions), of N. Juffa's published float functions (erf by
// the logarithm of erfc, erfc scaled by 1 + 2a, two words of 2/pi) and of
// J.-M. Muller, Elementary Functions (Cody and Waite, Payne and Hanek).
//
// Targets may fuse a product and the sum that it goes into, unasked. Where that
// would break an error term, the product is `roundedProduct`.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_MATHEXPANSIONS_H
#define CHAMELEON_LIB_KERNELS_MATHEXPANSIONS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace chameleon::math_expansions {

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// c[0] + c[1] x + c[2] x^2 + …
template <typename F, typename T, size_t n>
F evaluate(F x, const std::array<T, n> &c) {
  F sum = x.constant(c[n - 1]);
  for (size_t i = n - 1; i-- > 0;)
    sum = fma(sum, x, x.constant(c[i]));
  return sum;
}

/// A product that nobody fuses with a sum. A zero loses its sign.
template <typename F>
F roundedProduct(F x, F y) {
  return fma(x, y, x.constant(0.0f));
}

/// A NaN stays one.
template <typename F>
F atMost(F x, float bound) {
  return select(x > x.constant(bound), x.constant(bound), x);
}
template <typename F>
F atLeast(F x, float bound) {
  return select(x < x.constant(bound), x.constant(bound), x);
}

/// 2^n for a normal result.
template <typename F>
F powerOfTwo(typename F::Int n) {
  return asFloat((n + 127) << 23);
}

/// x 2^n, rounded once where the result is denormal: -252 <= n <= 254.
template <typename F>
F scale(F x, typename F::Int n) {
  typename F::Int half = n >> 1;
  return x * powerOfTwo<F>(half) * powerOfTwo<F>(n - half);
}

/// The same for a normal result. Not for NaN.
template <typename F>
F scaleNormal(F x, typename F::Int n) {
  return asFloat(asInt(x) + (n << 23));
}

/// The nearest integer, as both: |x| < 2^22.
template <typename F>
struct Nearest {
  static constexpr float shift = 12582912.0f; // 1.5 * 2^23
  static constexpr int32_t shiftBits = 0x4b400000;

  /// Of x * factor.
  Nearest(F x, float factor)
      : Nearest(fma(x, x.constant(factor), x.constant(shift)), 0) {}

  F number;
  typename F::Int integer;

private:
  Nearest(F shifted, int)
      : number(shifted - shifted.constant(shift)),
        integer(asInt(shifted) - shiftBits) {}
};

/// exp(x) = (1 + fraction) 2^exponent, the fraction within ±0.42 and `precise`
/// by itself, or only with the one.
template <typename F, bool precise = true>
struct Exponential {
  /// `error` is added to the reduced argument: exp(x + error).
  Exponential(F x, const F *error = nullptr)
      : Exponential(x, Nearest<F>(x, 1.44269504f), error) {}

  F fraction;
  typename F::Int exponent;

  F significand() const { return fraction + fraction.constant(1.0f); }
  /// For results far from overflow and denormals. Not for NaN.
  F normal() const { return scaleNormal(significand(), exponent); }

private:
  Exponential(F x, const Nearest<F> &n, const F *error)
      : fraction(reduced(x, n.number, error)), exponent(n.integer) {}

  static F reduced(F x, F n, const F *error) {
    F r = fma(n, x.constant(-0.693145752f), x);
    F low = x.constant(-1.42860677e-6f);
    r = error ? r + fma(n, low, *error) : fma(n, low, r);
    return fma(r * r, polynomial(r), r);
  }
  static F polynomial(F r) {
    if constexpr (precise) {
      // expm1(r) = r + r^2 P(r): error 2^-31.1
      static constexpr std::array<float, 6> c = {
          0.5f,           0.166666672f,   0.0416664854f,
          0.00833320431f, 0.00139330653f, 0.000199477625f};
      return evaluate(r, c);
    } else {
      // exp(r) = 1 + (r + r^2 P(r)): error 2^-28.2
      static constexpr std::array<float, 5> c = {
          0.5f, 0.166665182f, 0.0416664109f, 0.0083689969f, 0.00139396964f};
      return evaluate(r, c);
    }
  }
};

/// x = 2^exponent (1 + fraction), the fraction from -1/3 to 1/3; x > 0.
template <typename F>
struct Logarithm {
  explicit Logarithm(F x)
      : Logarithm(x, x < x.constant(std::numeric_limits<float>::min())) {}

  F exponent, fraction;

  /// log1p(f) = f + f^2 P(f): error 2^-27.6
  static F series(F f) {
    static constexpr std::array<float, 9> c = {
        -0.5f,        0.333332121f,  -0.249998093f, 0.200105831f, -0.166799992f,
        0.140033945f, -0.121907413f, 0.139950857f,  -0.128642246f};
    return evaluate(f, c);
  }
  /// The exponent's bits of x / (2/3).
  static typename F::Int exponentBits(F x) {
    return (asInt(x) - 0x3f2aaaab) & int32_t(0xff800000);
  }

private:
  Logarithm(F x, typename F::Bool tiny)
      : Logarithm(select(tiny, x * x.constant(8388608.0f), x),
                  select(tiny, x.constant(-23.0f), x.constant(0.0f))) {}
  Logarithm(F normal, F offset)
      : Logarithm(normal, offset, exponentBits(normal)) {}
  Logarithm(F normal, F offset, typename F::Int bits)
      : exponent(fma(toFloat(bits), normal.constant(0x1p-23f), offset)),
        fraction(asFloat(asInt(normal) - bits) - normal.constant(1.0f)) {}
};

/// What logarithms are of everything that is not a positive finite number.
template <typename F>
F finishLogarithm(F x, F result) {
  result = select(x < x.constant(infinity), result, x);
  F outside = select(x == x.constant(0.0f), x.constant(-infinity),
                     x.constant(notANumber));
  return select(x > x.constant(0.0f), result, outside);
}

/// hi + (value + lo), the two words of a constant.
template <typename F>
F addConstant(F value, double constant) {
  float hi = float(constant), lo = float(constant - hi);
  return (value + value.constant(lo)) + value.constant(hi);
}

inline constexpr double pi = 3.14159265358979323846;

//===----------------------------------------------------------------------===//
// Exponentials
//===----------------------------------------------------------------------===//

template <typename F>
F exp(F x) {
  Exponential<F, /*precise=*/false> e(atLeast(atMost(x, 89.0f), -104.0f));
  return scale(e.significand(), e.exponent);
}

/// 2^r, |r| <= 1/2
template <typename F>
F powerOfTwoNearZero(F r) {
  // 2^r = 1 + r P(r): error 2^-28.2
  static constexpr std::array<float, 6> c = {0.693147182f,   0.240226507f,
                                             0.0555035882f,  0.00961807184f,
                                             0.00133913336f, 0.00015458581f};
  return fma(r, evaluate(r, c), r.constant(1.0f));
}

template <typename F>
F exp2(F x) {
  F bounded = atLeast(atMost(x, 129.0f), -151.0f);
  Nearest<F> n(bounded, 1.0f);
  return scale(powerOfTwoNearZero(bounded - n.number), n.integer);
}

template <typename F>
F expm1(F x) {
  Exponential<F> e(atLeast(atMost(x, 89.0f), -18.0f));
  // Half of it, for 2^128 is no number.
  F half = powerOfTwo<F>(e.exponent - 1);
  F y = fma(e.fraction, half, half - x.constant(0.5f));
  return select(abs(x) < x.constant(0x1p-25f), x, y + y);
}

template <typename F>
F tanh(F x) {
  F a = abs(x), u = x * x, one = x.constant(1.0f);
  // tanh(x) = x + x^3 P(x^2), |x| < 0.55: error 2^-29.7
  static constexpr std::array<float, 5> c = {-0.333333164f, 0.133325547f,
                                             -0.053849414f, 0.0210608896f,
                                             -0.00626016362f};
  F small = fma(x * u, evaluate(u, c), x);
  // exp(2a) = 2^(a 2/log(2)): beyond 0.55 little of its error is left.
  constexpr float factor = 2.88539008f;
  F bounded = atMost(a, 10.0f);
  Nearest<F> n(bounded, factor);
  F power = powerOfTwoNearZero(fma(bounded, x.constant(factor), -n.number));
  F large = one - x.constant(2.0f) / (scaleNormal(power, n.integer) + one);
  return copysign(select(a > x.constant(0.55f), large, small), x);
}

template <typename F>
F sinh(F x) {
  F a = abs(x), u = x * x;
  // sinh(x) = x + x^3 P(x^2), |x| < 1: error 2^-31.6
  static constexpr std::array<float, 4> c = {0.166666672f, 0.00833331048f,
                                             0.000198428941f, 2.78222819e-6f};
  F small = fma(x * u, evaluate(u, c), x);
  Exponential<F> e(atMost(a, 90.0f));
  F half = scale(e.significand(), e.exponent - 1);
  F large = half - x.constant(0.25f) / half;
  return select(a < x.constant(1.0f), small, copysign(large, x));
}

template <typename F>
F cosh(F x) {
  Exponential<F> e(atMost(abs(x), 90.0f));
  F half = scale(e.significand(), e.exponent - 1);
  return half + x.constant(0.25f) / half;
}

template <typename F>
F erfNearZero(F x) {
  // erf(x) = x + x P(x^2), |x| < 0.93: error 2^-30.1
  static constexpr std::array<float, 7> c = {
      0.128379166f,   -0.376126289f,    0.112836257f,  -0.0268557332f,
      0.00519241439f, -0.000804991811f, 7.99741247e-5f};
  return fma(x, evaluate(x * x, c), x);
}

template <typename F>
F erf(F x) {
  F a = abs(x);
  // erf(a) = 1 - exp(P(a)), 0.93 <= a < 4: error 2^-34.9
  static constexpr std::array<float, 9> d = {
      0.000168070925f, -1.129475f,     -0.633449912f,
      -0.108131848f,   0.0249892604f,  -0.00409966661f,
      0.000410577952f, -1.6639995e-5f, -3.54701825e-7f};
  F tail =
      Exponential<F, /*precise=*/false>(evaluate(atMost(a, 4.0f), d)).normal();
  F large = copysign(x.constant(1.0f) - tail, x);
  return select(a > x.constant(0.93f), large, erfNearZero(x));
}

template <typename F>
F erfc(F x) {
  F a = atMost(abs(x), 10.1f), one = x.constant(1.0f), two = x.constant(2.0f);
  // q = (a - 2) / (a + 2), with what division has left.
  F r = one / (a + two);
  F q = roundedProduct(a - two, r);
  q = fma(r, fma(q, -a, fma(q + one, -two, a)), q);
  // (1 + 2a) exp(a^2) erfc(a) = 1 + P(q), 0 <= a < 10.1: error 2^-26.9
  static constexpr std::array<float, 13> c = {
      0.276978374f,    -0.0927638263f,   -0.166029692f,   0.164051488f,
      -0.0542303771f,  -0.00804020651f,  0.00877571013f,  0.00131898234f,
      -0.00155859173f, -0.000584486115f, 0.000237444183f, 0.00025238152f,
      6.14584278e-5f};
  F p = evaluate(q, c);
  F divisor = one / fma(two, a, one);
  F g = fma(p, divisor, divisor);
  g = fma(fma(fma(g, -a, x.constant(0.5f)), two, p - g), divisor, g);
  F square = roundedProduct(a, a), error = fma(a, -a, square);
  Exponential<F> e(-square, &error);
  F tail = scale(fma(g, e.fraction, g), e.exponent);
  tail = select(x < x.constant(0.0f), two - tail, tail);
  return select(a < x.constant(0.65f), one - erfNearZero(x), tail);
}

//===----------------------------------------------------------------------===//
// Logarithms
//===----------------------------------------------------------------------===//

template <typename F>
F log(F x) {
  Logarithm<F> l(x);
  F f = l.fraction;
  F y = fma(f * f, Logarithm<F>::series(f), f);
  return finishLogarithm(x, fma(l.exponent, x.constant(0.693147182f), y));
}

/// log1p(f) / log(base), the factor in two words.
template <typename F>
F scaledLog1p(F f, double factor) {
  float hi = float(factor), lo = float(factor - hi);
  F inner = fma(f * Logarithm<F>::series(f), f.constant(hi), f.constant(lo));
  return fma(f, f.constant(hi), f * inner);
}

template <typename F>
F log2(F x) {
  Logarithm<F> l(x);
  return finishLogarithm(x, scaledLog1p(l.fraction, 1.44269504088896340736) +
                                l.exponent);
}

template <typename F>
F log10(F x) {
  Logarithm<F> l(x);
  F y = scaledLog1p(l.fraction, 0.43429448190325182765);
  constexpr double log10Of2 = 0.30102999566398119521;
  constexpr float hi = float(log10Of2), lo = float(log10Of2 - hi);
  return finishLogarithm(
      x, fma(l.exponent, x.constant(hi), fma(l.exponent, x.constant(lo), y)));
}

template <typename F>
F log1p(F x) {
  F one = x.constant(1.0f), sum = x + one;
  typename F::Int bits = Logarithm<F>::exponentBits(sum);
  // From here on the one does not count.
  F scaling = asFloat(0x3f800000 - bits);
  F f = select(x > x.constant(0x1p30f), asFloat(asInt(sum) - bits) - one,
               fma(x, scaling, scaling - one));
  F exponent = toFloat(bits) * x.constant(0x1p-23f);
  F y = fma(f * f, Logarithm<F>::series(f), f);
  y = fma(exponent, x.constant(0.693147182f), y);
  return copysign(finishLogarithm(sum, y), x);
}

/// log(2a) for a so large that the one in sqrt(a^2 + 1) does not count.
template <typename F>
F logOfTwice(F a) {
  return log(a) + a.constant(0.693147182f);
}

template <typename F>
F asinh(F x) {
  F a = abs(x), one = x.constant(1.0f);
  F bounded = atMost(a, 4096.0f), square = bounded * bounded;
  F y = log1p(bounded + square / (one + sqrt(fma(bounded, bounded, one))));
  y = select(a < x.constant(4096.0f), y, logOfTwice(a));
  return select(x == x.constant(0.0f), x, copysign(y, x));
}

template <typename F>
F acosh(F x) {
  F one = x.constant(1.0f), t = atMost(x, 4096.0f) - one;
  F square = fma(t, t, t + t), root = sqrt(square);
  F argument = root + t;
  // What root and sum lack; the root is the larger of the two.
  F lacks = fma(fma(-root, root, square),
                x.constant(0.5f) / (root + x.constant(0x1p-60f)),
                t - (argument - root));
  F y = log1p(argument) + lacks / (argument + one);
  y = select(x < x.constant(1.0f), x.constant(notANumber), y);
  return select(x > x.constant(4096.0f), logOfTwice(x), y);
}

template <typename F>
F atanh(F x) {
  F a = abs(x), one = x.constant(1.0f);
  F twice = a + a;
  F y = log1p(fma(twice, a / (one - a), twice)) * x.constant(0.5f);
  return copysign(select(a > one, x.constant(notANumber), y), x);
}

//===----------------------------------------------------------------------===//
// Roots and powers
//===----------------------------------------------------------------------===//

template <typename F>
F rsqrt(F x) {
  return x.constant(1.0f) / sqrt(x);
}

template <typename F>
F cbrt(F x) {
  F a = abs(x);
  auto tiny = a < x.constant(0x1p-60f);
  F scaled = select(tiny, a * x.constant(0x1p60f), a);
  F t = asFloat(toInt(toFloat(asInt(scaled)) * x.constant(1.0f / 3)) +
                0x2a5137a0);
  for (int step = 0; step < 2; ++step) { // Halley
    F square = roundedProduct(t, t);
    // An eighth of each: 3 x may be no number.
    F eighth = x.constant(0.125f);
    F cubeLess = fma(square, t, -scaled) * eighth;
    F both = fma(square * x.constant(0.25f), t, scaled * eighth);
    t = fma(-t, cubeLess / both, t);
  }
  t = select(tiny, t * x.constant(0x1p-20f), t);
  t = select(a < x.constant(infinity), t, a);
  return select(x == x.constant(0.0f), x, copysign(t, x));
}

/// |x|^y in double precision, rounded once; y is a double.
template <typename F>
F powerOfMagnitude(F x, typename F::Double y) {
  using D = typename F::Double;
  F a = abs(x);
  Logarithm<F> l(a);
  D f = toDouble(l.fraction);
  D s = f / (f + f.constant(2.0));
  // log2(m) = s P(s^2), s = (m - 1) / (m + 1), 2/3 <= m < 4/3: error 2^-42.4
  static constexpr std::array<double, 6> c = {
      2.885390081777417,   0.96179669483606145, 0.57707775325091715,
      0.41222635260057539, 0.31927948522484123, 0.29089112192059013};
  D log = fma(s, evaluate(s * s, c), toDouble(l.exponent));
  log = select(a == x.constant(0.0f), f.constant(-infinity), log);
  log = select(a < x.constant(infinity), log, toDouble(a));
  D t = y * log;
  t = select(t > f.constant(200.0), f.constant(200.0), t);
  t = select(t < f.constant(-200.0), f.constant(-200.0), t);
  D shift = f.constant(0x1.8p52), shifted = t + shift,
    r = t - (shifted - shift);
  // 2^r = 1 + r P(r): error 2^-34.3
  static constexpr std::array<double, 7> d = {
      0.69314718054155233,   0.24022651078288856,   0.055504109629102669,
      0.0096180365239716629, 0.0013333430501212295, 0.00015467235675274788,
      1.5315017168930223e-5};
  D p = fma(r, evaluate(r, d), f.constant(1.0));
  return toSingle(asDouble(asLong(p) + (asLong(shifted) << 52)));
}

template <typename F>
F pow(F x, F y) {
  F one = x.constant(1.0f), half = y * x.constant(0.5f), a = abs(x);
  F magnitude = powerOfMagnitude(x, toDouble(y));
  auto isInteger = floor(y) == y;
  auto isOdd = isInteger & (floor(half) < half);
  // Of a negative number only integral powers are real.
  auto negative = x < x.constant(0.0f);
  F result = select(negative & (floor(y) < y) & (a < x.constant(infinity)),
                    x.constant(notANumber), magnitude);
  result = select(isOdd, copysign(result, x), result);
  auto isOne = (x == one) | (y == x.constant(0.0f)) |
               ((a == one) & (abs(y) == x.constant(infinity)));
  return select(isOne, one, result);
}

/// y is an integer.
template <typename F>
F powi(F x, typename F::Int y) {
  F magnitude = powerOfMagnitude(x, toDouble(y));
  F result = select((y & 1) == 1, copysign(magnitude, x), magnitude);
  return select(y == 0, x.constant(1.0f), result);
}

//===----------------------------------------------------------------------===//
// Angles
//===----------------------------------------------------------------------===//

/// asin(s), |s| <= 0.57, whose square is u.
template <typename F>
F arcsine(F s, F u) {
  // asin(x) = x + x^3 P(x^2), |x| <= 0.57: error 2^-32.1
  static constexpr std::array<float, 7> c = {
      0.166666716f,  0.0749963224f,   0.0447351485f, 0.029291328f,
      0.0291429665f, -0.00484064082f, 0.0478075147f};
  return fma(s * u, evaluate(u, c), s);
}

/// Where asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)) is the better way.
inline constexpr float largeSine = 0.5625f;

template <typename F>
F asin(F x) {
  F a = abs(x), half = x.constant(0.5f);
  auto large = a > x.constant(largeSine);
  F u = select(large, fma(a, -half, half), x * x);
  F y = arcsine(select(large, sqrt(u), a), u);
  y = select(large, addConstant(y * x.constant(-2.0f), pi / 2), y);
  return copysign(y, x);
}

template <typename F>
F acos(F x) {
  F a = abs(x), half = x.constant(0.5f);
  auto large = a > x.constant(largeSine);
  F u = select(large, fma(a, -half, half), x * x);
  F y = arcsine(select(large, sqrt(u), a), u);
  F twice = y + y;
  F outer = select(x < x.constant(0.0f), addConstant(-twice, pi), twice);
  return select(large, outer, addConstant(-copysign(y, x), pi / 2));
}

/// atan of t, |t| <= 1.
template <typename F>
F arctangent(F t) {
  // atan(x) = x + x^3 P(x^2), |x| <= 1: error 2^-28.4
  static constexpr std::array<float, 9> c = {
      -0.333332986f,  0.19998534f,    -0.142641023f,
      0.109515056f,   -0.0840157568f, 0.057927046f,
      -0.0311486665f, 0.0108995046f,  -0.00179035391f};
  F u = t * t;
  return fma(t * u, evaluate(u, c), t);
}

template <typename F>
F atan(F x) {
  F a = abs(x), one = x.constant(1.0f);
  auto large = a > one;
  F y = arctangent(select(large, one / a, a));
  return copysign(select(large, addConstant(-y, pi / 2), y), x);
}

template <typename F>
F atan2(F y, F x) {
  F up = abs(y), across = abs(x), zero = x.constant(0.0f);
  auto steep = up > across;
  F shorter = select(steep, across, up), longer = select(steep, up, across);
  F t = select(shorter == longer, x.constant(1.0f), shorter / longer);
  t = select(longer == zero, up, t);
  F angle = arctangent(t);
  F left = copysign(x.constant(1.0f), x);
  auto isLeft = left < zero;
  F folded = select(isLeft, -angle, angle);
  F beside = select(isLeft, addConstant(folded, pi), folded);
  F above = addConstant(-folded, pi / 2);
  return copysign(select(steep, above, beside), y);
}

/// An angle less a multiple of pi/2: `rest` and what it lacks.
template <typename F>
struct QuarterTurns {
  explicit QuarterTurns(F x) : QuarterTurns(x, Nearest<F>(x, 0.636619747f)) {}

  F rest, error;
  typename F::Int count;

private:
  QuarterTurns(F x, const Nearest<F> &n)
      : QuarterTurns(n, fma(n.number, x.constant(-3.13916473e-7f),
                            fma(n.number, x.constant(-1.57079601f), x))) {
    // Above, the words of pi/2 are too short for Cody and Waite.
    F a = abs(x);
    auto far = a > x.constant(32768.0f);
    branch(far, [&] { return payneHanek(x, a); }, rest, error, count);
  }
  QuarterTurns(const Nearest<F> &n, F most)
      : rest(fma(n.number, most.constant(-5.39030253e-15f), most)),
        error(fma(n.number, most.constant(-5.39030253e-15f), most - rest)),
        count(n.integer) {}

  struct Parts {
    F rest, error;
    typename F::Int count;
  };
  static Parts payneHanek(F x, F a);
};

/// x is more than 1: its 24 bits times those bits of 2/pi that make quarter
/// turns and 62 bits of a rest.
template <typename F>
typename QuarterTurns<F>::Parts QuarterTurns<F>::payneHanek(F x, F a) {
  using Int = typename F::Int;
  using Long = typename F::Long;
  // 2/pi from 2^1 down.
  static constexpr uint32_t words[] = {0x00000000, 0x28be60db, 0x9391054a,
                                       0x7f09d5f4, 0x7d4d3770, 0x36d8a566,
                                       0x4f10e410, 0x7f9458ea};
  Int bits = asInt(a);
  Int exponent = ((bits >> 23) & 0xff) - 126;
  Long significand = toLongUnsigned((bits << 8) | int32_t(0x80000000));
  // Four words from the one that the exponent says; it is at most 128.
  Int first = exponent >> 5;
  Int shift = exponent & 31;
  auto word = [&](int offset) {
    Int result = bits.constant(int32_t(words[offset]));
    for (int i = 1; i <= 4; ++i)
      result =
          select(first == i, bits.constant(int32_t(words[i + offset])), result);
    return toLongUnsigned(result);
  };
  // The product with the middle one wraps as all do that is whole turns.
  Long w0 = word(0), w1 = word(1), w2 = word(2), w3 = word(3);
  Long amount = toLongUnsigned(shift);
  auto window = [&](Long high, Long low) {
    return ((((high << 32) | low) << amount) >> 32) & int64_t(0xffffffff);
  };
  Long high = window(w0, w1), middle = window(w1, w2), low = window(w2, w3);
  Long product = ((significand * low) >> 32) & int64_t(0xffffffff);
  product = significand * middle + product;
  product = ((significand * high) << 32) + product;
  // Two bits of quarter turns, rounded to the nearest.
  Long turns = (product + int64_t(0x2000000000000000)) >> 62;
  Long rest = product - (turns << 62);
  auto value = toDouble(rest) * toDouble(x).constant(pi / 2 * 0x1p-62);
  F hi = toSingle(value), lo = toSingle(value - toDouble(hi));
  Int count = toInt32(turns);
  auto isNegative = x < x.constant(0.0f);
  F invalid = select(a < x.constant(infinity), hi, x.constant(notANumber));
  return {select(isNegative, -invalid, invalid), select(isNegative, -lo, lo),
          select(isNegative, 0 - count, count)};
}

/// sin(r), |r| <= pi / 4 and u = r^2
template <typename F>
F sineNearZero(F r, F u) {
  // sin(r) = r + r^3 P(r^2), |r| <= pi / 4: error 2^-32.5
  static constexpr std::array<float, 4> c = {-0.166666672f, 0.0083333794f,
                                             -0.000198530834f, 2.83290092e-6f};
  return fma(r * u, evaluate(u, c), r);
}

template <typename F>
F cosineNearZero(F u) {
  // cos(r) = 1 - r^2 / 2 + r^4 P(r^2), |r| <= pi / 4: error 2^-37.0
  static constexpr std::array<float, 4> c = {0.0416666679f, -0.001388898f,
                                             2.48220149e-5f, -2.88798446e-7f};
  return fma(u, fma(u, evaluate(u, c), u.constant(-0.5f)), u.constant(1.0f));
}

/// The sine of so many quarter turns and a rest.
template <typename F>
F sineOfTurns(F r, typename F::Int count) {
  F u = r * r;
  auto isOdd = (count & 1) == 1;
  F value = select(isOdd, cosineNearZero(u), sineNearZero(r, u));
  return asFloat(asInt(value) ^ ((count & 2) << 30));
}

template <typename F>
F sin(F x) {
  QuarterTurns<F> turns(x);
  return select(x == x.constant(0.0f), x, sineOfTurns(turns.rest, turns.count));
}

template <typename F>
F cos(F x) {
  QuarterTurns<F> turns(x);
  return sineOfTurns(turns.rest, turns.count + 1);
}

template <typename F>
F tan(F x) {
  QuarterTurns<F> turns(x);
  F r = turns.rest, u = r * r;
  // tan(r) = r + r^3 P(r^2), |r| <= pi / 4: error 2^-29.5
  static constexpr std::array<float, 7> c = {
      0.333333492f,  0.133326754f,   0.0540589429f, 0.0212858785f,
      0.0108287362f, 9.60852703e-5f, 0.00437400537f};
  // tan(r + e) = tan(r) + e (1 + tan(r)^2)
  F rest = fma(r * u, evaluate(u, c), turns.error);
  F t = r + fma(turns.error, u, rest);
  // What t lacks counts in its reciprocal.
  F lacks = (r - t) + rest;
  F inverse = x.constant(1.0f) / t;
  F residual = fma(-inverse, t, x.constant(1.0f)) - inverse * lacks;
  inverse = fma(inverse, residual, inverse);
  auto isOdd = (turns.count & 1) == 1;
  return select(x == x.constant(0.0f), x, select(isOdd, -inverse, t));
}

} // namespace chameleon::math_expansions

#endif // CHAMELEON_LIB_KERNELS_MATHEXPANSIONS_H
