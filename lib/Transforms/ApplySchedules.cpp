//===- ApplySchedules.cpp - apply tuned schedules; measures nothing
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/ApplySchedules.h"
#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/RecordedSchedules.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_APPLYSCHEDULES
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct ApplySchedulesPass
    : chameleon::impl::ApplySchedulesBase<ApplySchedulesPass> {
  using ApplySchedulesBase::ApplySchedulesBase;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    chameleon::registerAll(registry);
  }

  void runOnOperation() override {
    chameleon::ApplyOptions options;
    options.spec = spec;
    chameleon::RecordedSchedules records(database);
    if (!database.empty())
      options.source = &records;
    options.target = target;
    options.threads = threads;
    options.precision = precision;
    options.libraries.assign(libraries.begin(), libraries.end());
    options.prepare = prepare;
    options.defaults = defaults;
    mlir::FailureOr<int64_t> applied =
        chameleon::applySchedules(getOperation(), options);
    if (failed(applied))
      return signalPassFailure();
    numApplied = *applied;
  }
};
} // namespace
