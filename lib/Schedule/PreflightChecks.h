//===- PreflightChecks.h - mistakes in schedules that upstream finds late or
// never
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SCHEDULE_PREFLIGHTCHECKS_H
#define CHAMELEON_LIB_SCHEDULE_PREFLIGHTCHECKS_H

#include "mlir/Dialect/Transform/IR/TransformOps.h"

namespace chameleon {

/// Emits on the operation and fails for knobs in a matcher or in a sequence
/// that a schedule includes, for knobs with equal names, without options or
/// with a default that is none of them, for parameters of unknown type and for
/// zeros as tile sizes.
mlir::LogicalResult checkSchedule(mlir::transform::NamedSequenceOp matcher,
                                  mlir::transform::NamedSequenceOp schedule);

/// The named sequences that `sequence` names, directly or not, callees first;
/// without `sequence` itself.
llvm::SmallVector<mlir::transform::NamedSequenceOp>
getIncludedSequences(mlir::transform::NamedSequenceOp sequence);

} // namespace chameleon

#endif // CHAMELEON_LIB_SCHEDULE_PREFLIGHTCHECKS_H
