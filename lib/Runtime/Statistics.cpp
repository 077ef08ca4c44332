//===- Statistics.cpp - robust statistics of timings
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Statistics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <cmath>

using namespace chameleon;

static double quantileOfSorted(llvm::ArrayRef<double> sorted, double fraction) {
  if (sorted.empty())
    return 0;
  double position = fraction * (sorted.size() - 1);
  size_t below = static_cast<size_t>(position);
  if (below + 1 >= sorted.size())
    return sorted.back();
  return sorted[below] +
         (position - below) * (sorted[below + 1] - sorted[below]);
}

static llvm::SmallVector<double> sorted(llvm::ArrayRef<double> samples) {
  llvm::SmallVector<double> result(samples);
  llvm::sort(result);
  return result;
}

double chameleon::quantile(llvm::ArrayRef<double> samples, double fraction) {
  return quantileOfSorted(sorted(samples), fraction);
}

TimingSummary chameleon::summarize(llvm::ArrayRef<double> samples) {
  llvm::SmallVector<double> ordered = sorted(samples);
  return {quantileOfSorted(ordered, 0.5),
          (quantileOfSorted(ordered, 0.75) - quantileOfSorted(ordered, 0.25)) /
              2};
}

bool chameleon::isSettled(llvm::ArrayRef<double> samples,
                          double relativeTolerance) {
  if (samples.size() < 5)
    return false;
  TimingSummary summary = summarize(samples);
  double notch = 1.57 * 2 * summary.halfInterquartileRange /
                 std::sqrt(static_cast<double>(samples.size()));
  return notch <= relativeTolerance * summary.median;
}
