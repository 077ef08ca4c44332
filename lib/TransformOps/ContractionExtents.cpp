//===- ContractionExtents.cpp - transform.chameleon.contraction_extents
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using chameleon::transform_ops::ContractionExtentsOp;

namespace {
struct Extents {
  int64_t batch = 1, rows = 1, columns = 1, depth = 1;
};
} // namespace

/// Fails with the reason if `target` is no product of two tensors.
static std::string computeExtents(Operation *target, Extents &extents) {
  auto op = dyn_cast<linalg::LinalgOp>(target);
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0)
    return "expects a structured operation of two tensors with one result and "
           "reduction loops";
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  if (llvm::any_of(sizes, ShapedType::isDynamic))
    return "expects loops of known extent";
  AffineMap first = op.getMatchingIndexingMap(op.getDpsInputOperand(0)),
            second = op.getMatchingIndexingMap(op.getDpsInputOperand(1)),
            result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!result.isProjectedPermutation(/*allowZeroInResults=*/true))
    return "expects a result that is written along loops";
  int64_t ofFirst = 1, ofSecond = 1, lastPosition = -1;
  bool firstIsLast = false;
  SmallVector<utils::IteratorType> kinds = op.getIteratorTypesArray();
  for (auto [loop, size] : llvm::enumerate(sizes)) {
    if (size == 1)
      continue;
    if (linalg::isReductionIterator(kinds[loop])) {
      extents.depth *= size;
      continue;
    }
    bool movesFirst = first.isFunctionOfDim(loop),
         movesSecond = second.isFunctionOfDim(loop);
    if (movesFirst == movesSecond) {
      extents.batch *= size;
      continue;
    }
    (movesFirst ? ofFirst : ofSecond) *= size;
    std::optional<unsigned> position =
        result.getResultPosition(getAffineDimExpr(loop, op.getContext()));
    if (position && static_cast<int64_t>(*position) > lastPosition) {
      lastPosition = *position;
      firstIsLast = movesFirst;
    }
  }
  extents.rows = firstIsLast ? ofSecond : ofFirst;
  extents.columns = firstIsLast ? ofFirst : ofSecond;
  return {};
}

DiagnosedSilenceableFailure
ContractionExtentsOp::apply(transform::TransformRewriter &rewriter,
                            transform::TransformResults &results,
                            transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  Extents extents;
  if (std::string reason = computeExtents(targets[0], extents);
      !reason.empty()) {
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(targets[0]->getLoc()) << "when applied to this op";
    return failure;
  }
  Builder builder(getContext());
  for (auto [result, extent] :
       {std::pair<Value, int64_t>(getBatch(), extents.batch),
        {getRows(), extents.rows},
        {getColumns(), extents.columns},
        {getDepth(), extents.depth}})
    results.setParams(cast<OpResult>(result),
                      {builder.getI64IntegerAttr(extent)});
  return DiagnosedSilenceableFailure::success();
}

void ContractionExtentsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
