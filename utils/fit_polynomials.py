#!/usr/bin/env python3
"""Fits the polynomials of lib/Kernels/MathExpansions.h and prints them.

Each is a weighted minimax fit in 40 digits (Lawson's algorithm on Chebyshev nodes); coefficients are then rounded one
after the other, lowest power first, and the others fitted again. The last column is log2 of the largest error that is
left, relative to the function that the polynomial is a part of. Needs mpmath.
"""
import struct
import sys

from mpmath import mp, mpf

mp.dps = 40


def solve(nodes, values, weights, powers):
    rows = len(powers)
    matrix, right = mp.matrix(rows, rows), mp.matrix(rows, 1)
    for node, value, weight in zip(nodes, values, weights):
        basis = [node ** power for power in powers]
        for i in range(rows):
            right[i] += weight * basis[i] * value
            for j in range(rows):
                matrix[i, j] += weight * basis[i] * basis[j]
    return list(mp.lu_solve(matrix, right))


def minimax(function, relative_to, low, high, powers, fixed):
    count = 12 * (len(powers) + 1)
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    values = [function(node) - sum(c * node ** p for p, c in fixed) for node in nodes]
    scales = [relative_to(node) for node in nodes]
    weights = [mpf(1)] * count
    for _ in range(12):
        coefficients = solve(nodes, values, [w * s * s for w, s in zip(weights, scales)], powers)
        errors = [abs((sum(c * node ** p for p, c in zip(powers, coefficients)) - value) * scale)
                  for node, value, scale in zip(nodes, values, scales)]
        total = sum(w * e for w, e in zip(weights, errors))
        if total == 0:
            break
        weights = [w * e / total * count + mpf(10) ** -12 for w, e in zip(weights, errors)]
    return coefficients, max(errors)


def to_float(value, double):
    if double:
        return mpf(float(value))
    return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def fit(name, function, relative_to, low, high, degree, double=False):
    """Prints coefficients c0, c1, … of `function`; an error e of it is worth e * relative_to."""
    fixed, error = [], 0
    for power in range(degree + 1):
        coefficients, _ = minimax(function, relative_to, mpf(low), mpf(high), list(range(power, degree + 1)), fixed)
        fixed.append((power, to_float(coefficients[0], double)))
    count = 400
    for k in range(count + 1):
        node = mpf(low) + (mpf(high) - mpf(low)) * k / count
        if abs(node) < mpf(10) ** -12:
            continue
        error = max(error, abs((sum(c * node ** p for p, c in fixed) - function(node)) * relative_to(node)))
    digits = 17 if double else 9
    suffix = "" if double else "f"
    print(f"// {name}: error 2^{float(mp.log(error, 2)):.1f}")
    print("{" + ", ".join(mp.nstr(c, digits) + suffix for _, c in fixed) + "}")
    sys.stdout.flush()


def away_from_zero(function, at_zero):
    return lambda x: at_zero if abs(x) < mpf(10) ** -12 else function(x)


def odd(function):
    """(f(x)/x - 1)/x^2 as a function of u = x^2, and how it counts."""
    def ratio(u):
        x = mp.sqrt(u)
        return (function(x) / x - 1) / u
    return ratio, lambda u: mp.sqrt(u) * u / function(mp.sqrt(u)) if u else mpf(0)


half_ln2 = mp.log(2) / 2 + mpf(1) / 1000
FITS = {
    "exp": lambda: fit("exp(r) = 1 + (r + r^2 P(r))", lambda r: (mp.exp(r) - 1 - r) / r ** 2, lambda r: r * r, -half_ln2, half_ln2, 4),
    "expm1": lambda: fit("expm1(r) = r + r^2 P(r)", lambda r: (mp.expm1(r) - r) / r ** 2, lambda r: r, -half_ln2, half_ln2, 5),
    "exp2": lambda: fit("2^r = 1 + r P(r)", lambda r: (mp.mpf(2) ** r - 1) / r, lambda r: r, -0.5005, 0.5005, 5),
    "log1p": lambda: fit("log1p(f) = f + f^2 P(f)", lambda f: (mp.log(1 + f) - f) / f ** 2, lambda f: f * f / mp.log(1 + f), mpf(-1) / 3, mpf(1) / 3, 8),
    "tanh": lambda: fit("tanh(x) = x + x^3 P(x^2), |x| < 0.55", *odd(mp.tanh), mpf(10) ** -6, 0.3026, 4),
    "erf": lambda: fit("erf(x) = x + x P(x^2), |x| < 0.93", lambda u: mp.erf(mp.sqrt(u)) / mp.sqrt(u) - 1, lambda u: mp.sqrt(u) / mp.erf(mp.sqrt(u)), mpf(10) ** -8, 0.93 ** 2, 6),
    "erftail": lambda: fit("erf(a) = 1 - exp(P(a)), 0.93 <= a < 4", lambda a: mp.log(mp.erfc(a)), mp.erfc, 0.93, 4, 8),
    "erfcx": lambda: fit("(1 + 2a) exp(a^2) erfc(a) = 1 + P((a - 2) / (a + 2)), 0 <= a < 10.1",
                 lambda q: (1 + 2 * (2 + 2 * q) / (1 - q)) * mp.exp(((2 + 2 * q) / (1 - q)) ** 2) * mp.erfc((2 + 2 * q) / (1 - q)) - 1, lambda q: mpf(1), -1, mpf(8.1) / mpf(12.1), 12),
    "sinh": lambda: fit("sinh(x) = x + x^3 P(x^2), |x| < 1", *odd(mp.sinh), mpf(10) ** -6, 1, 3),
    "asin": lambda: fit("asin(x) = x + x^3 P(x^2), |x| <= 0.57", *odd(mp.asin), mpf(10) ** -6, 0.325, 6),
    "atan": lambda: fit("atan(x) = x + x^3 P(x^2), |x| <= 1", *odd(mp.atan), mpf(10) ** -6, 1, 8),
    "sin": lambda: fit("sin(r) = r + r^3 P(r^2), |r| <= pi / 4", *odd(mp.sin), mpf(10) ** -6, 0.6175, 3),
    "cos": lambda: fit("cos(r) = 1 - r^2 / 2 + r^4 P(r^2), |r| <= pi / 4", lambda u: (mp.cos(mp.sqrt(u)) - 1 + u / 2) / u ** 2, lambda u: u * u / mp.cos(mp.sqrt(u)), mpf(10) ** -6, 0.6175, 3),
    "tan": lambda: fit("tan(r) = r + r^3 P(r^2), |r| <= pi / 4", *odd(mp.tan), mpf(10) ** -6, 0.6175, 6),
    "powlog": lambda: fit("log2(m) = s P(s^2), s = (m - 1) / (m + 1), 2/3 <= m < 4/3", lambda u: 2 * mp.atanh(mp.sqrt(u)) / mp.sqrt(u) / mp.log(2), lambda u: mpf(1) / 3, mpf(10) ** -10, mpf("0.0401"), 5, True),
    "powexp": lambda: fit("2^r = 1 + r P(r)", lambda r: (mp.mpf(2) ** r - 1) / r, lambda r: r, -0.5005, 0.5005, 6, True),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FITS:
        FITS[name]()
