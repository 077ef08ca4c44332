//===- Facts.cpp - interpret a slice of a schedule on a copy of a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Facts.h"
#include "PreflightChecks.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "mlir/Dialect/Linalg/TransformOps/LinalgTransformOps.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "mlir/Dialect/Transform/Transforms/TransformInterpreterUtils.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace chameleon;

/// A copy of the task in a module of its own, with the attributes of the
/// modules around it (the target's description).
static OwningOpRef<ModuleOp> copyTask(func::FuncOp task) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(task.getLoc());
  for (Operation *parent = task->getParentOp(); parent;
       parent = parent->getParentOp())
    for (NamedAttribute attribute : parent->getDiscardableAttrs())
      if (!(*module)->hasAttr(attribute.getName()))
        (*module)->setAttr(attribute.getName(), attribute.getValue());
  module->push_back(task.clone());
  return module;
}

/// An empty named sequence with one read-only handle, at the end of a module
/// with copies of what it will name: `matcher`, if there is one, and whatever
/// `matcher` and `schedule` include. To copy whole libraries would take longer
/// than to match.
static transform::NamedSequenceOp
createScript(OwningOpRef<ModuleOp> &module, transform::NamedSequenceOp matcher,
             transform::NamedSequenceOp schedule) {
  llvm::SetVector<Operation *> named;
  if (matcher)
    named.insert(matcher);
  for (transform::NamedSequenceOp sequence : {matcher, schedule})
    if (sequence)
      for (transform::NamedSequenceOp included : getIncludedSequences(sequence))
        named.insert(included);
  transform::NamedSequenceOp first = matcher ? matcher : schedule;
  auto library = first->getParentOfType<ModuleOp>();
  bool isFlat = llvm::all_of(named, [&](Operation *sequence) {
    return sequence->getParentOp() == library;
  });
  module =
      library && !isFlat ? library.clone() : ModuleOp::create(first.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  if (isFlat)
    for (Operation *sequence : named)
      builder.clone(*sequence);
  MLIRContext *context = first.getContext();
  auto handle = transform::AnyOpType::get(context);
  NamedAttribute readOnly(
      StringAttr::get(context,
                      transform::TransformDialect::kArgReadOnlyAttrName),
      UnitAttr::get(context));
  return transform::NamedSequenceOp::create(
      builder, first.getLoc(), "__chameleon_script",
      TypeAttr::get(FunctionType::get(context, {handle}, {})), StringAttr(),
      builder.getArrayAttr({builder.getDictionaryAttr({readOnly})}),
      ArrayAttr());
}

static LogicalResult interpret(transform::NamedSequenceOp script,
                               func::FuncOp payload) {
  transform::TransformOptions options;
  options.enableExpensiveChecks(false).enableEnforceSingleToplevelTransformOp(
      false);
  return transform::applyTransformNamedSequence(payload, script, ModuleOp(),
                                                options);
}

static Value matchAttribute(OpBuilder &builder, Location location, Value root,
                            StringRef name) {
  auto handle = transform::AnyOpType::get(builder.getContext());
  return transform::MatchOp::create(
      builder, location, TypeRange(handle), root, ArrayAttr(),
      transform::MatchInterfaceEnumAttr(),
      builder.getDictionaryAttr(
          builder.getNamedAttr(name, builder.getUnitAttr())),
      TypeAttr(), ArrayAttr());
}

static Operation *collectMatching(OpBuilder &builder, Location location,
                                  Value root,
                                  transform::NamedSequenceOp matcher,
                                  FlatSymbolRefAttr matcherName) {
  return transform::CollectMatchingOp::create(
      builder, location, matcher.getFunctionType().getResults(), root,
      matcherName);
}

ValueRange chameleon::buildMatch(OpBuilder &builder, Location location,
                                 Value function,
                                 transform::NamedSequenceOp matcher,
                                 FlatSymbolRefAttr matcherName,
                                 const MatchedAnchor &anchor) {
  Value root = function;
  if (anchor.ordinal) {
    root = matchAttribute(builder, location, function, anchorAttribute);
    if (anchor.numAnchors > 1) {
      SmallVector<Type> handles(anchor.numAnchors, root.getType());
      auto split = transform::SplitHandleOp::create(
          builder, location, handles, root, builder.getBoolAttr(true),
          builder.getBoolAttr(true), IntegerAttr());
      root = split.getResult(*anchor.ordinal);
    }
  }
  return collectMatching(builder, location, root, matcher, matcherName)
      ->getResults();
}

std::optional<MatchedAnchor>
chameleon::findAnchor(transform::NamedSequenceOp matcher, func::FuncOp task,
                      std::string *refusal) {
  OwningOpRef<ModuleOp> payload = copyTask(task), module;
  auto function = cast<func::FuncOp>(payload->getBody()->front());
  transform::NamedSequenceOp script = createScript(module, matcher, {});
  Location location = matcher.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(&script.getBody().emplaceBlock());
  auto handle = transform::AnyOpType::get(builder.getContext());
  Value root = script.getBody().addArgument(handle, location);
  auto symbol = FlatSymbolRefAttr::get(matcher.getSymNameAttr());
  // Leaves the number of matches within `target` there as an attribute.
  auto countMatches = [&](Value target) {
    Operation *matches =
        collectMatching(builder, location, target, matcher, symbol);
    auto param =
        transform::ParamType::get(builder.getContext(), builder.getI64Type());
    Value count = transform::NumAssociationsOp::create(builder, location, param,
                                                       matches->getResult(0));
    transform::AnnotateOp::create(builder, location, target,
                                  builder.getStringAttr(matchesAttribute),
                                  count);
  };
  Value anchors = matchAttribute(builder, location, root, anchorAttribute);
  auto each = transform::ForeachOp::create(builder, location, TypeRange(),
                                           ValueRange{anchors}, false);
  {
    OpBuilder::InsertionGuard guard(builder);
    Block &body = each.getBody().emplaceBlock();
    builder.setInsertionPointToStart(&body);
    countMatches(body.addArgument(handle, location));
    transform::YieldOp::create(builder, location);
  }
  countMatches(root);
  transform::YieldOp::create(builder, location);
  {
    // What the matcher has to say of an operation that it refuses.
    ScopedDiagnosticHandler handler(
        task.getContext(), [&](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Remark)
            return failure();
          if (refusal && refusal->empty())
            *refusal = diagnostic.str();
          return success();
        });
    if (failed(interpret(script, function)))
      return std::nullopt;
  }

  MatchedAnchor result;
  auto numMatches = [](Operation *op) {
    auto count = op->getAttrOfType<IntegerAttr>(matchesAttribute);
    return count ? count.getInt() : 0;
  };
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!op->hasAttr(anchorAttribute))
      return;
    if (numMatches(op) && !result.ordinal)
      result.ordinal = result.numAnchors;
    ++result.numAnchors;
  });
  if (result.ordinal)
    return result;
  // The other operations of a task that says what it is about (its fill, what
  // follows its anchor) are not what a schedule is for.
  if (result.numAnchors)
    return std::nullopt;
  if (numMatches(function) == 1)
    return result;
  if (numMatches(function) > 1)
    task.emitRemark("matcher '")
        << matcher.getSymName() << "' accepts " << numMatches(function)
        << " operations, none of them marked " << anchorAttribute
        << ": not used";
  return std::nullopt;
}

