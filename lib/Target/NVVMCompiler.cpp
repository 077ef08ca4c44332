//===- NVVMCompiler.cpp - kernels for an NVIDIA GPU and their launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Never touches the driver: children that compile may be many, and are forked.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/NVVMCompiler.h"
#include "StepClock.h"
#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Target/AssemblePTX.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace chameleon {

/// What the driver would refuse, or worse, in words.
static llvm::Error checkLimits(const NVVMProgram &program,
                               llvm::ArrayRef<KernelUsage> kernels,
                               const cuda::DeviceFacts &gpu) {
  for (const NVVMFunction &function : program.functions)
    for (const KernelLaunch &launch : llvm::concat<const KernelLaunch>(
             function.constantLaunches, function.launches)) {
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

namespace {

class NVVMCompiler final : public Compiler {
public:
  NVVMCompiler(MLIRContext *context, const NVVMDevice &device,
               const CompileOptions &options, KernelTranslator translate)

      : chip(device.chip), gpu(device.facts), options(options),
        translate(std::move(translate)), passes(context) {
    lowering.chip = chip;
    passes.enableVerifier(options.verify);
    buildLowerToNVVMPipeline(passes, lowering);
    if (llvm::Expected<std::string> found = findPtxas(""); !found)
      noPtxas = llvm::toString(found.takeError());
  }

  FailureOr<Program> compile(ModuleOp module) override;
  std::string remark() const override {
    return noPtxas.empty() ? ""
                           : "there is no ptxas, so the driver compiles each "
                             "candidate itself, one at a time";
  }

private:
  llvm::Expected<Assembly> assemble(const NVVMProgram &kernels) const;

  const std::string chip;
  const cuda::DeviceFacts gpu;
  const CompileOptions options;
  const KernelTranslator translate;
  LowerToNVVMOptions lowering;
  PassManager passes;
  std::string noPtxas; ///< why not
};

} // namespace

llvm::Expected<Assembly>
NVVMCompiler::assemble(const NVVMProgram &kernels) const {
  if (kernels.ptx.empty() || !noPtxas.empty())
    return Assembly();
  AssembleOptions assemble;
  assemble.chip = chip;
  assemble.cache = options.cache;
  assemble.seconds = options.assembleSeconds;
  return assemblePTX(kernels.ptx, assemble);
}

FailureOr<Program> NVVMCompiler::compile(ModuleOp module) {
  lastSteps.clear();
  StepClock clock;
  Location location = module.getLoc();
  auto fail = [&](llvm::Error error) -> FailureOr<Program> {
    return emitError(location) << llvm::toString(std::move(error));
  };
  if (!module.getOps<gpu::BinaryOp>().empty())
    return emitError(location)
           << "the module holds finished code for a GPU, expected one that is "
              "not lowered or lowered with --lower-to-nvvm=format=nvvm";
  if (module.getOps<gpu::GPUModuleOp>().empty() && failed(passes.run(module)))
    return failure();
  lastSteps.push_back({"lower", clock.lap()});
  llvm::Expected<NVVMProgram> kernels = translate(module, lowering);
  if (!kernels)
    return fail(kernels.takeError());
  lastSteps.push_back({"translate", clock.lap()});
  if (!kernels->ptx.empty() && !noPtxas.empty())
    emitRemark(location) << noPtxas << ": the driver compiles the code itself";
  llvm::Expected<Assembly> assembly = assemble(*kernels);
  if (!assembly)
    return fail(assembly.takeError());
  if (llvm::Error error = checkLimits(*kernels, assembly->kernels, gpu))
    return fail(std::move(error));
  lastSteps.push_back({"assemble", clock.lap()});
  Program program;
  program.backend = cuda::backendName;
  program.target = chip;
  program.functions = readSignatures(module);
  addKernelSections(*kernels, assembly->cubin, program);
  return program;
}

std::unique_ptr<Compiler>
NVVMDevice::createCompiler(MLIRContext *context,
                           const CompileOptions &options) const {
  return createNVVMCompiler(context, *this, options, translateToPTX);
}

std::unique_ptr<Compiler> createNVVMCompiler(MLIRContext *context,
                                             const NVVMDevice &device,
                                             const CompileOptions &options,
                                             KernelTranslator translate) {
  return std::make_unique<NVVMCompiler>(context, device, options,
                                        std::move(translate));
}

} // namespace chameleon
