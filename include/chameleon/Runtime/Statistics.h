//===- Statistics.h - robust statistics of timings
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Timings have a hard floor and a long upper tail (interrupts, neighbours on
// the machine), so everything here is built on order statistics: up to a
// quarter of the samples may be arbitrarily wrong.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_STATISTICS_H
#define CHAMELEON_RUNTIME_STATISTICS_H

#include "llvm/ADT/ArrayRef.h"

namespace chameleon {

struct TimingSummary {
  double median = 0;
  double halfInterquartileRange = 0; ///< 0 for a single sample
};

/// Quantile by linear interpolation between order statistics; 0 for no samples.
/// `fraction` is in [0, 1].
double quantile(llvm::ArrayRef<double> samples, double fraction);

TimingSummary summarize(llvm::ArrayRef<double> samples);

/// True once the median is known well enough: the notch of its box plot, 1.57 ·
/// IQR / √n (about a 95 % interval of a median, McGill, Tukey and Larsen 1978),
/// is at most `relativeTolerance` of it. Never with fewer than five samples.
bool isSettled(llvm::ArrayRef<double> samples, double relativeTolerance);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_STATISTICS_H
