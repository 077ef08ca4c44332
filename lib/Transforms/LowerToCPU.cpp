//===- LowerToCPU.cpp - the pass --lower-to-cpu
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToCPU.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace chameleon {
#define GEN_PASS_DEF_LOWERTOCPUPASS
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct LowerToCPU : chameleon::impl::LowerToCPUPassBase<LowerToCPU> {
  using LowerToCPUPassBase::LowerToCPUPassBase;

  /// The pipeline runs inside this pass, so its dialects are this pass's.
  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    mlir::OpPassManager passes(mlir::ModuleOp::getOperationName());
    chameleon::buildLowerToCPUPipeline(passes, {});
    passes.getDependentDialects(registry);
    registry.insert<chameleon::ChameleonDialect>();
  }

  void runOnOperation() override {
    chameleon::LowerToCPUOptions options;
    options.parallel = parallel;
    mlir::OpPassManager passes(mlir::ModuleOp::getOperationName());
    chameleon::buildLowerToCPUPipeline(passes, options);
    if (failed(runPipeline(passes, getOperation())))
      signalPassFailure();
  }
};
} // namespace
