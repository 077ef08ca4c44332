//===- ApplySchedules.h - tuned schedules onto a module, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   ApplyOptions options;
//   options.defaults = true;
//   FailureOr<int64_t> applied = applySchedules(module, options);
//
// Where the schedules come from, the first that applies: a spec file or the
// spec embedded in the module, a source of the caller's (a tuning database:
// Tuning/RecordedSchedules.h). Tasks without a tuned schedule get the default
// configuration of the built-in ones if `defaults` is set, else stay plain.
// Nothing is measured; no database, worker or search library is linked.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_APPLYSCHEDULES_H
#define CHAMELEON_TASKS_APPLYSCHEDULES_H

#include "chameleon/Target/Device.h"
#include "chameleon/Tasks/MatchTask.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace chameleon {

/// Knows the best configurations of tasks.
class ScheduleSource {
public:
  virtual ~ScheduleSource() = default;
  /// Called once, before any `choose`.
  virtual llvm::Error open(const Device &device) = 0;
  /// Nothing: it does not know the task.
  virtual llvm::Expected<std::optional<ScheduleChoice>>
  choose(const MatchedTask &task) = 0;
};

struct ApplyOptions {
  std::string
      spec; ///< a file: a spec library, or a tuned module that embeds one
  ScheduleSource *source = nullptr;
  std::string target = "auto"; ///< whose layouts and records
  unsigned threads = 0;
  Precision precision = Precision::Default;
  std::vector<std::string> libraries;
  bool prepare = true; ///< prepare and extract a module that has no tasks yet,
                       ///< hoist what schedules compute from constants alone
  bool defaults = false;
};

/// Returns how many tasks got a schedule. A task to which its schedule cannot
/// be applied stays as it is, with a remark that says why. Emits and fails if
/// there is no source of schedules at all, or a file, library or the source
/// cannot be read. A spec that knows none of the module's tasks is a warning.
mlir::FailureOr<int64_t> applySchedules(mlir::ModuleOp module,
                                        const ApplyOptions &options);

/// Applies the schedules of a spec to those of `tasks` that it knows, in a
/// module with the facts of the target. One to which its schedule cannot be
/// applied stays as it is, with a remark. Returns how many got theirs; nothing
/// if the spec knows none of them.
std::optional<int64_t>
applySpecToTasks(mlir::ModuleOp spec, llvm::MutableArrayRef<TuningTask> tasks);

} // namespace chameleon

#endif // CHAMELEON_TASKS_APPLYSCHEDULES_H
