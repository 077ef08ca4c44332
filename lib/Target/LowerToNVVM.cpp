//===- LowerToNVVM.cpp - from linalg on tensors to kernels in the LLVM dialect
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

#include "chameleon/Target/LowerToNVVM.h"
#include "Bufferize.h"
#include "ElementTypes.h"
#include "OutlineKernels.h"
#include "PlainKernels.h"
#include "SmallFloats.h"
#include "StraightLine.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace chameleon {

static void buildKernels(OpPassManager &passes) {
  passes.addPass(std::make_unique<StepPass<ModuleOp>>("build-plain-kernels",
                                                      buildPlainKernels));
  passes.addNestedPass<func::FuncOp>(memref::createFoldMemRefAliasOpsPass());
  passes.addPass(createCSEPass());
  passes.addPass(step<ModuleOp, outlineKernels>("outline-kernels"));
  passes.addPass(createCanonicalizerPass());
}

static void buildNVVM(OpPassManager &passes) {
  OpPassManager &kernels = passes.nest<gpu::GPUModuleOp>();
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createConvertNVGPUToNVVMPass());
  VectorTransferToSCFOptions unrolled;
  unrolled.enableFullUnroll();
  kernels.addNestedPass<gpu::GPUFuncOp>(createConvertVectorToSCFPass(unrolled));
  kernels.addPass(std::make_unique<StepPass<gpu::GPUModuleOp>>(
      "expand-small-floats", [](gpu::GPUModuleOp kernels) {
        expandSmallFloats(kernels);
        return success();
      }));
  kernels.addPass(std::make_unique<StepPass<gpu::GPUModuleOp>>(
      "lower-kernel-math", lowerKernelMath));
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(createConvertVectorToLLVMPass());
  ConvertGpuOpsToNVVMOpsOptions gpu;
  gpu.useBarePtrCallConv = true;
  // Conversions of vectors and of nvgpu use 64 bits.
  gpu.indexBitwidth = 64;
  kernels.addPass(createConvertGpuOpsToNVVMOps(gpu));
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createConvertNVVMToLLVMPass());
}

void buildLowerToNVVMPipeline(OpPassManager &passes,
                              const LowerToNVVMOptions &options) {
  passes.addPass(std::make_unique<StepPass<ModuleOp>>(
      "make-straight-line", [](ModuleOp module) {
        for (auto function : module.getOps<func::FuncOp>())
          makeStraightLine(function);
        return success();
      }));
  passes.addPass(
      std::make_unique<StepPass<ModuleOp>>("check-elements", checkGPUElements));
  buildBufferization(passes);
  buildKernels(passes);
  buildNVVM(passes);
}

} // namespace chameleon
