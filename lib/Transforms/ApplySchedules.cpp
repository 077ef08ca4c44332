//===- ApplySchedules.cpp - not implemented yet
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_APPLYSCHEDULES
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct ApplySchedulesPass : chameleon::impl::ApplySchedulesBase<ApplySchedulesPass> {
  void runOnOperation() override {
    getOperation().emitError("--") << getArgument() << " is not implemented";
    signalPassFailure();
  }
};
} // namespace
