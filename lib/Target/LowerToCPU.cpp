//===- LowerToCPU.cpp - from linalg on tensors to the LLVM dialect
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of passes; facts/native.md and facts/cpu-convolution.md tell what
// each of them is worth.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToCPU.h"
#include "MemoryPlan.h"
#include "PrepareForCPU.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace chameleon {
namespace {

/// A step of this room inside the pipeline. The steps are not registered: only
/// the pipeline as a whole has a name.
template <typename OpT>
class StepPass : public PassWrapper<StepPass<OpT>, OperationPass<OpT>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(StepPass)
  using Step = LogicalResult (*)(OpT);
  StepPass(StringRef name, Step step) : name(name), step(step) {}

  StringRef getName() const override { return name; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<affine::AffineDialect, arith::ArithDialect,
                    bufferization::BufferizationDialect, linalg::LinalgDialect,
                    LLVM::LLVMDialect, memref::MemRefDialect, scf::SCFDialect,
                    tensor::TensorDialect>();
  }
  void runOnOperation() override {
    if (failed(step(this->getOperation())))
      this->signalPassFailure();
  }

private:
  StringRef name;
  Step step;
};

} // namespace

/// Adds a step that cannot fail.
template <typename OpT, void (*function)(OpT)>
static std::unique_ptr<Pass> step(StringRef name) {
  return std::make_unique<StepPass<OpT>>(name, [](OpT operation) {
    function(operation);
    return success();
  });
}

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

static void buildBufferization(OpPassManager &passes) {
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
  passes.addPass(createCanonicalizerPass());
  passes.addPass(step<ModuleOp, returnNothing>("return-nothing"));
  passes.addPass(createCSEPass());
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(bufferization::createBufferHoistingPass());
  functions.addPass(bufferization::createBufferLoopHoistingPass());
  functions.addPass(step<func::FuncOp, promoteThreadLocalBuffers>(
      "promote-thread-local-buffers"));
  passes.addPass(step<ModuleOp, planMemory>("plan-memory"));
  bufferization::BufferDeallocationPipelineOptions deallocation;
  bufferization::buildBufferDeallocationPipeline(passes, deallocation);
}

static void buildLoops(OpPassManager &passes,
                       const LowerToCPUOptions &options) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(
      step<func::FuncOp, expandStridedCopies>("expand-strided-copies"));
  functions.addPass(step<func::FuncOp, prepareForLoops>("prepare-for-loops"));
  functions.addPass(createConvertLinalgToLoopsPass());
  functions.addPass(memref::createFoldMemRefAliasOpsPass());
  VectorTransferToSCFOptions unrolled;
  unrolled.enableFullUnroll();
  functions.addPass(createConvertVectorToSCFPass(unrolled));
  functions.addPass(vector::createLowerVectorMultiReductionPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(std::make_unique<StepPass<func::FuncOp>>("approximate-math",
                                                             approximateMath));
  functions.addPass(math::createMathUpliftToFMA());
  if (options.parallel) {
    functions.addPass(createForallToParallelLoopPass());
    passes.addPass(createConvertSCFToOpenMPPass());
    passes.addNestedPass<func::FuncOp>(
        step<func::FuncOp, liftAllocasToThreads>("lift-allocas-to-threads"));
  } else {
    functions.addPass(createForallToForLoopPass());
  }
}

static void buildLLVM(OpPassManager &passes, const LowerToCPUOptions &options) {
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(step<ModuleOp, finishFunctions>("finish-functions"));
  ConvertVectorToLLVMPassOptions vectors;
  vectors.vectorContractLowering = vector::VectorContractLowering::OuterProduct;
  passes.addPass(createConvertVectorToLLVMPass(vectors));
  passes.addPass(createLowerAffinePass());
  FinalizeMemRefToLLVMConversionPassOptions memory;
  memory.useAlignedAlloc = true;
  passes.addPass(createFinalizeMemRefToLLVMConversionPass(memory));
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createConvertIndexToLLVMPass());
  ConvertFuncToLLVMPassOptions calls;
  calls.useBarePtrCallConv = true;
  passes.addPass(createConvertFuncToLLVMPass(calls));
  passes.addPass(createConvertControlFlowToLLVMPass());
  // Not earlier: this pass also converts functions, but to descriptors instead
  // of bare pointers.
  if (options.parallel)
    passes.addPass(createConvertOpenMPToLLVMPass());
  passes.addPass(createUBToLLVMConversionPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

void buildLowerToCPUPipeline(OpPassManager &passes,
                             const LowerToCPUOptions &options) {
  buildBufferization(passes);
  buildLoops(passes, options);
  buildLLVM(passes, options);
}

} // namespace chameleon
