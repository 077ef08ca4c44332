//===- LowerToCPU.cpp - from linalg on tensors to the LLVM dialect
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToCPU.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace {
/// Packs and unpacks become pads, transposes and reshapes.
struct LowerPacks : PassWrapper<LowerPacks, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerPacks)
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    for (Operation *op : llvm::to_vector(llvm::make_filter_range(getOperation().getOps<ModuleOp>(), [](ModuleOp){return true;})))
      op->erase();
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<linalg::PackOp, linalg::UnPackOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      if (auto pack = dyn_cast<linalg::PackOp>(op)) {
        if (failed(linalg::lowerPack(rewriter, pack)))
          return signalPassFailure();
      } else if (failed(linalg::lowerUnPack(rewriter, cast<linalg::UnPackOp>(op))))
        return signalPassFailure();
    }
  }
};
} // namespace

void chameleon::buildLowerToCPUPipeline(OpPassManager &passes, const LowerToCPUOptions &options) {
  passes.addPass(std::make_unique<LowerPacks>());
  std::string text = R"(
    func.func(math-uplift-to-fma),eliminate-empty-tensors,empty-tensor-to-alloc-tensor,
    one-shot-bufferize{bufferize-function-boundaries=1 function-boundary-type-conversion=identity-layout-map buffer-alignment=64},
    drop-equivalent-buffer-results,buffer-results-to-out-params{hoist-static-allocs=1 modify-public-functions=1},
    canonicalize,cse,
    func.func(buffer-hoisting,buffer-loop-hoisting,promote-buffers-to-stack),buffer-deallocation-pipeline,
    func.func(convert-linalg-to-loops),
)";
  text += options.parallel ? "func.func(scf-forall-to-parallel),convert-scf-to-openmp," : "func.func(scf-forall-to-for),";
  text += R"(
    fold-memref-alias-ops,convert-vector-to-scf{full-unroll=1},
    func.func(lower-vector-multi-reduction),expand-strided-metadata,lower-affine,convert-scf-to-cf,
    convert-vector-to-llvm{vector-contract-lowering=outerproduct},lower-affine,
    convert-math-to-llvm,convert-math-to-libm,
    finalize-memref-to-llvm{use-aligned-alloc=1},convert-func-to-llvm{use-bare-ptr-memref-call-conv=1},convert-openmp-to-llvm,
    convert-arith-to-llvm,convert-index-to-llvm,convert-cf-to-llvm,convert-ub-to-llvm,
    reconcile-unrealized-casts)";
  std::string flat;
  for (char c : text)
    if (c != '\n' )
      flat += c;
  if (failed(parsePassPipeline(flat, passes)))
    llvm::report_fatal_error("pipeline");
}
