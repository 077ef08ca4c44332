//===- Cholesky.h - factors of positive definite matrices -------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain loops in double precision: the sums have one order on every machine,
// which a BLAS does not promise, and a process of 160 trials needs no more.
// Matrices are row-major, and only their lower triangle counts.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_CHOLESKY_H
#define CHAMELEON_SEARCH_CHOLESKY_H

#include <cstddef>
#include <vector>

namespace chameleon::search {

/// The product of two vectors: four sums side by side, so that it runs on
/// vectors and does not wait for itself.
inline double dot(const double *left, const double *right, size_t size) {
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= size; i += 4)
    for (size_t lane = 0; lane < 4; ++lane)
      sums[lane] += left[i + lane] * right[i + lane];
  double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  for (; i < size; ++i)
    sum += left[i] * right[i];
  return sum;
}

/// L with L L^T = matrix, in place; false if it is not positive definite.
bool factorise(std::vector<double> &matrix, size_t size);

/// L x = b, in place.
void solveLower(const std::vector<double> &factor, size_t size, double *x);

/// L^T x = b, in place.
void solveUpper(const std::vector<double> &factor, size_t size, double *x);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_CHOLESKY_H
