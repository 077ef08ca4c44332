//===- TaskExchange.h - what tasks of one run learn from each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tuning. Tasks that one schedule is searched for share a cost
// model: before a task is asked for its next batch, its search is told the
// trials of the others (Search.h, chameleonSearchTellRelated), which the model
// believes as far as they agree. Tasks of other schedules have other knobs and
// are not told.
//
// What a task is told depends on which batches of others are complete when its
// turn comes, hence on the order in which they end, but on nothing else: the
// same order and the same measured values give the same trials.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TUNING_TASKEXCHANGE_H
#define CHAMELEON_LIB_TUNING_TASKEXCHANGE_H

#include "chameleon/Tuning/TaskTuner.h"

namespace chameleon {

class TaskExchange {
public:
  /// `tasks` must outlive it.
  explicit TaskExchange(llvm::ArrayRef<std::unique_ptr<TaskTuner>> tasks);

  /// Tells the search of a task's schedule, which is started, what is known of
  /// the same schedule of other tasks and was not told before; the task that is
  /// most like it first.
  void inform(size_t task, size_t schedule);

private:
  struct Source {
    size_t task, schedule;
    int64_t told; ///< trials
  };
  llvm::ArrayRef<std::unique_ptr<TaskTuner>> tasks;
  /// By task and schedule, nearest first.
  std::vector<std::vector<std::vector<Source>>> sources;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TUNING_TASKEXCHANGE_H