namespace {
/// The operations at which the values of facts are made, in an order in which
/// they can be interpreted.
class Slice {
public:
  Slice(transform::NamedSequenceOp schedule) : schedule(schedule) {}

  LogicalResult add(Value value, Operation *user) {
    Operation *op = value.getDefiningOp();
    if (!op) {
      if (cast<BlockArgument>(value).getOwner()->getParentOp() == schedule)
        return success();
      return user->emitOpError("depends on an argument of '")
             << cast<BlockArgument>(value).getOwner()->getParentOp()->getName()
             << "'; constraints see what is known at the entry of the schedule";
    }
    if (ops.contains(op))
      return success();
    if (isa<transform::tune::KnobOp, transform::tune::AlternativesOp,
            transform::smt::ConstrainParamsOp>(op))
      return op->emitOpError(
          "is needed to compute a fact of a constraint; facts "
          "cannot depend on knobs");
    bool changes =
        op->walk([](Operation *nested) {
            auto transformOp =
                dyn_cast<transform::TransformOpInterface>(nested);
            return transformOp &&
                           (transform::doesModifyPayload(transformOp) ||
                            llvm::any_of(
                                nested->getOperands(),
                                [&](Value operand) {
                                  return isa<transform::
                                                 TransformHandleTypeInterface>(
                                             operand.getType()) &&
                                         transform::isHandleConsumed(
                                             operand, transformOp);
                                }))
                       ? WalkResult::interrupt()
                       : WalkResult::advance();
          }).wasInterrupted();
    if (changes)
      return op->emitOpError(
          "changes the payload, but a fact of a constraint depends on it");
    SetVector<Value> used(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), used);
    for (Value operand : used)
      if (failed(add(operand, op)))
        return failure();
    ops.insert(op);
    return success();
  }

