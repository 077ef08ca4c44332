//===- Timing.cpp - how calls of a kernel are timed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Timing.h"
#include "chameleon/Runtime/Statistics.h"
#include <algorithm>
#include <chrono>
#include <cmath>

using namespace chameleon;

/// A batch of calls is at least so long, in seconds.
static constexpr double shortestBatch = 20e-6;
/// The median counts as known when it is settled to this fraction.
static constexpr double settledTo = 0.005;
/// A noisy kernel is timed so many times longer at most.
static constexpr double longestExtension = 4;

double chameleon::monotonicSeconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {
/// The timing of one function, a sample at a time.
class Timer {
public:
  Timer(TimedFunction function, const TimingPolicy &policy, ClockFunction clock)
      : function(function), policy(policy), clock(clock) {}

  /// Calls the function until it is warm (at least once unless it already is)
  /// and chooses the size of a batch.
  void warmUp(double warmedUp) {
    double spent = warmedUp, shortest = 0;
    do {
      double begin = clock();
      function();
      double seconds = clock() - begin;
      shortest = shortest == 0 ? seconds : std::min(shortest, seconds);
      spent += seconds;
    } while (spent < policy.warmup);
    if (shortest < shortestBatch)
      batch = std::clamp<int64_t>(
          std::ceil(shortestBatch / std::max(shortest, 1e-9)), 1,
          largestBatch());
  }

  void sample() {
    double begin = clock();
    for (int64_t i = 0; i < batch; ++i)
      function();
    double seconds = clock() - begin;
    total += seconds;
    timed.samples.push_back(seconds / batch);
    timed.calls += batch;
  }

  bool isDone() const {
    if (timed.samples.empty() || timed.calls < policy.minimumCalls)
      return false;
    if (timed.calls >= policy.maximumCalls ||
        total >= longestExtension * policy.minimum)
      return true;
    if (policy.giveUpAbove > 0 && timed.samples.back() > policy.giveUpAbove)
      return true;
    return total >= policy.minimum &&
           (isSettled(timed.samples, settledTo) || !isContender());
  }

  TimedCalls take() { return std::move(timed); }

private:
  bool isContender() const {
    return policy.contendersBelow <= 0 ||
           summarize(timed.samples).median < policy.contendersBelow;
  }

  /// Leaves room for several samples within the largest number of calls.
  int64_t largestBatch() const {
    return std::max<int64_t>(1, policy.maximumCalls / 9);
  }

  TimedFunction function;
  const TimingPolicy &policy;
  ClockFunction clock;
  int64_t batch = 1;
  double total = 0;
  TimedCalls timed;
};
} // namespace

TimedCalls chameleon::timeCalls(TimedFunction function,
                                const TimingPolicy &policy, double warmedUp,
                                ClockFunction clock) {
  Timer timer(function, policy, clock);
  // A call that takes longer than the whole of the timing is warm after the
  // check; every further call would be dear.
  if (warmedUp < std::max(policy.warmup, policy.minimum))
    timer.warmUp(warmedUp);
  do
    timer.sample();
  while (!timer.isDone());
  return timer.take();
}

std::vector<TimedCalls>
chameleon::timeInterleaved(llvm::ArrayRef<TimedFunction> functions,
                           const TimingPolicy &policy, ClockFunction clock) {
  std::vector<Timer> timers;
  for (TimedFunction function : functions)
    timers.emplace_back(function, policy, clock);
  for (Timer &timer : timers)
    timer.warmUp(0);
  // All go on until the last is done: as many samples for each.
  auto isDone = [](const Timer &timer) { return timer.isDone(); };
  while (!std::all_of(timers.begin(), timers.end(), isDone))
    for (Timer &timer : timers)
      timer.sample();
  std::vector<TimedCalls> result;
  for (Timer &timer : timers)
    result.push_back(timer.take());
  return result;
}
