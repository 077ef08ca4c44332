//===- ApplyToTask.cpp - a resolved schedule onto one task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/ApplyToTask.h"
#include "CollectedErrors.h"
#include "Rehearse.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace chameleon;

/// A copy of the task in a module with the attributes of the one it is in.
static OwningOpRef<ModuleOp> isolate(func::FuncOp function) {
  OwningOpRef<ModuleOp> payload = ModuleOp::create(function.getLoc());
  auto module = function->getParentOfType<ModuleOp>();
  (*payload)->setDiscardableAttrs(module->getDiscardableAttrDictionary());
  payload->push_back(function.clone());
  return payload;
}

/// Puts everything of `payload` where `function` is, and returns what took its
/// place. Other symbols get names that are free in its module.
static func::FuncOp replaceTask(func::FuncOp function, ModuleOp payload,
                                func::FuncOp transformed) {
  auto module = function->getParentOfType<ModuleOp>();
  SymbolTable symbols(module), local(payload);
  for (Operation &op : payload.getBody()->getOperations()) {
    auto symbol = dyn_cast<SymbolOpInterface>(op);
    if (symbol && &op != transformed.getOperation() &&
        symbols.lookup(symbol.getName()))
      (void)local.renameToUnique(symbol, {&symbols});
  }
  for (Operation &op : llvm::make_early_inc_range(*payload.getBody()))
    op.moveBefore(function);
  function.erase();
  return transformed;
}

std::optional<std::string> chameleon::rehearseTask(ModuleOp spec,
                                                   const TuningTask &task) {
  return rehearse(spec, *isolate(task.function));
}

std::optional<std::string> chameleon::applyToTask(ModuleOp spec,
                                                  TuningTask &task) {
  CollectedErrors errors(spec.getContext());
  OwningOpRef<ModuleOp> payload = isolate(task.function);
  if (failed(applySpec(spec, *payload)) || failed(verify(*payload)))
    return errors.take();
  auto transformed =
      SymbolTable(*payload).lookup<func::FuncOp>(task.function.getSymName());
  if (!transformed)
    return "the schedule removes the function of the task";
  if (transformed.getFunctionType() != task.function.getFunctionType())
    return llvm::formatv("the schedule changes the function's type: expected "
                         "{0}, found {1}",
                         task.function.getFunctionType(),
                         transformed.getFunctionType())
        .str();
  task.function = replaceTask(task.function, *payload, transformed);
  return std::nullopt;
}