  void clone(OpBuilder &builder, IRMapping &mapping) const {
    for (Operation *op : ops)
      builder.clone(*op, mapping);
  }

private:
  transform::NamedSequenceOp schedule;
  SetVector<Operation *> ops; ///< operands first
};
} // namespace

FailureOr<SmallVector<Attribute>>
chameleon::computeFacts(ArrayRef<Value> facts,
                        transform::NamedSequenceOp schedule,
                        transform::NamedSequenceOp matcher, func::FuncOp task) {
  if (facts.empty())
    return SmallVector<Attribute>();
  Slice slice(schedule);
  for (Value fact : facts)
    if (failed(slice.add(fact, schedule)))
      return failure();

  OwningOpRef<ModuleOp> payload = copyTask(task), module;
  auto function = cast<func::FuncOp>(payload->getBody()->front());
  transform::NamedSequenceOp script = createScript(module, matcher, schedule);
  Location location = schedule.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(&script.getBody().emplaceBlock());
  Value root = script.getBody().addArgument(
      transform::AnyOpType::get(builder.getContext()), location);

  IRMapping mapping;
  if (matcher) {
    std::optional<MatchedAnchor> anchor = findAnchor(matcher, task);
    if (!anchor)
      return schedule.emitOpError("does not apply to task '")
             << task.getSymName() << "': its matcher accepts nothing";
    mapping.map(schedule.getBody().getArguments(),
                buildMatch(builder, location, root, matcher,
                           FlatSymbolRefAttr::get(matcher.getSymNameAttr()),
                           *anchor));
  } else {
    if (schedule.getBody().getNumArguments() != 1)
      return schedule.emitOpError("has no matcher and ")
             << schedule.getBody().getNumArguments()
             << " arguments, expected 1";
    mapping.map(schedule.getBody().getArgument(0),
                matchAttribute(builder, location, root, anchorAttribute));
  }
  slice.clone(builder, mapping);
  auto attributeName = [&](size_t index) {
    return builder.getStringAttr(factAttributePrefix + Twine(index));
  };
  for (auto [index, fact] : llvm::enumerate(facts))
    transform::AnnotateOp::create(builder, location, root, attributeName(index),
                                  mapping.lookup(fact));
  transform::YieldOp::create(builder, location);
  if (failed(interpret(script, function)))
    return schedule.emitOpError("has constraints whose facts cannot be "
                                "computed for task '")
           << task.getSymName() << "'";

  SmallVector<Attribute> values;
  for (size_t index = 0; index < facts.size(); ++index)
    values.push_back(function->getAttr(attributeName(index)));
  return values;
}
