//===- LowerToCPU.cpp - from linalg on tensors to the LLVM dialect
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of passes; docs/rationale.md tells what they are worth.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToCPU.h"
#include "Bufferize.h"
#include "ConvertToLLVM.h"
#include "ElementTypes.h"
#include "HalfFloats.h"
#include "MemoryPlan.h"
#include "PrepareForCPU.h"
#include "SmallFloats.h"
#include "chameleon/IR/WidenHalf.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace chameleon {

namespace {

/// Upstream's pipeline of nine passes, where there is anything to free: a
/// candidate's buffers have mostly found a place in an arena or on the stack,
/// or are freed by planThreadMemory.
struct DeallocateBuffers
    : PassWrapper<DeallocateBuffers, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(DeallocateBuffers)

  DeallocateBuffers() : pipeline(ModuleOp::getOperationName()) {
    bufferization::buildBufferDeallocationPipeline(pipeline, {});
  }
  DeallocateBuffers(const DeallocateBuffers &other)
      : PassWrapper(other), pipeline(other.pipeline) {}

  StringRef getName() const override { return "deallocate-buffers"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    pipeline.getDependentDialects(registry);
  }
  void runOnOperation() override {
    bool ownsBuffers =
        getOperation()
            .walk([](Operation *operation) {
              if (auto alloc = dyn_cast<memref::AllocOp>(operation);
                  alloc && belongsToThread(alloc))
                return WalkResult::advance();
              return isa<memref::AllocOp, memref::ReallocOp,
                         bufferization::CloneOp>(operation) ||
                             (isa<CallOpInterface>(operation) &&
                              llvm::any_of(operation->getResultTypes(),
                                           llvm::IsaPred<BaseMemRefType>))
                         ? WalkResult::interrupt()
                         : WalkResult::advance();
            })
            .wasInterrupted();
    if (!ownsBuffers)
      return;
    if (failed(runPipeline(pipeline, getOperation())))
      return signalPassFailure();
    inlineHelper();
  }

  /// Where control flow decides what is freed, upstream calls a function of
  /// buffers of any length, which cannot be called by bare pointers.
  void inlineHelper() {
    SmallVector<func::CallOp> calls;
    func::FuncOp helper;
    getOperation().walk([&](func::CallOp call) {
      if (!call.getCallee().starts_with("dealloc_helper"))
        return;
      auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
          call, call.getCalleeAttr());
      if (!callee || llvm::none_of(callee.getArgumentTypes(), [](Type type) {
            auto buffer = dyn_cast<MemRefType>(type);
            return buffer && !buffer.hasStaticShape();
          }))
        return;
      helper = callee;
      calls.push_back(call);
    });
    for (func::CallOp call : calls) {
      OpBuilder builder(call);
      IRMapping mapping;
      mapping.map(helper.getArguments(), call.getOperands());
      for (Operation &op : helper.getBody().front().without_terminator())
        builder.clone(op, mapping);
      call.erase();
    }
    if (helper)
      helper.erase();
  }

private:
  OpPassManager pipeline;
};

} // namespace

static void buildMemory(OpPassManager &passes) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(step<func::FuncOp, promoteThreadLocalBuffers>(
      "promote-thread-local-buffers"));
  passes.addPass(step<ModuleOp, planMemory>("plan-memory"));
  passes.addPass(std::make_unique<DeallocateBuffers>());
  passes.addNestedPass<func::FuncOp>(
      step<func::FuncOp, planThreadMemory>("plan-thread-memory"));
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
  functions.addPass(createCanonicalizer());
  functions.addPass(std::make_unique<StepPass<func::FuncOp>>(
      "expand-small-floats", [](func::FuncOp function) {
        expandSmallFloats(function);
        return success();
      }));
  functions.addPass(std::make_unique<StepPass<func::FuncOp>>(
      "compute-halves-in-float", computeHalvesInFloat));
  functions.addPass(
      step<func::FuncOp, makeDivisionsSafe>("make-divisions-safe"));
  functions.addPass(std::make_unique<StepPass<func::FuncOp>>("approximate-math",
                                                             approximateMath));
  functions.addPass(math::createMathUpliftToFMA());
  if (options.parallel) {
    functions.addPass(createForallToParallelLoopPass());
    passes.addPass(createConvertSCFToOpenMPPass());
    passes.addNestedPass<func::FuncOp>(
        step<func::FuncOp, liftAllocasToThreads>("lift-allocas-to-threads"));
  }
}

static void buildLLVM(OpPassManager &passes) {
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createLowerAffinePass());
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(step<ModuleOp, finishFunctions>("finish-functions"));
  ConvertVectorToLLVMPassOptions vectors;
  vectors.vectorContractLowering = vector::VectorContractLowering::OuterProduct;
  passes.addPass(createConvertVectorToLLVMPass(vectors));
  passes.addPass(
      std::make_unique<StepPass<ModuleOp>>("convert-to-llvm", convertToLLVM));
  passes.addPass(createReconcileUnrealizedCastsPass());
}

void buildLowerToCPUPipeline(OpPassManager &passes,
                             const LowerToCPUOptions &options) {
  passes.addPass(
      std::make_unique<StepPass<ModuleOp>>("check-elements", checkCPUElements));
  passes.addNestedPass<func::FuncOp>(std::make_unique<StepPass<func::FuncOp>>(
      "widen-half-precision", [](func::FuncOp function) {
        widenHalfPrecision(function, /*beforeReductions=*/true);
        return success();
      }));
  buildBufferization(passes, /*serial=*/!options.parallel);
  buildMemory(passes);
  buildLoops(passes, options);
  buildLLVM(passes);
}

} // namespace chameleon
