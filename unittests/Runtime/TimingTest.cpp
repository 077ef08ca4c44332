//===- TimingTest.cpp - the timing loop under a simulated clock
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Timing.h"
#include "chameleon/Runtime/Statistics.h"
#include "gtest/gtest.h"
#include <random>

using namespace chameleon;

namespace {

/// Time passes only when it is told to.
struct Simulation {
  double now = 0;
  int64_t calls = 0;
  std::mt19937 generator{1};

  std::function<void()> kernel(double seconds, double jitter = 0) {
    return [=, this] {
      ++calls;
      now += seconds * (1 + jitter * std::uniform_real_distribution<double>(
                                         0, 1)(generator));
    };
  }
  TimedCalls time(double seconds, const TimingPolicy &policy,
                  double warmedUp = 0, double jitter = 0) {
    auto function = kernel(seconds, jitter);
    return timeCalls(function, policy, warmedUp, [&] { return now; });
  }
};

TEST(Timing, CallsOfAMillisecond) {
  Simulation simulation;
  TimedCalls timed = simulation.time(1e-3, TimingPolicy());
  // 20 ms of timing, 2 ms of warming up.
  EXPECT_GE(timed.calls, 20);
  EXPECT_LE(timed.calls, 21);
  EXPECT_GE(simulation.calls - timed.calls, 2);
  EXPECT_NEAR(1e-3, summarize(timed.samples).median, 1e-9);
}

TEST(Timing, ShortCallsAreTimedInBatches) {
  Simulation simulation;
  TimedCalls timed = simulation.time(1e-6, TimingPolicy());
  EXPECT_EQ(timed.calls % timed.samples.size(), 0u);
  EXPECT_GE(timed.calls / timed.samples.size(), 20u);
  EXPECT_GE(timed.samples.size(), 9u);
  EXPECT_NEAR(1e-6, summarize(timed.samples).median, 1e-9);
  // The most calls, give or take a batch.
  EXPECT_LT(timed.calls, 1100);
}

TEST(Timing, LongCallsAreFewAndNotWarmedUpAgain) {
  Simulation simulation;
  TimedCalls timed = simulation.time(2.0, TimingPolicy(), /*warmedUp=*/2.0);
  EXPECT_EQ(3, timed.calls);
  EXPECT_EQ(3, simulation.calls);
}

TEST(Timing, GivesUpOnSlowOnes) {
  TimingPolicy policy;
  policy.minimum = 10;
  policy.giveUpAbove = 0.01;
  Simulation simulation;
  EXPECT_EQ(3, simulation.time(0.02, policy).calls);
  EXPECT_GT(simulation.time(0.005, policy).calls, 900);
}

TEST(Timing, NoiseProlongsUpToFourTimes) {
  TimingPolicy policy;
  policy.maximumCalls = 100000;
  Simulation quiet, noisy;
  double quietCalls = quiet.time(1e-3, policy).calls;
  double noisyCalls = noisy.time(1e-3, policy, 0, /*jitter=*/1).calls;
  EXPECT_LE(quietCalls, 21);
  EXPECT_GT(noisyCalls, 40);
  EXPECT_LT(noisyCalls, 4 * 21);
}

TEST(Timing, NoiseProlongsContendersOnly) {
  TimingPolicy policy;
  policy.maximumCalls = 100000;
  policy.contendersBelow = 1.2e-3;
  Simulation fast, slow;
  EXPECT_GT(fast.time(0.5e-3, policy, 0, /*jitter=*/1).calls, 80);
  EXPECT_LE(slow.time(2e-3, policy, 0, /*jitter=*/1).calls, 11);
}

/// A clock that slows down by half on the way hits interleaved functions alike:
/// their ratio stays right.
TEST(Timing, DriftCancelsWhenInterleaved) {
  Simulation simulation;
  auto slowingDown = [&](double seconds) {
    return [&simulation, seconds] {
      ++simulation.calls;
      simulation.now += seconds * (1 + simulation.calls / 200.0);
    };
  };
  auto first = slowingDown(1e-3), second = slowingDown(1.1e-3);
  TimingPolicy policy;
  policy.minimum = 0.1;
  std::vector<TimedCalls> timed =
      timeInterleaved({TimedFunction(first), TimedFunction(second)}, policy,
                      [&] { return simulation.now; });
  ASSERT_EQ(2u, timed.size());
  EXPECT_EQ(timed[0].samples.size(), timed[1].samples.size());
  double ratio =
      summarize(timed[1].samples).median / summarize(timed[0].samples).median;
  EXPECT_NEAR(1.1, ratio, 0.01);
}

TEST(Timing, RealClockIsMonotonic) {
  double begin = monotonicSeconds();
  EXPECT_LE(begin, monotonicSeconds());
}

} // namespace
