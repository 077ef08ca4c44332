//===- Passes.h - Chameleon's passes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMS_PASSES_H
#define CHAMELEON_TRANSFORMS_PASSES_H

#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "chameleon/Tuning/Progress.h"
#include "chameleon/Tuning/TuneModule.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

#define GEN_PASS_DECL
#include "chameleon/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "chameleon/Transforms/Passes.h.inc"

/// Every upstream dialect, extension and translation that Chameleon's pipelines
/// and schedules use, its own transform ops, and its backends.
void registerAll(mlir::DialectRegistry &registry);

/// Files of the tool that runs the passes, each with what it is: passes that
/// tune refuse to write a database or a recording there.
void keepOffTuning(mlir::OpPassManager &manager,
                   llvm::ArrayRef<TuningOptions::File> files);

} // namespace chameleon

#endif // CHAMELEON_TRANSFORMS_PASSES_H
