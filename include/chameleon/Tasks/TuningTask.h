//===- TuningTask.h - operations worth tuning, outlined and deduplicated
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A task is a private function of the module, in destination style, called once
// per occurrence:
//
//   func.func private @conv_64x56x56_64(%image: tensor<1x4x56x56x16xf32>,
//   %weights: …, %bias: …, %out: tensor<1x4x56x56x16xf32>)
//       -> tensor<1x4x56x56x16xf32> attributes {chameleon.task = "3f2a…",
//       chameleon.flops = 231211008 : i64} {
//     %padded = tensor.pad … ; %zero = linalg.fill … ; %conv = linalg.generic …
//     attrs = {chameleon.anchor} ; %y = linalg.generic … outs(%out) attrs =
//     {chameleon.epilogue} ; return %y }
//
// One anchor (`chameleon.anchor`) with its fill, its padding and the
// elementwise consumers that can be fused into it (the last one
// `chameleon.epilogue`). Structurally equal operations share one function: its
// number of calls is the count. The last arguments are the destinations; with
// identity bufferization the function returns nothing.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TASKS_TUNINGTASK_H
#define CHAMELEON_TASKS_TUNINGTASK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <string>

namespace chameleon {

struct TuningTask {
  mlir::func::FuncOp function;
  std::string key;  ///< hash of the structure: operations, maps, shapes, types,
                    ///< inlined scalars; no names, no weights
  std::string name; ///< for people: conv2d 64x56x56 -> 64 3x3 +add+max
  int64_t count = 0; ///< calls in the module
  double flops = 0;  ///< of one call; multiply-add counts two
};

/// Outlines the tasks of every function with a body (but `*_init`). Emits a
/// remark for each operation that is left alone and could have been expected to
/// be a task, with the reason (dynamic shape, unsupported body, …). A module
/// that was outlined before is left as it is, and its tasks are returned.
/// `joinRows`: softmax and normalisation are one task each (RowChain.h), as a
/// target likes it where a kernel costs more to launch than to compute.
mlir::FailureOr<llvm::SmallVector<TuningTask>>
extractTasks(mlir::ModuleOp module, bool joinRows = false);

/// The tasks that a module was outlined into before.
llvm::SmallVector<TuningTask> getTasks(mlir::ModuleOp module);

/// One line a task: count, GFLOP a call, key, name; and a line of totals.
void printTaskTable(llvm::ArrayRef<TuningTask> tasks,
                    llvm::raw_ostream &stream);

/// The task's function alone, public, in a module of its own, as text
/// (MeasureTask::payload).
std::string printTask(const TuningTask &task);

} // namespace chameleon

#endif // CHAMELEON_TASKS_TUNINGTASK_H
