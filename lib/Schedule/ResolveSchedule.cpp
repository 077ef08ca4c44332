//===- ResolveSchedule.cpp - the form of a schedule that the interpreter runs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignSpaceImpl.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace chameleon;

/// The constant for a parameter that a constraint yields.
static Attribute makeParam(Type type, int64_t value) {
  MLIRContext *context = type.getContext();
  Type element = IntegerType::get(context, 64);
  if (auto param = dyn_cast<transform::ParamType>(type))
    element = param.getType();
  return element.isIntOrIndex()
             ? IntegerAttr::get(element, value)
             : IntegerAttr::get(IntegerType::get(context, 64), value);
}

static void replaceResults(Operation *op, ArrayRef<int64_t> yielded) {
  OpBuilder builder(op);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), yielded)) {
    if (result.use_empty())
      continue;
    Attribute param = makeParam(result.getType(), value);
    result.replaceAllUsesWith(transform::ParamConstantOp::create(
        builder, op->getLoc(), result.getType(), param));
  }
}

/// Erases the constraints and what only they needed. Knobs stay: they tell how
/// the schedule was tuned.
static void eraseConstraints(transform::NamedSequenceOp schedule,
                             ArrayRef<Operation *> constraints) {
  llvm::SetVector<Operation *> needed(constraints.begin(), constraints.end());
  for (size_t index = 0; index < needed.size(); ++index) {
    llvm::SetVector<Value> used(needed[index]->operand_begin(),
                                needed[index]->operand_end());
    getUsedValuesDefinedAbove(needed[index]->getRegions(), used);
    for (Value value : used)
      if (Operation *op = value.getDefiningOp();
          op &&
          !isa<transform::tune::KnobOp, transform::tune::AlternativesOp>(op))
        needed.insert(op);
  }
  SmallVector<Operation *> inOrder;
  schedule.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (needed.contains(op))
      inOrder.push_back(op);
  });
  for (Operation *op : llvm::reverse(inOrder))
    if (isa<transform::smt::ConstrainParamsOp>(op) || isOpTriviallyDead(op))
      op->erase();
}

static void inlineAlternative(Operation *op, int64_t selected) {
  Block &block = op->getRegion(selected).front();
  Operation *yield = block.getTerminator();
  op->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         block.getOperations());
  op->erase();
}

OwningOpRef<transform::NamedSequenceOp>
DesignSpace::resolve(ArrayRef<int32_t> configuration) const {
  OwningOpRef<transform::NamedSequenceOp> resolved(
      impl->schedule.get().clone());
  (*resolved)->removeAttr(seedsAttribute);
  TunableOps ops(*resolved);
  for (auto [op, knob] : llvm::zip_equal(ops.knobs, impl->knobOfOp))
    cast<transform::tune::KnobOp>(op).setSelectedAttr(
        impl->knobs[knob].options[configuration[knob]]);
  for (auto [op, yielded] :
       llvm::zip_equal(ops.constraints, impl->yieldedByOp)) {
    SmallVector<int64_t> values;
    // Undefined only in an alternative that is not selected.
    for (ConstraintProgram::Ref value : yielded)
      values.push_back(
          impl->program.evaluate(value, configuration).value_or(0));
    replaceResults(op, values);
  }
  eraseConstraints(*resolved, ops.constraints);
  // Inner ones first, since the outer ones take them along.
  for (auto [op, selector] :
       llvm::reverse(llvm::zip_equal(ops.alternatives, impl->selectorOfOp))) {
    int64_t last = op->getNumRegions() - 1;
    int64_t selected =
        impl->program.evaluate(selector, configuration).value_or(0);
    inlineAlternative(op, std::clamp<int64_t>(selected, 0, last));
  }
  return resolved;
}
