//===- TaskScheduler.h - which task deserves the next trials
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rule of Ansor (Zheng et al., OSDI 2020, section 6) as MetaSchedule
// simplified it: spend the next batch where the model as a whole is expected to
// gain most a trial. A task's expected gain is its weight (number of calls)
// times a mixture of
//  - its own recent slope: time gained a trial over the last `window` batches,
//  and
//  - what it could gain if its speed-up went on as 1/n: best time / trials.
// A task whose last batches hardly shortened the whole model rests, so that a
// run ends when nothing is worth another batch.
//
// Among the schedules of one task the rule is another, `pickSchedule`.
//
// Pure numbers without LLVM, tested on made-up histories; ModelReplay.h runs it
// on recorded spaces.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TASKSCHEDULER_H
#define CHAMELEON_TUNING_TASKSCHEDULER_H

#include <cstdint>
#include <optional>
#include <vector>

namespace chameleon {

struct TaskProgress {
  double weight = 1;        ///< calls in the model
  std::vector<double> best; ///< best time so far after each batch, seconds
  bool finished = false; ///< budget spent, space exhausted, or no gain for long
  bool inFlight = false; ///< a batch of it is being measured: no other before
                         ///< that is known
};

struct TaskSchedulerOptions {
  double alpha = 0.2; ///< share of the recent slope in the gradient
                      ///< (MetaSchedule's default)
  unsigned window =
      3; ///< batches over which the slope is taken (MetaSchedule's default)
  /// A task rests once its last `restWindow` batches together have taken less
  /// than this share off the time of the whole model (0: never). Larger:
  /// shorter runs, which leave small tasks and slow improvements alone.
  double minimalGain = 0;
  /// Must be longer than a search's initial design, whose trials gain little.
  unsigned restWindow = 8;
};

/// Index of the task to give the next batch to, or nothing when all are
/// finished, in flight or rest. Every task gets one batch first. A task that
/// rests may be wanted again: as others get faster, its share of the model
/// grows. Batches of several tasks may be in flight; the caller asks as often
/// as there is room.
std::optional<size_t> pickTask(const std::vector<TaskProgress> &tasks,
                               const TaskSchedulerOptions &options = {});

/// One of the schedules that compete for the trials of a task.
struct ScheduleProgress {
  std::vector<double> best; ///< best time so far after each trial, seconds; 0:
                            ///< nothing was right yet
  bool exhausted = false;   ///< it can propose nothing more
  bool converged = false;   ///< its search expects nothing much faster

  double now() const { return best.empty() ? 0 : best.back(); }
};

/// Index of the schedule to give the next batch of the task to: the one that
/// would be fastest if each gained as much as the fastest did from where it had
/// as many trials, and beyond that what its trials may have left: down to a
/// third after one, to two thirds after four, and so on. So equal ones share,
/// and one that is r times slower gets no more than 2 / (r - 1) trials, and a
/// batch more. Ties: the first. Nothing: all are exhausted.
std::optional<size_t>
pickSchedule(const std::vector<ScheduleProgress> &schedules);

/// Whether that schedule, given trials, may still become the fastest.
bool mayWin(const std::vector<ScheduleProgress> &schedules, size_t schedule);

} // namespace chameleon

#endif // CHAMELEON_TUNING_TASKSCHEDULER_H
