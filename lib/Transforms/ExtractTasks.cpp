//===- ExtractTasks.cpp - outline the operations worth tuning, and list them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Tasks/TuningTask.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_EXTRACTTASKS
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct ExtractTasksPass : chameleon::impl::ExtractTasksBase<ExtractTasksPass> {
  using ExtractTasksBase::ExtractTasksBase;

  void runOnOperation() override {
    mlir::FailureOr<llvm::SmallVector<chameleon::TuningTask>> tasks =
        chameleon::extractTasks(getOperation(), joinRows);
    if (failed(tasks))
      return signalPassFailure();
    numTasks = tasks->size();
    for (const chameleon::TuningTask &task : *tasks)
      numCalls += task.count;
    if (table)
      chameleon::printTaskTable(*tasks, llvm::errs());
  }
};
} // namespace
