//===- Cholesky.cpp - factors of positive definite matrices ---------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Cholesky.h"
#include <cmath>

using namespace chameleon::search;

bool chameleon::search::factorise(std::vector<double> &matrix, size_t size) {
  for (size_t row = 0; row < size; ++row) {
    double *left = matrix.data() + row * size;
    for (size_t column = 0; column <= row; ++column) {
      const double *right = matrix.data() + column * size;
      double sum = left[column] - dot(left, right, column);
      if (column < row)
        left[column] = sum / right[column];
      else if (sum <= 1e-12)
        return false;
      else
        left[row] = std::sqrt(sum);
    }
  }
  return true;
}

void chameleon::search::solveLower(const std::vector<double> &factor,
                                   size_t size, double *x) {
  for (size_t row = 0; row < size; ++row) {
    const double *left = factor.data() + row * size;
    x[row] = (x[row] - dot(left, x, row)) / left[row];
  }
}

void chameleon::search::solveUpper(const std::vector<double> &factor,
                                   size_t size, double *x) {
  for (size_t row = size; row-- > 0;) {
    double value = x[row] / factor[row * size + row];
    x[row] = value;
    for (size_t i = 0; i < row; ++i)
      x[i] -= factor[row * size + i] * value;
  }
}
