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
#include "Bufferize.h"
#include "MemoryPlan.h"
#include "PrepareForCPU.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace chameleon {

static void buildMemory(OpPassManager &passes) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
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
  // What has no intrinsic: erf and the like in double precision, of which
  // there are no polynomials here.
  passes.addPass(createConvertMathToLibmPass());
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
  buildMemory(passes);
  buildLoops(passes, options);
  buildLLVM(passes, options);
}

} // namespace chameleon
