//===- LowerToNVVM.cpp - the pass --lower-to-nvvm
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/LowerToNVVM.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
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
    registry.insert<chameleon::ChameleonDialect, gpu::GPUDialect,
                    NVVM::NVVMDialect>();
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
    chameleon::LowerToNVVMOptions options;
    options.chip = chip;
    options.features = features;
    options.libdevice = libdevice;
    options.dataComesLater = true;
    OpPassManager passes(ModuleOp::getOperationName());
    chameleon::buildLowerToNVVMPipeline(passes, options);
    if (failed(runPipeline(passes, module)))
      return signalPassFailure();
    if (format == chameleon::KernelFormat::NVVM && launches.empty() &&
        ptx.empty())
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
    if (format == chameleon::KernelFormat::PTX)
      chameleon::embedProgram(module, *program, options);
  }
};
} // namespace
