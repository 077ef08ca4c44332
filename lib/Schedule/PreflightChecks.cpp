//===- PreflightChecks.cpp - mistakes in schedules that upstream finds late or
// never
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PreflightChecks.h"
#include "DesignSpaceImpl.h"
#include "mlir/Dialect/Linalg/TransformOps/LinalgTransformOps.h"
#include "mlir/Dialect/Transform/Interfaces/MatchInterfaces.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"

using namespace mlir;
using namespace chameleon;

static void
collectIncluded(transform::NamedSequenceOp sequence,
                llvm::SetVector<Operation *> &visited,
                SmallVectorImpl<transform::NamedSequenceOp> &included) {
  sequence.walk([&](Operation *op) {
    for (NamedAttribute attribute : op->getAttrs())
      attribute.getValue().walk([&](SymbolRefAttr symbol) {
        auto callee =
            SymbolTable::lookupNearestSymbolFrom<transform::NamedSequenceOp>(
                op, symbol);
        if (!callee || !visited.insert(callee))
          return;
        collectIncluded(callee, visited, included);
        included.push_back(callee);
      });
  });
}

SmallVector<transform::NamedSequenceOp>
chameleon::getIncludedSequences(transform::NamedSequenceOp sequence) {
  llvm::SetVector<Operation *> visited;
  visited.insert(sequence);
  SmallVector<transform::NamedSequenceOp> included;
  collectIncluded(sequence, visited, included);
  return included;
}

static bool isTunable(Operation *op) {
  return isa<transform::tune::KnobOp, transform::tune::AlternativesOp,
             transform::smt::ConstrainParamsOp>(op);
}

static LogicalResult checkNothingTunable(transform::NamedSequenceOp sequence,
                                         StringRef role) {
  WalkResult result = sequence.walk([&](Operation *op) {
    if (!isTunable(op))
      return WalkResult::advance();
    op->emitOpError("is in ") << role << " '" << sequence.getSymName()
                              << "'; only the schedule itself can be tuned";
    return WalkResult::interrupt();
  });
  return success(!result.wasInterrupted());
}

/// Upstream's tiling crashes on a parameter of any type, and a size of zero
/// silently shifts its loop handles.
static LogicalResult checkTileSize(Operation *op, Value size) {
  if (isa<transform::AnyParamType>(size.getType()))
    return op->emitOpError(
               "expects tile sizes of type '!transform.param<i64>', found ")
           << size.getType();
  auto knobOp = size.getDefiningOp<transform::tune::KnobOp>();
  if (!knobOp)
    return success();
  FailureOr<Knob> knob = readKnob(knobOp);
  if (failed(knob))
    return failure();
  for (Attribute option : knob->options) {
    auto integer = dyn_cast<IntegerAttr>(option);
    if (!integer || !integer.getValue().isStrictlyPositive())
      return knobOp.emitOpError("has option ")
             << option << ", but is a tile size of '" << op->getName()
             << "', which needs positive ones";
  }
  return success();
}

LogicalResult chameleon::checkSchedule(transform::NamedSequenceOp matcher,
                                       transform::NamedSequenceOp schedule) {
  if (failed(checkNothingTunable(matcher, "matcher")))
    return failure();
  for (transform::NamedSequenceOp sequence : {matcher, schedule})
    for (transform::NamedSequenceOp included : getIncludedSequences(sequence))
      if (failed(checkNothingTunable(included, "included sequence")))
        return failure();
  if (matcher.getFunctionType().getNumResults() == 0)
    return matcher.emitOpError(
        "yields nothing that a schedule could be applied to");
  // Upstream finds that out while it matches, and not always by an error.
  for (Operation &op : matcher.getBody().front().without_terminator())
    if (!isa<transform::MatchOpInterface>(op))
      return op.emitOpError("is in matcher '")
             << matcher.getSymName()
             << "', expected operations that match and change nothing";
  TunableOps ops(schedule);
  if (failed(verifyKnobNames(ops)))
    return failure();
  for (Operation *op : ops.knobs)
    if (failed(readKnob(op)))
      return failure();
  WalkResult result = schedule.walk([&](Operation *op) {
    SmallVector<Value> sizes;
    if (auto tile = dyn_cast<transform::TileUsingForOp>(op))
      sizes.assign(tile.getDynamicSizes().begin(),
                   tile.getDynamicSizes().end());
    else if (auto fuse = dyn_cast<transform::FuseOp>(op))
      sizes.assign(fuse.getTileSizes().begin(), fuse.getTileSizes().end());
    for (Value size : sizes)
      if (isa<transform::TransformParamTypeInterface>(size.getType()) &&
          failed(checkTileSize(op, size)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return success(!result.wasInterrupted());
}
