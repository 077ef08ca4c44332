//===- MatchTask.h - the schedules that apply to a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   MatchedTask matched = matchTask(task, library, target.toDLTI(context));
//   for (const TaskSchedule &schedule : matched.schedules)
//     schedule.space.getDefault();
//
// What tuning searches and what applying chooses from. Nothing is compiled.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_MATCHTASK_H
#define CHAMELEON_TASKS_MATCHTASK_H

#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Tasks/TuningTask.h"

namespace chameleon {

/// A schedule that applies to a task. Valid as long as its library.
struct TaskSchedule {
  MatchedSchedule match;
  DesignSpace space; ///< has a legal configuration
  std::string name;  ///< `builtin:cpu/conv_nchwc@conv_nchwc`
};

struct MatchedTask {
  TuningTask task;
  /// The task's function alone, public, in a module with the facts of the
  /// target, as text (MeasureTask::payload).
  std::string payload;
  /// Empty: the task stays as it is.
  llvm::SmallVector<TaskSchedule, 1> schedules;
};

/// Finds the schedule of a task: the first that matches and has a legal
/// configuration. If there is none, a remark on the task's function says why.
/// `targetFacts` is the target's DLTI attribute.
MatchedTask matchTask(const TuningTask &task, const ScheduleLibrary &library,
                      mlir::Attribute targetFacts);

/// The text of a spec that applies this configuration to the task of this key;
/// empty if the configuration is not legal.
std::string printSpec(llvm::StringRef taskKey, const TaskSchedule &schedule,
                      llvm::ArrayRef<int32_t> configuration);

} // namespace chameleon

#endif // CHAMELEON_TASKS_MATCHTASK_H
