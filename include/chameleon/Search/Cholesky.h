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

/// L with L L^T = matrix, in place; false if it is not positive definite.
bool factorise(std::vector<double> &matrix, size_t size);

/// L x = b, in place.
void solveLower(const std::vector<double> &factor, size_t size, double *x);

/// L^T x = b, in place.
void solveUpper(const std::vector<double> &factor, size_t size, double *x);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_CHOLESKY_H
