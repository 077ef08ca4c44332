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

/// A schedule whose matcher recognises a task to which it does not apply.
struct RefusedSchedule {
  std::string name;   ///< empty: it holds for all schedules
  std::string reason; ///< what was expected and found, with notes
  bool operator==(const RefusedSchedule &) const = default;
};

struct MatchedTask {
  TuningTask task;
  /// The task's function alone, public, in a module with the facts of the
  /// target, as text (MeasureTask::payload).
  std::string payload;
  /// All that apply, in the library's order. Empty: the task stays as it is.
  llvm::SmallVector<TaskSchedule, 1> schedules;
  llvm::SmallVector<RefusedSchedule, 0> refused;
};

/// A configuration of one of a task's schedules.
struct ScheduleChoice {
  size_t schedule = 0; ///< in MatchedTask::schedules
  Configuration configuration;

  bool operator==(const ScheduleChoice &) const = default;
};

/// Finds the schedules of a task: those that match and have a legal
/// configuration, each by the first matcher that accepts the task; where there
/// is none, the fallbacks. Emits
/// nothing. `targetFacts` is the target's DLTI attribute.
MatchedTask matchTask(const TuningTask &task, const ScheduleLibrary &library,
                      mlir::Attribute targetFacts);

/// Why the task stays as it is, or in what a user's schedule does not apply to
/// it, as one remark on its function; nothing where there is nothing to say.
void remarkOnRefusals(const MatchedTask &task);

/// The remark for a task which stays as it is.
void remarkLeftAsItIs(const TuningTask &task, llvm::StringRef reason);

/// "schedule 'a@b': it is too large; schedule …".
std::string describe(llvm::ArrayRef<RefusedSchedule> refused);

/// The text of a spec that applies this configuration to the task of this key;
/// empty if the configuration is not legal.
std::string printSpec(llvm::StringRef taskKey, const TaskSchedule &schedule,
                      llvm::ArrayRef<int32_t> configuration);

} // namespace chameleon

#endif // CHAMELEON_TASKS_MATCHTASK_H
