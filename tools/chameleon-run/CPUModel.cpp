//===- CPUModel.cpp - a model compiled into this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoadedModel.h"
#include "chameleon/Target/LowerToCPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include <chrono>

using namespace mlir;

namespace chameleon {
namespace {

class CPUModel final : public LoadedModel {
public:
  LogicalResult load(ModuleOp module, StringRef function,
                     const TargetDescription &target,
                     CPUOptimization optimization, CallProfile *profile);

  llvm::Error bind(ArrayRef<const HostTensor *> values) override {
    for (auto [position, value] : llvm::zip_equal(inputPositions, values))
      arguments[position] =
          const_cast<void *>(value->data()); // inputs are never written
    return llvm::Error::success();
  }
  llvm::Expected<double> call() override {
    auto start = std::chrono::steady_clock::now();
    if (profile)
      profile->begin();
    entry(arguments.data());
    if (profile)
      profile->end();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  }
  llvm::Error fetchResults() override { return llvm::Error::success(); }

private:
  std::unique_ptr<CPUExecutable> executable;
  CPUExecutable::Entry entry = nullptr;
  CallProfile *profile = nullptr;
  std::vector<HostTensor> constants;
  std::vector<void *> arguments;
};

} // namespace

LogicalResult CPUModel::load(ModuleOp module, StringRef function,
                             const TargetDescription &target,
                             CPUOptimization optimization,
                             CallProfile *callProfile) {
  StepClock clock;
  profile = callProfile;
  if (profile)
    profile->instrument(module, function);
  Location location = module.getLoc();
  auto fail = [&](llvm::Error error) -> LogicalResult {
    return emitError(location) << llvm::toString(std::move(error));
  };
  if (!module.getOps<func::FuncOp>().empty()) {
    PassManager passes(module.getContext());
    passes.enableVerifier(false);
    LowerToCPUOptions lowering;
    lowering.parallel = target.threads > 1;
    buildLowerToCPUPipeline(passes, lowering);
    if (failed(passes.run(module)))
      return failure();
  }
  loadSteps.push_back({"lower", clock.lap()});

  FailureOr<Signature> signature = readSignature(module, function);
  if (failed(signature))
    return failure();
  CPUCompileOptions options;
  options.optimization = optimization;
  auto compiled = CPUExecutable::compile(module, target, options);
  if (!compiled)
    return fail(compiled.takeError());
  executable = std::move(*compiled);
  auto found = executable->lookup(function);
  if (!found)
    return fail(found.takeError());
  entry = *found;
  loadSteps.push_back({"compile", clock.lap()});
  const CPUCompileTimes &times = executable->times();
  loadSteps.push_back({"translate", times.translateSeconds, true});
  loadSteps.push_back({"optimise", times.optimizeSeconds, true});
  loadSteps.push_back({"generate", times.codegenSeconds, true});

  SmallVector<RankedTensorType> constantTypes;
  if (!signature->initialiser.empty()) {
    FailureOr<Signature> initialiser = readInitialiser(module, *signature);
    if (failed(initialiser) ||
        failed(allocate(location, initialiser->results, constants)))
      return failure();
    constantTypes = initialiser->results;
    auto run = executable->lookup(signature->initialiser);
    if (!run)
      return fail(run.takeError());
    SmallVector<void *> buffers;
    for (HostTensor &constant : constants)
      buffers.push_back(constant.data());
    (*run)(buffers.data());
  }
  if (failed(takeSignature(location, function, *signature, constantTypes)))
    return failure();
  for (int64_t constant : signature->constants)
    arguments.push_back(constant < 0 ? nullptr : constants[constant].data());
  for (HostTensor &output : outputs)
    arguments.push_back(output.data());
  loadSteps.push_back({"initialise", clock.lap()});
  return success();
}

FailureOr<std::unique_ptr<LoadedModel>>
loadCPUModel(ModuleOp module, StringRef function,
             const TargetDescription &target, CPUOptimization optimization,
             CallProfile *profile) {
  auto model = std::make_unique<CPUModel>();
  if (failed(model->load(module, function, target, optimization, profile)))
    return failure();
  return std::unique_ptr<LoadedModel>(std::move(model));
}

} // namespace chameleon
