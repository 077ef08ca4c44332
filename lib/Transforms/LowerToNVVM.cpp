//===- LowerToNVVM.cpp - the pass --lower-to-nvvm
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToNVVM.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/ToolOutputFile.h"

namespace chameleon {
#define GEN_PASS_DEF_LOWERTONVVMPASS
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

using namespace mlir;

namespace {
struct LowerToNVVM : chameleon::impl::LowerToNVVMPassBase<LowerToNVVM> {
  using LowerToNVVMPassBase::LowerToNVVMPassBase;

  /// The pipeline runs inside this pass, so its dialects are this pass's.
  void getDependentDialects(DialectRegistry &registry) const override {
    OpPassManager passes(ModuleOp::getOperationName());
    chameleon::buildLowerToNVVMPipeline(passes, {});
    passes.getDependentDialects(registry);
    registry.insert<gpu::GPUDialect, NVVM::NVVMDialect>();
  }

  LogicalResult write(StringRef path,
                      llvm::function_ref<void(llvm::raw_ostream &)> print) {
    if (path.empty())
      return success();
    std::string message;
    std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(path, &message);
    if (!file)
      return getOperation().emitError(message);
    print(file->os());
    file->keep();
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (format != "ptx" && format != "nvvm") {
      module.emitError("format '") << format << "' found, expected ptx or nvvm";
      return signalPassFailure();
    }
    chameleon::LowerToNVVMOptions options;
    options.chip = chip;
    options.features = features;
    options.libdevice = libdevice;
    OpPassManager passes(ModuleOp::getOperationName());
    chameleon::buildLowerToNVVMPipeline(passes, options);
    if (failed(runPipeline(passes, module)))
      return signalPassFailure();
    if (format == "nvvm" && launches.empty() && ptx.empty())
      return;
    llvm::Expected<chameleon::NVVMProgram> program =
        chameleon::translateToPTX(module, options);
    if (!program) {
      module.emitError(llvm::toString(program.takeError()));
      return signalPassFailure();
    }
    if (failed(
            write(ptx, [&](llvm::raw_ostream &os) { os << program->ptx; })) ||
        failed(write(launches, [&](llvm::raw_ostream &os) {
          chameleon::printLaunches(*program, os);
        })))
      return signalPassFailure();
    if (format == "ptx") {
      replaceByBinary(*program);
      moveToDevice();
    }
  }

  void replaceByBinary(const chameleon::NVVMProgram &program) {
    for (auto kernels : llvm::make_early_inc_range(
             getOperation().getOps<gpu::GPUModuleOp>())) {
      OpBuilder builder(kernels);
      auto target = NVVM::NVVMTargetAttr::get(
          &getContext(), /*optLevel=*/1, "nvptx64-nvidia-cuda", chip, features);
      Attribute object = gpu::ObjectAttr::get(
          &getContext(), target, gpu::CompilationTarget::Assembly,
          builder.getStringAttr(program.ptx), /*properties=*/{},
          /*kernels=*/{});
      gpu::BinaryOp::create(builder, kernels.getLoc(), kernels.getName(),
                            /*offloadingHandler=*/nullptr,
                            builder.getArrayAttr({object}));
      kernels.erase();
    }
    // Shared memory which the kernels do not hold themselves.
    llvm::StringMap<unsigned> sharedBytes;
    for (const chameleon::NVVMFunction &function : program.functions)
      for (const chameleon::KernelLaunch &launch : function.launches)
        sharedBytes[launch.kernel] = launch.dynamicSharedBytes;
    getOperation().walk([&](gpu::LaunchFuncOp launch) {
      unsigned bytes = sharedBytes.lookup(launch.getKernelName());
      if (bytes == 0)
        return;
      OpBuilder builder(launch);
      launch.getDynamicSharedMemorySizeMutable().assign(
          arith::ConstantIntOp::create(builder, launch.getLoc(), bytes, 32));
    });
  }

  /// Says where the host's code finds what kernels work on: scratch memory is
  /// the device's, and each call brings constants there.
  void moveToDevice() {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
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
  }
};
} // namespace
