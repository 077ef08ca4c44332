//===- LoadedModel.cpp - a model compiled for this machine, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoadedModel.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <chrono>

using namespace mlir;

namespace chameleon {

LoadedModel::~LoadedModel() = default;

static double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

StepClock::StepClock() : last(now()) {}

double StepClock::lap() {
  double before = last;
  last = now();
  return last - before;
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
  return success(succeeded(result) && succeeded(hoistConstants(module)));
}

FailureOr<LoadedModel::Signature> LoadedModel::readSignature(ModuleOp module,
                                                             StringRef name) {
  auto function = dyn_cast_or_null<FunctionOpInterface>(
      SymbolTable::lookupSymbolIn(module, name));
  if (!function || function.isExternal()) {
    auto diagnostic = module.emitError("no function '") << name << "'";
    std::string known;
    for (auto other : module.getOps<FunctionOpInterface>())
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

FailureOr<LoadedModel::Signature>
LoadedModel::readInitialiser(ModuleOp module, const Signature &signature) {
  FailureOr<Signature> initialiser =
      readSignature(module, signature.initialiser);
  if (failed(initialiser))
    return failure();
  if (!initialiser->arguments.empty())
    return emitError(module.getLoc())
           << "initialiser '" << signature.initialiser << "' has "
           << initialiser->arguments.size() << " arguments, expected none";
  return initialiser;
}

LogicalResult LoadedModel::allocate(Location location,
                                    ArrayRef<RankedTensorType> types,
                                    std::vector<HostTensor> &tensors) {
  for (RankedTensorType type : types) {
    auto tensor = HostTensor::create(type);
    if (!tensor)
      return emitError(location) << llvm::toString(tensor.takeError());
    tensor->poison();
    tensors.push_back(std::move(*tensor));
  }
  return success();
}

LogicalResult LoadedModel::takeSignature(Location location, StringRef function,
                                         const Signature &signature,
                                         ArrayRef<RankedTensorType> constants) {
  for (auto [index, constant] : llvm::enumerate(signature.constants)) {
    if (constant < 0) {
      inputPositions.push_back(index);
      inputs.push_back(signature.arguments[index]);
      continue;
    }
    if (constant >= static_cast<int64_t>(constants.size()) ||
        constants[constant] != signature.arguments[index])
      return emitError(location)
             << "argument " << index << " of function '" << function
             << "' takes result " << constant
             << " of its initialiser, which has no such result of type "
             << signature.arguments[index];
  }
  return allocate(location, signature.results, outputs);
}

FailureOr<std::unique_ptr<LoadedModel>>
LoadedModel::load(ModuleOp module, StringRef function,
                  const TargetDescription &target, CPUOptimization optimization,
                  CallProfile *profile) {
  StepClock clock;
  if (failed(applyEmbeddedSchedules(module, target)))
    return failure();
  LoadStep schedules = {"schedules", clock.lap()};
  FailureOr<std::unique_ptr<LoadedModel>> model = failure();
  switch (target.kind) {
  case TargetDescription::Kind::CPU:
    model = loadCPUModel(module, function, target, optimization, profile);
    break;
  case TargetDescription::Kind::NVVM:
    model = loadGPUModel(module, function, target);
    break;
  }
  if (succeeded(model))
    (*model)->loadSteps.insert((*model)->loadSteps.begin(), schedules);
  return model;
}

} // namespace chameleon
