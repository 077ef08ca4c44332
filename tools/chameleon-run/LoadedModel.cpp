//===- LoadedModel.cpp - a model compiled into this process, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoadedModel.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/LowerToCPU.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/PassManager.h"
#include <chrono>

using namespace mlir;

namespace chameleon {

static double lap(std::chrono::steady_clock::time_point &start) {
  auto now = std::chrono::steady_clock::now();
  double seconds = std::chrono::duration<double>(now - start).count();
  start = now;
  return seconds;
}

/// Applies the schedules that --tune-schedules embedded. The payload knows its
/// target while they run, as it did when they were measured.
static LogicalResult applyEmbeddedSchedules(ModuleOp module,
                                            const TargetDescription &target) {
  auto embedded = module.lookupSymbol<ModuleOp>("chameleon_schedules");
  if (!embedded)
    return success();
  OwningOpRef<ModuleOp> spec = embedded.clone();
  embedded.erase();
  StringRef targetAttribute = DLTIDialect::kTargetSystemDescAttrName;
  Attribute before = module->getAttr(targetAttribute);
  module->setAttr(targetAttribute, target.toDLTI(module.getContext()));
  LogicalResult result = applySpec(*spec, module);
  if (before)
    module->setAttr(targetAttribute, before);
  else
    module->removeAttr(targetAttribute);
  return result;
}

namespace {

/// How a lowered function is called: `chameleon.signature` and the attributes
/// beside it.
struct Signature {
  SmallVector<RankedTensorType> arguments, results;
  /// For each argument the result of the initialiser that it takes, or -1.
  SmallVector<int64_t> constants;
  std::string initialiser;
};

} // namespace

static FailureOr<Signature> readSignature(ModuleOp module, StringRef name) {
  auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!function || function.isExternal()) {
    auto diagnostic = module.emitError("no function '") << name << "'";
    std::string known;
    for (auto other : module.getOps<LLVM::LLVMFuncOp>())
      if (!other.isExternal() && other->hasAttr("chameleon.signature"))
        known += (known.empty() ? "'" : ", '") + other.getName().str() + "'";
    return diagnostic << ", expected one of "
                      << (known.empty()
                              ? "none: the module has no function of tensors"
                              : known);
  }
  auto attribute = function->getAttrOfType<TypeAttr>("chameleon.signature");
  auto type =
      attribute ? dyn_cast<FunctionType>(attribute.getValue()) : FunctionType();
  if (!type)
    return function.emitError("function '")
           << name
           << "' does not take and return tensors alone, expected "
              "'chameleon.signature'";
  Signature signature;
  for (Type result : type.getResults())
    signature.results.push_back(cast<RankedTensorType>(result));
  // The destinations of a task are its last arguments; those of other functions
  // come after its arguments.
  ArrayRef<Type> arguments = type.getInputs();
  if (function->hasAttr("chameleon.task"))
    arguments = arguments.drop_back(signature.results.size());
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    signature.arguments.push_back(cast<RankedTensorType>(argument));
    auto constant =
        function.getArgAttrOfType<IntegerAttr>(index, "chameleon.constant");
    signature.constants.push_back(constant ? constant.getInt() : -1);
  }
  if (auto initialiser =
          function->getAttrOfType<FlatSymbolRefAttr>("chameleon.init"))
    signature.initialiser = initialiser.getValue().str();
  return signature;
}

FailureOr<LoadedModel> LoadedModel::load(ModuleOp module, StringRef function,
                                         const TargetDescription &target,
                                         CPUOptimization optimization) {
  LoadedModel model;
  auto clock = std::chrono::steady_clock::now();
  Location location = module.getLoc();
  auto fail = [&](llvm::Error error) -> LogicalResult {
    return emitError(location) << llvm::toString(std::move(error));
  };

  if (failed(applyEmbeddedSchedules(module, target)))
    return failure();
  model.loadTimes.schedules = lap(clock);

  if (!module.getOps<func::FuncOp>().empty()) {
    PassManager passes(module.getContext());
    passes.enableVerifier(false);
    LowerToCPUOptions lowering;
    lowering.parallel = target.threads > 1;
    buildLowerToCPUPipeline(passes, lowering);
    if (failed(passes.run(module)))
      return failure();
  }
  model.loadTimes.lowering = lap(clock);

  FailureOr<Signature> signature = readSignature(module, function);
  if (failed(signature))
    return failure();
  CPUCompileOptions options;
  options.optimization = optimization;
  auto executable = CPUExecutable::compile(module, target, options);
  if (!executable)
    return fail(executable.takeError());
  model.executable = std::move(*executable);
  auto entry = model.executable->lookup(function);
  if (!entry)
    return fail(entry.takeError());
  model.entry = *entry;
  model.loadTimes.compiling = lap(clock);

  auto allocate = [&](ArrayRef<RankedTensorType> types,
                      std::vector<HostTensor> &tensors) -> LogicalResult {
    for (RankedTensorType type : types) {
      auto tensor = HostTensor::create(type);
      if (!tensor)
        return fail(tensor.takeError());
      tensor->poison();
      tensors.push_back(std::move(*tensor));
    }
    return success();
  };
  if (!signature->initialiser.empty()) {
    FailureOr<Signature> initialiser =
        readSignature(module, signature->initialiser);
    if (failed(initialiser))
      return failure();
    if (!initialiser->arguments.empty())
      return emitError(location)
             << "initialiser '" << signature->initialiser << "' has "
             << initialiser->arguments.size() << " arguments, expected none";
    if (failed(allocate(initialiser->results, model.constants)))
      return failure();
    auto run = model.executable->lookup(signature->initialiser);
    if (!run)
      return fail(run.takeError());
    SmallVector<void *> buffers;
    for (HostTensor &constant : model.constants)
      buffers.push_back(constant.data());
    (*run)(buffers.data());
  }
  for (auto [index, constant] : llvm::enumerate(signature->constants)) {
    if (constant < 0) {
      model.inputPositions.push_back(index);
      model.inputs.push_back(signature->arguments[index]);
      model.arguments.push_back(nullptr);
      continue;
    }
    if (constant >= static_cast<int64_t>(model.constants.size()) ||
        model.constants[constant].getType() != signature->arguments[index])
      return emitError(location)
             << "argument " << index << " of function '" << function
             << "' takes result " << constant
             << " of its initialiser, which has no such result of type "
             << signature->arguments[index];
    model.arguments.push_back(model.constants[constant].data());
  }
  if (failed(allocate(signature->results, model.outputs)))
    return failure();
  for (HostTensor &output : model.outputs)
    model.arguments.push_back(output.data());
  model.loadTimes.initialising = lap(clock);
  return std::move(model);
}

void LoadedModel::bind(ArrayRef<const HostTensor *> values) {
  for (auto [position, value] : llvm::zip_equal(inputPositions, values))
    arguments[position] =
        const_cast<void *>(value->data()); // inputs are never written
}

} // namespace chameleon
