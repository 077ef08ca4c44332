//===- Timing.h - how calls of a kernel are timed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop around the clock, apart from what is called and from which clock, so
// that tests drive it with a simulated one.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_TIMING_H
#define CHAMELEON_RUNTIME_TIMING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace chameleon {

struct TimingPolicy {
  double warmup = 0.002;    ///< calls before timing, at least one
  double minimum = 0.02;    ///< timed calls go on for so long,
  int64_t minimumCalls = 3; ///< … and are at least so many
  int64_t maximumCalls = 1000;
  /// One call slower than this ends the timing after minimumCalls (0: never).
  double giveUpAbove = 0;
  /// Whose median is above this is no contender: it is not timed longer than
  /// `minimum`, however noisy it is (0: everybody is a contender).
  double contendersBelow = 0;
  /// On a GPU: flush the L2 cache before every call.
  bool coldCache = false;
};

/// A call to time, and a monotonic clock in seconds.
using TimedFunction = llvm::function_ref<void()>;
using ClockFunction = llvm::function_ref<double()>;

struct TimedCalls {
  std::vector<double> samples; ///< seconds of one call; a sample is the mean of
                               ///< a batch of calls if one is very short
  int64_t calls = 0;
};

double monotonicSeconds();

/// Warms up, then times as the policy says. Short calls are timed in batches of
/// at least 20 µs, so that reading the clock (about 25 ns) costs 0.2 % at most.
/// Timing ends after `minimum` seconds if the median is settled to 0.5 %, else
/// goes on up to four times as long. `warmedUp`: seconds that the function has
/// already run for just before.
TimedCalls timeCalls(TimedFunction function, const TimingPolicy &policy,
                     double warmedUp, ClockFunction clock);

/// Times all functions round robin, one sample each a round, until each has its
/// `minimum`: a change of the clock rate or a noisy neighbour hits all alike.
std::vector<TimedCalls> timeInterleaved(llvm::ArrayRef<TimedFunction> functions,
                                        const TimingPolicy &policy,
                                        ClockFunction clock);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_TIMING_H
