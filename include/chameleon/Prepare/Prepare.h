//===- Prepare.h - the graph comes before the tasks: simplify, lay out, hoist
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The graph comes before the tasks. Three library functions, each useful alone,
// each a pass of the same name in Transforms:
//
//   simplifyModel(module);                       // --prepare-model
//   assignLayouts(module, layoutOptions);        // --assign-layouts
//   hoistConstants(module);                      // --hoist-constants
//
// After all three a public function @main(%input…) has become
//   func.func @main(%input…, %c0: tensor<…> {chameleon.constant = 0 : i64}, …)
//   attributes {chameleon.init = @main_init} func.func @main_init() ->
//   (tensor<…>, …)      // runs once, at load: result i is the argument with
//   chameleon.constant = i
// and between its anchors (convolutions, matmuls, pools, reductions) only fused
// elementwise generics are left.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_PREPARE_PREPARE_H
#define CHAMELEON_PREPARE_PREPARE_H

#include "chameleon/IR/LayoutOptions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

namespace chameleon {

/// Simplifies what front ends emit; see docs/preparation.md for every pattern
/// with its reason.
///  - `cf.assert` inside linalg bodies erased, compare-and-select → min/max,
///  dead results, f64 islands → f32, `fpowi 2` → mul,
///    lossy truncations of constants folded, bias broadcasts → zero fill +
///    epilogue add
///  - batch norm folded into weights and bias, elementwise chains fused under
///  control (never into a reduction that reads an anchor)
mlir::LogicalResult simplifyModel(mlir::ModuleOp module);

/// Packs convolutions, depthwise convolutions, pools and the elementwise
/// operations connected with them; moves packs and unpacks until they cancel.
mlir::LogicalResult assignLayouts(mlir::ModuleOp module,
                                  const LayoutOptions &options);

/// Outlines computation that depends on constants alone into
/// `@<function>_init`. Never a value more than four times its inputs. Tasks
/// that are called take part: what they compute from constants alone moves to
/// their callers first.
mlir::LogicalResult hoistConstants(mlir::ModuleOp module);

/// The same for a task on its own, whose constant arguments have the attribute
/// `chameleon.constant`:
///   func.func @task(%x, %w {chameleon.constant}, %panels: tensor<…>
///   {chameleon.constant}, %result)  attributes {chameleon.init = @task_init,
///   …} func.func @task_init(%w) -> tensor<…>      // takes the constant
///   arguments
/// Returns the new function, null if nothing is computed from constants alone.
mlir::FailureOr<mlir::func::FuncOp> outlineConstants(mlir::func::FuncOp task);

/// Gives `dense_resource` constants that have no data ("weights elided") seeded
/// random values: uniform in ±1/sqrt(fan-in), positive for operands of
/// sqrt/rsqrt. Returns how many were filled.
mlir::FailureOr<int64_t> fillMissingConstants(mlir::ModuleOp module,
                                              uint64_t seed);

/// Gives `dense_resource` constants that have no data what a file holds under
/// their names (WeightFile.h), before or after lowering. Returns how many got
/// theirs; emits and fails if none does, a type differs or the file cannot be
/// read.
mlir::FailureOr<int64_t> loadWeights(mlir::ModuleOp module,
                                     llvm::StringRef path);

} // namespace chameleon

#endif // CHAMELEON_PREPARE_PREPARE_H
