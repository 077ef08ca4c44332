//===- Bufferize.cpp - from tensors to buffers, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization between steps of our own, which make every function
// write its results into its arguments.
//
//===----------------------------------------------------------------------===//

#include "Bufferize.h"
#include "PrepareForCPU.h"
#include "WidenStorage.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Interfaces/SubsetOpInterface.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace chameleon {

static bufferization::OneShotBufferizationOptions makeBufferizationOptions() {
  bufferization::OneShotBufferizationOptions options;
  options.bufferizeFunctionBoundaries = true;
  options.setFunctionBoundaryTypeConversion(
      bufferization::LayoutMapOption::IdentityLayoutMap);
  options.allowReturnAllocsFromLoops = true;
  return options;
}

/// As upstream's pass of this name, which looks at each function alone and so
/// takes destinations, being arguments, for read-only.
static LogicalResult eliminateEmptyTensors(ModuleOp module) {
  // The analysis takes as long as that of the bufferization proper, and is for
  // empty tensors that become part of other ones.
  bool insertsTensors =
      module
          .walk([](SubsetInsertionOpInterface insertion) {
            return isa<TensorType>(insertion.getSourceOperand().get().getType())
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          })
          .wasInterrupted();
  bool hasEmptyTensors =
      module.walk([](tensor::EmptyOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  if (!insertsTensors || !hasEmptyTensors)
    return success();
  bufferization::OneShotBufferizationOptions options =
      makeBufferizationOptions();
  bufferization::OneShotAnalysisState state(module, options);
  if (failed(bufferization::analyzeModuleOp(module, state)))
    return failure();
  IRRewriter rewriter(module.getContext());
  if (failed(bufferization::eliminateEmptyTensors(rewriter, module, state)))
    return failure();
  dropNeedlessMaterializations(module);
  return success();
}

void buildBufferization(OpPassManager &passes, bool serial) {
  passes.addPass(std::make_unique<StepPass<ModuleOp>>(
      "prepare-for-bufferization", prepareForBufferization));
  passes.addPass(std::make_unique<StepPass<ModuleOp>>("eliminate-empty-tensors",
                                                      eliminateEmptyTensors));
  passes.addPass(bufferization::createEmptyTensorToAllocTensorPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  bufferize.allowReturnAllocsFromLoops = true;
  passes.addPass(bufferization::createOneShotBufferizePass(bufferize));
  passes.addPass(createCanonicalizer());
  passes.addPass(step<ModuleOp, returnNothing>("return-nothing"));
  passes.addPass(
      std::make_unique<StepPass<ModuleOp>>("widen-storage", widenStorage));
  passes.addPass(createCSEPass());
  OpPassManager &functions = passes.nest<func::FuncOp>();
  if (serial)
    functions.addPass(createForallToForLoopPass());
  functions.addPass(bufferization::createBufferHoistingPass());
  functions.addPass(bufferization::createBufferLoopHoistingPass());
}

} // namespace chameleon
