//===- ApplyToTask.h - a resolved schedule onto one task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   if (std::optional<std::string> refusal = applyToTask(*spec, task))
//     remarkLeftAsItIs(task, *refusal);
//
// The task is transformed as its candidates are when they are measured: its
// function alone in a module with the facts of the target. What comes out takes
// the function's place only if it is valid, so a schedule that fails halfway
// leaves the model as it was.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_APPLYTOTASK_H
#define CHAMELEON_TASKS_APPLYTOTASK_H

#include "chameleon/Tasks/TuningTask.h"
#include "mlir/IR/BuiltinOps.h"
#include <optional>

namespace chameleon {

/// Applies what `spec` holds for this task to its function, and replaces it in
/// the module and in `task`. Otherwise returns why not, and changes nothing.
/// Emits nothing.
std::optional<std::string> applyToTask(mlir::ModuleOp spec, TuningTask &task);

/// Why applying `spec` to the task cannot be risked in this process (it takes
/// for ever, crashes, …), found out in a child; or nothing. For schedules of
/// users: those that are built in come to an end. Changes and emits nothing.
std::optional<std::string> rehearseTask(mlir::ModuleOp spec,
                                        const TuningTask &task);

} // namespace chameleon

#endif // CHAMELEON_TASKS_APPLYTOTASK_H
