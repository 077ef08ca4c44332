//===- DeviceImages.cpp - from a task's module to code that a device loads
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceImages.h"
#include "TaskProgram.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"

using namespace chameleon;
using namespace mlir;

llvm::Expected<NVVMProgram>
chameleon::compileForDevice(ModuleOp module, const TargetDescription &target) {
  DiagnosticCollector diagnostics(module.getContext());
  PassManager passes(module.getContext());
  passes.enableVerifier(
      false); // results are checked, and every millisecond counts
  LowerToNVVMOptions lowering;
  lowering.chip = target.cpu;
  buildLowerToNVVMPipeline(passes, lowering);
  if (failed(passes.run(module)))
    return llvm::createStringError(
        "%s", diagnostics.message("lowering failed").c_str());
  llvm::Expected<NVVMProgram> program = translateToPTX(module, lowering);
  if (!program)
    return llvm::createStringError(
        "%s", diagnostics.message(llvm::toString(program.takeError())).c_str());
  return program;
}

void DeviceImages::findAssembler() {
  llvm::Expected<std::string> ptxas = findPtxas("");
  hasPtxas = bool(ptxas);
  if (!ptxas)
    llvm::consumeError(ptxas.takeError());
}

llvm::Error
DeviceImages::checkLimits(const NVVMProgram &program,
                          llvm::ArrayRef<KernelUsage> kernels) const {
  const cuda::DeviceFacts &gpu = target.gpu;
  for (const NVVMFunction &function : program.functions)
    for (const KernelLaunch &launch : function.launches) {
      int64_t threads =
                  int64_t(launch.block[0]) * launch.block[1] * launch.block[2],
              shared = launch.dynamicSharedBytes, registers = 0;
      for (const KernelUsage &kernel : kernels)
        if (kernel.name == launch.kernel) {
          shared += kernel.sharedBytes;
          registers = kernel.registers;
        }
      auto refuse = [&](llvm::StringRef what, int64_t found, int64_t limit) {
        return llvm::createStringError(
            llvm::formatv(
                "kernel '{0}' needs {1} {2} a block, the device has {3}",
                launch.kernel, found, what, limit)
                .str());
      };
      if (threads > gpu.threadsPerBlock)
        return refuse("threads", threads, gpu.threadsPerBlock);
      if (shared > gpu.sharedPerBlock)
        return refuse("bytes of shared memory", shared, gpu.sharedPerBlock);
      if (int64_t all = registers * ((threads + 31) / 32 * 32);
          all > gpu.registersPerBlock)
        return refuse("registers", all, gpu.registersPerBlock);
    }
  return llvm::Error::success();
}

llvm::Expected<std::pair<NVVMProgram, std::string>>
DeviceImages::build(ModuleOp module) const {
  llvm::Expected<NVVMProgram> program = compiler(module, target);
  if (!program)
    return program.takeError();
  std::string image = program->ptx;
  std::vector<KernelUsage> kernels;
  if (hasPtxas && !image.empty()) {
    AssembleOptions assemble;
    assemble.chip = target.cpu;
    assemble.cache = folder;
    assemble.seconds = 0; // the child has a deadline, and ptxas dies with it
    llvm::Expected<Assembly> assembly = assemblePTX(program->ptx, assemble);
    if (!assembly)
      return assembly.takeError();
    image = std::move(assembly->cubin);
    kernels = std::move(assembly->kernels);
  }
  if (llvm::Error error = checkLimits(*program, kernels))
    return error;
  return std::make_pair(std::move(*program), std::move(image));
}
