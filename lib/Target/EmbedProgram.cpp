//===- EmbedProgram.cpp - compiled kernels in a module for MLIR's own runner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chameleon itself runs a list of launches (LaunchList.cpp) and reads nothing
// of this; upstream's gpu-to-llvm does.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToNVVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace chameleon {

/// Each `gpu.module` becomes a `gpu.binary` of the same name that holds the
/// PTX.
static void replaceByBinary(ModuleOp module, const NVVMProgram &program,
                            const LowerToNVVMOptions &options) {
  MLIRContext *context = module.getContext();
  for (auto kernels :
       llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>())) {
    OpBuilder builder(kernels);
    auto target = NVVM::NVVMTargetAttr::get(context, /*optLevel=*/1,
                                            "nvptx64-nvidia-cuda", options.chip,
                                            options.features);
    Attribute object =
        gpu::ObjectAttr::get(context, target, gpu::CompilationTarget::Assembly,
                             builder.getStringAttr(program.ptx),
                             /*properties=*/{}, /*kernels=*/{});
    gpu::BinaryOp::create(builder, kernels.getLoc(), kernels.getName(),
                          /*offloadingHandler=*/nullptr,
                          builder.getArrayAttr({object}));
    kernels.erase();
  }
}

/// Shared memory which the kernels do not hold themselves.
static void setDynamicSharedMemory(ModuleOp module,
                                   const NVVMProgram &program) {
  llvm::StringMap<unsigned> sharedBytes;
  for (const NVVMFunction &function : program.functions)
    for (const KernelLaunch &launch : llvm::concat<const KernelLaunch>(
             function.constantLaunches, function.launches))
      sharedBytes[launch.kernel] = launch.dynamicSharedBytes;
  module.walk([&](gpu::LaunchFuncOp launch) {
    unsigned bytes = sharedBytes.lookup(launch.getKernelName());
    if (bytes == 0)
      return;
    OpBuilder builder(launch);
    launch.getDynamicSharedMemorySizeMutable().assign(
        arith::ConstantIntOp::create(builder, launch.getLoc(), bytes, 32));
  });
}

/// Scratch memory becomes the device's, and each call brings constants there.
static void moveToDevice(func::FuncOp function) {
  Operation *end = function.getBody().front().getTerminator();
  function.walk([&](Operation *op) {
    if (!isa<memref::AllocOp, memref::GetGlobalOp>(op))
      return;
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    Value host = op->getResult(0);
    auto device = gpu::AllocOp::create(
        builder, op->getLoc(), host.getType(), /*asyncToken=*/Type(),
        /*asyncDependencies=*/ValueRange(), /*dynamicSizes=*/ValueRange(),
        /*symbolOperands=*/ValueRange());
    host.replaceAllUsesWith(device.getMemref());
    if (isa<memref::AllocOp>(op))
      op->erase();
    else
      gpu::MemcpyOp::create(builder, op->getLoc(), /*asyncToken=*/Type(),
                            /*asyncDependencies=*/ValueRange(),
                            device.getMemref(), host);
    builder.setInsertionPoint(end);
    gpu::DeallocOp::create(builder, op->getLoc(), /*asyncToken=*/Type(),
                           /*asyncDependencies=*/ValueRange(),
                           device.getMemref());
  });
}

void embedProgram(ModuleOp lowered, const NVVMProgram &program,
                  const LowerToNVVMOptions &options) {
  replaceByBinary(lowered, program, options);
  setDynamicSharedMemory(lowered, program);
  for (auto function : lowered.getOps<func::FuncOp>())
    if (!function.isExternal())
      moveToDevice(function);
}

} // namespace chameleon
