//===- ScalarizeBroadcastReads.cpp -
// transform.chameleon.scalarize_broadcast_reads
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

/// How many of the vector's innermost dimensions are broadcast; 0 if the others
/// are not plain dimensions of the source.
static int64_t countInnerBroadcasts(AffineMap map) {
  auto isBroadcast = [](AffineExpr expr) {
    return isa<AffineConstantExpr>(expr);
  };
  ArrayRef<AffineExpr> results = map.getResults();
  int64_t count = 0;
  while (!results.empty() && isBroadcast(results.back())) {
    results = results.drop_back();
    ++count;
  }
  return llvm::any_of(results, isBroadcast) ? 0 : count;
}

static void scalarize(RewriterBase &rewriter, vector::TransferReadOp read) {
  AffineMap map = read.getPermutationMap();
  VectorType type = read.getVectorType();
  int64_t broadcasts = countInnerBroadcasts(map);
  if (broadcasts == 0 || read.getMask() || read.hasOutOfBoundsDim() ||
      type.isScalable() || !isa<RankedTensorType>(read.getBase().getType()))
    return;
  Location loc = read.getLoc();
  rewriter.setInsertionPoint(read);
  ArrayRef<int64_t> outer = type.getShape().drop_back(broadcasts);
  auto readElement = [&](ArrayRef<int64_t> position) -> Value {
    SmallVector<Value> indices(read.getIndices());
    for (auto [offset, expr] : llvm::zip(position, map.getResults())) {
      if (offset == 0)
        continue;
      Value &index = indices[cast<AffineDimExpr>(expr).getPosition()];
      AffineMap add = AffineMap::get(
          1, 0, rewriter.getAffineDimExpr(0) + offset, map.getContext());
      index = affine::makeComposedAffineApply(rewriter, loc, add,
                                              OpFoldResult(index));
    }
    return tensor::ExtractOp::create(rewriter, loc, read.getBase(), indices);
  };
  // Not a chain of insertions: canonicalization would take that apart into all
  // the elements of the vector.
  SmallVector<Value> elements;
  SmallVector<int64_t> strides = computeStrides(outer);
  for (int64_t i = 0, e = computeProduct(outer); i < e; ++i)
    elements.push_back(readElement(delinearize(i, strides)));
  SmallVector<int64_t> shape(outer);
  shape.append(broadcasts, 1);
  Value result = vector::FromElementsOp::create(
      rewriter, loc, VectorType::get(shape, type.getElementType()), elements);
  result = vector::BroadcastOp::create(rewriter, loc, type, result);
  rewriter.replaceOp(read, result);
}

DiagnosedSilenceableFailure
chameleon::transform_ops::ScalarizeBroadcastReadsOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  for (Operation *target : state.getPayloadOps(getTarget())) {
    SmallVector<vector::TransferReadOp> reads;
    target->walk([&](vector::TransferReadOp read) { reads.push_back(read); });
    for (vector::TransferReadOp read : reads)
      scalarize(rewriter, read);
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::ScalarizeBroadcastReadsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
