//===- MeasureQueueTest.cpp - what a candidate may do next
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/MeasureQueue.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

using Tickets = llvm::SmallVector<int64_t>;

Measurement withOutcome(Outcome outcome) {
  Measurement result;
  result.outcome = outcome;
  return result;
}

class MeasureQueueTest : public testing::Test {
protected:
  int64_t submit(size_t count, bool interleaved = false) {
    MeasurePolicy policy;
    policy.interleaved = interleaved;
    return queue.submit(std::vector<Candidate>(count), policy);
  }
  void compiled(int64_t ticket, int64_t child, std::string exported = "") {
    queue.setCompiled(ticket, child, /*executable=*/100 + ticket, exported,
                      withOutcome(Outcome::Ok));
  }

  MeasureQueue queue;
};

TEST_F(MeasureQueueTest, TicketsCountUp) {
  EXPECT_EQ(1, submit(3));
  EXPECT_EQ(4, submit(2));
  EXPECT_EQ(5u, queue.size());
  EXPECT_FALSE(queue.take());
}

TEST_F(MeasureQueueTest, TheHostRunsWhereItHasCompiled) {
  submit(3);
  EXPECT_FALSE(queue.findRun(0, /*isHome=*/true));
  compiled(2, 1);
  compiled(3, 0);
  EXPECT_EQ(Tickets{3}, queue.findRun(0, true)->tickets);
  EXPECT_EQ(Tickets{2}, queue.findRun(1, true)->tickets);
  queue.at(3).inFlight = true;
  EXPECT_FALSE(queue.findRun(0, true));
}

TEST_F(MeasureQueueTest, DevicesRunWhatAnybodyHasCompiled) {
  submit(3);
  compiled(3, 1, "three");
  compiled(2, 0, "two");
  std::optional<RunWork> work = queue.findRun(/*child=*/7, /*isHome=*/false);
  EXPECT_EQ(Tickets{2}, work->tickets) << "the oldest first";
  EXPECT_EQ(7, work->child);
  EXPECT_TRUE(work->check && work->time && !work->keep);
}

TEST_F(MeasureQueueTest, FinalistsAreCheckedThenTimedTogether) {
  submit(3, /*interleaved=*/true);
  EXPECT_EQ(-1, queue.getHome(1));
  compiled(1, 4, "one");
  EXPECT_EQ(4, queue.getHome(2));
  EXPECT_FALSE(queue.findRun(7, false)) << "the others are not compiled";
  compiled(2, 4, "two");
  compiled(3, 4, "three");
  for (int64_t ticket : {1, 2}) {
    std::optional<RunWork> work = queue.findRun(7, false);
    EXPECT_EQ(Tickets{ticket}, work->tickets);
    EXPECT_TRUE(work->check && !work->time && work->keep);
    queue.setChecked(ticket, 7, withOutcome(Outcome::Ok));
    EXPECT_FALSE(queue.findRun(8, false)) << "another device has begun";
  }
  // The third is wrong; the others go on.
  queue.finish(3, withOutcome(Outcome::WrongResult));
  std::optional<RunWork> work = queue.findRun(7, false);
  EXPECT_EQ((Tickets{1, 2}), work->tickets);
  EXPECT_TRUE(!work->check && work->time && !work->keep);
  // They kill the child, who knows which.
  queue.loseChild(7);
  queue.dissolveGroup(1);
  work = queue.findRun(8, false);
  EXPECT_EQ(Tickets{1}, work->tickets);
  EXPECT_TRUE(work->check && work->time);
}

TEST_F(MeasureQueueTest, ALostChildTakesAlongWhatWasNotExported) {
  submit(3);
  compiled(1, 0);
  compiled(2, 0, "two");
  compiled(3, 1);
  queue.loseChild(0);
  EXPECT_EQ(0, queue.at(1).executable);
  EXPECT_NE(0, queue.at(2).executable);
  EXPECT_NE(0, queue.at(3).executable);
  queue.loseAll();
  EXPECT_EQ(0, queue.at(2).executable);
  EXPECT_EQ("", queue.at(2).exported);
}

TEST_F(MeasureQueueTest, EachIsTakenOnce) {
  submit(3);
  Measurement compile = withOutcome(Outcome::Ok);
  compile.compileSeconds = 3;
  queue.setCompiled(2, 0, 1, "", compile);
  queue.finish(2, withOutcome(Outcome::RunCrash));
  queue.finish(2, withOutcome(Outcome::Ok)); // too late
  EXPECT_EQ(3u, queue.size());
  std::optional<MeasuredCandidate> one = queue.take();
  EXPECT_EQ(2, one->ticket);
  EXPECT_EQ(Outcome::RunCrash, one->measurement.outcome);
  EXPECT_EQ(3, one->measurement.compileSeconds);
  EXPECT_FALSE(queue.take());
  queue.finishAll(withOutcome(Outcome::WorkerLost),
                  [](const OpenCandidate &) { return true; });
  EXPECT_FALSE(queue.hasOpen());
  EXPECT_EQ(1, queue.take()->ticket);
  EXPECT_EQ(3, queue.take()->ticket);
  EXPECT_EQ(0u, queue.size());
}

TEST_F(MeasureQueueTest, KilledFromOutsideThreeTimesIsNoChance) {
  submit(1);
  EXPECT_TRUE(queue.mayTryAgain(1));
  EXPECT_TRUE(queue.mayTryAgain(1));
  EXPECT_FALSE(queue.mayTryAgain(1));
}

} // namespace
