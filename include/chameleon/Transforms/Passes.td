//===- Passes.td - Chameleon's passes, alphabetical
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMS_PASSES
#define CHAMELEON_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def ApplySchedules : Pass<"apply-schedules", "::mlir::ModuleOp"> {
  let summary = "Apply tuned schedules; measures nothing";
}

def AssignLayouts : Pass<"assign-layouts", "::mlir::ModuleOp"> {
  let summary = "Give each convolution the layout that its target likes";
}

def ExtractTasks : Pass<"extract-tasks", "::mlir::ModuleOp"> {
  let summary = "Outline the operations worth tuning";
  let description = [{
    Moves every operation worth tuning, with its fill, its padding and the elementwise operations that can be computed on its
    tiles, into a private function in destination style, and leaves a call. Structurally equal operations share one function.
    A table of the tasks goes to stderr. What is left alone gets a remark with the reason.
  }];
  let options = [Option<"table", "table", "bool", /*default=*/"true", "Print the tasks to stderr">];
  let statistics = [
    Statistic<"numTasks", "tasks", "Structurally different operations">,
    Statistic<"numCalls", "calls", "Operations that tasks stand for">
  ];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::tensor::TensorDialect"];
}

def HoistConstants : Pass<"hoist-constants", "::mlir::ModuleOp"> {
  let summary = "Outline computation on weights alone into an initialiser";
}

def LowerToCPU : Pass<"lower-to-cpu", "::mlir::ModuleOp"> {
  let summary = "Lower linalg on tensors to the LLVM dialect";
}

def PrepareModel : Pass<"prepare-model", "::mlir::ModuleOp"> {
  let summary = "Simplify what front ends emit";
}

def TuneSchedules : Pass<"tune-schedules", "::mlir::ModuleOp"> {
  let summary = "Search, measure and embed the best schedule of each task";
}

#endif // CHAMELEON_TRANSFORMS_PASSES
