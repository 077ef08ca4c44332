//===- Rehearse.h - applying a user's schedule in a child first
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tasks. A schedule is a program: it may run for ever, unroll a
// loop two billion times, or find what upstream does not check and crash. Who
// applies it survives that.
//
//   if (std::optional<std::string> end = rehearse(spec, payload))
//     return *end;                     // "it takes more than 60 s"
//
// The child has a context of its own, without threads (a fork has none of its
// parent's), and reads both modules from text.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TASKS_REHEARSE_H
#define CHAMELEON_LIB_TASKS_REHEARSE_H

#include "mlir/IR/BuiltinOps.h"
#include <optional>
#include <string>

namespace chameleon {

/// Applies `spec` to a copy of `payload` in a child process, within a minute
/// and half a gigabyte. Returns what the schedule does to it, if it does not
/// come to an end; whether it succeeds is not asked.
std::optional<std::string> rehearse(mlir::ModuleOp spec,
                                    mlir::ModuleOp payload);

} // namespace chameleon

#endif // CHAMELEON_LIB_TASKS_REHEARSE_H
