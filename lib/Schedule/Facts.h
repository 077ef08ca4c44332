//===- Facts.h - what constraints need to know of a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Facts are operands of constraints that come from the payload or its target.
// They are computed at the schedule's entry, on a copy of the task, by
// interpreting only the operations that they depend on.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SCHEDULE_FACTS_H
#define CHAMELEON_LIB_SCHEDULE_FACTS_H

#include "chameleon/Schedule/ScheduleLibrary.h"

namespace chameleon {

/// Tries `matcher` on a copy of `task`: on the operations marked
/// `chameleon.anchor`, of which the first that is accepted wins, or on every
/// operation if none is marked. In the latter case several accepted ones are
/// ambiguous, which gives a remark and no match. `refusal` is set to the first
/// remark that the matcher itself gives.
std::optional<MatchedAnchor>
findAnchor(mlir::transform::NamedSequenceOp matcher, mlir::func::FuncOp task,
           std::string *refusal = nullptr);

/// Builds the operations that find in `function` (a handle) what `matcher`
/// yields for `anchor`.
mlir::ValueRange buildMatch(mlir::OpBuilder &builder, mlir::Location location,
                            mlir::Value function,
                            mlir::transform::NamedSequenceOp matcher,
                            mlir::FlatSymbolRefAttr matcherName,
                            const MatchedAnchor &anchor);

/// The values of `facts`, parameters defined in `schedule`, for `task`. Without
/// a matcher, the schedule's only argument is the operation marked
/// `chameleon.anchor`. Emits on the operation concerned and fails if a fact
/// depends on a knob or on an operation that changes the payload, or cannot be
/// computed.
mlir::FailureOr<llvm::SmallVector<mlir::Attribute>>
computeFacts(llvm::ArrayRef<mlir::Value> facts,
             mlir::transform::NamedSequenceOp schedule,
             mlir::transform::NamedSequenceOp matcher, mlir::func::FuncOp task);

} // namespace chameleon

#endif // CHAMELEON_LIB_SCHEDULE_FACTS_H
