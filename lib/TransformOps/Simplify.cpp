//===- Simplify.cpp - transform.chameleon.simplify
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Simplify.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

template <typename... Dialects>
static void collectCanonicalization(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  (context->getOrLoadDialect<Dialects>()->getCanonicalizationPatterns(patterns),
   ...);
  // Not getRegisteredOperationsByDialect: it finds none of scf's.
  for (RegisteredOperationName name : context->getRegisteredOperations())
    if (isa<Dialects...>(&name.getDialect()))
      name.getCanonicalizationPatterns(patterns, context);
}

//===----------------------------------------------------------------------===//
// Transfers into slices
//===----------------------------------------------------------------------===//

namespace {

/// Whether `extract` takes what `insert` puts back into the same tensor.
bool isPutBack(tensor::ExtractSliceOp extract, tensor::InsertSliceOp insert) {
  return extract.getSource() == insert.getDest() &&
         extract.getDroppedDims() == insert.getDroppedDims() &&
         insert.isSameAs(extract,
                         [](OpFoldResult a, OpFoldResult b) { return a == b; });
}

/// Transfers into a slice that is put back where it was taken from go to the
/// whole, in whatever order of dimensions they write: upstream's pattern leaves
/// those that permute. Bufferization compares each slice with all others.
struct FoldTransferWritesIntoSlice : OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::InsertSliceOp insert,
                                PatternRewriter &rewriter) const override {
    SmallVector<vector::TransferWriteOp> writes; // the last one first
    Value base = insert.getSource();
    while (auto write = base.getDefiningOp<vector::TransferWriteOp>()) {
      if (!isFoldable(write))
        return failure();
      writes.push_back(write);
      base = write.getBase();
    }
    auto extract = base.getDefiningOp<tensor::ExtractSliceOp>();
    if (writes.empty() || !extract || !insert.hasUnitStride() ||
        !isPutBack(extract, insert))
      return failure();

    Location loc = insert.getLoc();
    llvm::SmallBitVector dropped = insert.getDroppedDims();
    AffineExpr sum =
        rewriter.getAffineDimExpr(0) + rewriter.getAffineDimExpr(1);
    Value whole = insert.getDest();
    for (vector::TransferWriteOp write : llvm::reverse(writes)) {
      SmallVector<Value> indices;
      SmallVector<AffineExpr> dims; // of the whole, for those of the slice
      for (auto [dim, offset] : llvm::enumerate(insert.getMixedOffsets())) {
        OpFoldResult index = offset;
        if (!dropped[dim]) {
          index = affine::makeComposedFoldedAffineApply(
              rewriter, loc, sum,
              {offset, OpFoldResult(write.getIndices()[dims.size()])});
          dims.push_back(rewriter.getAffineDimExpr(dim));
        }
        indices.push_back(
            getValueOrCreateConstantIndexOp(rewriter, loc, index));
      }
      AffineMap map = write.getPermutationMap().replaceDimsAndSymbols(
          dims, {}, insert.getDestType().getRank(), 0);
      whole = vector::TransferWriteOp::create(
                  rewriter, loc, write.getVector(), whole, indices,
                  AffineMapAttr::get(map), write.getInBounds())
                  .getResult();
    }
    rewriter.replaceOp(insert, whole);
    return success();
  }

  static bool isFoldable(vector::TransferWriteOp write) {
    return write->hasOneUse() && !write.getMask() && !write.hasOutOfBoundsDim();
  }
};

/// A loop that carries a slice, which is then put back where it was taken from,
/// carries the whole and takes the slice inside, where the pattern above finds
/// it. A slice of undefined content may be taken from anywhere.
struct PushSliceIntoLoop : OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::InsertSliceOp insert,
                                PatternRewriter &rewriter) const override {
    auto loop = insert.getSource().getDefiningOp<scf::ForOp>();
    if (!loop || !insert.getSource().hasOneUse() || !insert.hasUnitStride())
      return failure();
    unsigned number = cast<OpResult>(insert.getSource()).getResultNumber();
    Value init = loop.getInitArgs()[number], whole = insert.getDest();
    auto extract = init.getDefiningOp<tensor::ExtractSliceOp>();
    bool isUndefined = init.getDefiningOp<tensor::EmptyOp>() &&
                       insert.getOffsets().empty() && isBefore(whole, loop);
    if (!(extract && isPutBack(extract, insert)) && !isUndefined)
      return failure();
    if (!holdsTransfersOnly(loop, number))
      return failure();

    SmallVector<OpFoldResult> offsets = insert.getMixedOffsets(),
                              sizes = insert.getMixedSizes(),
                              strides = insert.getMixedStrides();
    RankedTensorType type = insert.getSourceType();
    SmallVector<Value> inits = loop.getInitArgs();
    inits[number] = whole;
    Location loc = loop.getLoc();
    rewriter.setInsertionPoint(loop);
    auto pushed =
        scf::ForOp::create(rewriter, loc, loop.getLowerBound(),
                           loop.getUpperBound(), loop.getStep(), inits);
    pushed->setDiscardableAttrs(loop->getDiscardableAttrDictionary());
    auto slice = [&](Value tensor) -> Value {
      return tensor::ExtractSliceOp::create(rewriter, loc, type, tensor,
                                            offsets, sizes, strides);
    };
    rewriter.setInsertionPointToStart(pushed.getBody());
    SmallVector<Value> arguments(pushed.getBody()->getArguments());
    Value carried = arguments[number + 1]; // after the induction variable
    arguments[number + 1] = slice(carried);
    rewriter.mergeBlocks(loop.getBody(), pushed.getBody(), arguments);
    auto yield = cast<scf::YieldOp>(pushed.getBody()->getTerminator());
    rewriter.setInsertionPoint(yield);
    Value back =
        tensor::InsertSliceOp::create(rewriter, loc, yield.getOperand(number),
                                      carried, offsets, sizes, strides);
    rewriter.modifyOpInPlace(yield, [&] { yield.setOperand(number, back); });
    rewriter.replaceOp(insert, pushed.getResult(number));
    rewriter.setInsertionPointAfter(pushed);
    SmallVector<Value> results(pushed.getResults());
    results[number] = slice(results[number]);
    rewriter.replaceOp(loop, results);
    return success();
  }

  static bool isBefore(Value value, Operation *operation) {
    Operation *definition = value.getDefiningOp();
    return !definition || (definition->getBlock() == operation->getBlock() &&
                           definition->isBeforeInBlock(operation));
  }

  /// Whether the loop only writes, by transfers, to what it carries as
  /// `number`: then no slice is left in the end.
  static bool holdsTransfersOnly(scf::ForOp loop, unsigned number) {
    Value value = loop.getYieldedValues()[number];
    while (value != loop.getRegionIterArg(number)) {
      if (!value.hasOneUse())
        return false;
      if (auto write = value.getDefiningOp<vector::TransferWriteOp>()) {
        if (!FoldTransferWritesIntoSlice::isFoldable(write))
          return false;
        value = write.getBase();
      } else if (auto inner = value.getDefiningOp<scf::ForOp>()) {
        unsigned result = cast<OpResult>(value).getResultNumber();
        if (!holdsTransfersOnly(inner, result))
          return false;
        value = inner.getInitArgs()[result];
      } else {
        return false;
      }
    }
    return value.hasOneUse();
  }
};

} // namespace

const FrozenRewritePatternSet &
chameleon::SimplifyPatterns::get(bool foldEmptyTensors,
                                 bool foldTransfers) const {
  Entry &entry = entries[foldEmptyTensors + 2 * foldTransfers];
  std::call_once(entry.once, [&] {
    RewritePatternSet patterns(context);
    collectCanonicalization<affine::AffineDialect, arith::ArithDialect,
                            bufferization::BufferizationDialect,
                            linalg::LinalgDialect, math::MathDialect,
                            memref::MemRefDialect, scf::SCFDialect,
                            tensor::TensorDialect, vector::VectorDialect>(
        patterns);
    linalg::populateLinalgTilingCanonicalizationPatterns(patterns);
    if (foldEmptyTensors)
      tensor::populateFoldTensorEmptyPatterns(patterns);
    if (foldTransfers) {
      tensor::populateFoldTensorSubsetIntoVectorTransferPatterns(patterns);
      patterns.add<FoldTransferWritesIntoSlice, PushSliceIntoLoop>(context);
    }
    entry.patterns = std::move(patterns);
  });
  return entry.patterns;
}

DiagnosedSilenceableFailure chameleon::transform_ops::SimplifyOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &results,
    transform::TransformState &state) {
  if (!target->hasTrait<OpTrait::IsIsolatedFromAbove>()) {
    DiagnosedSilenceableFailure failure =
        emitSilenceableError()
        << "expects an operation that is isolated from above, found "
        << target->getName();
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  const FrozenRewritePatternSet &patterns =
      getContext()
          ->getLoadedDialect<transform::TransformDialect>()
          ->getExtraData<SimplifyPatterns>()
          .get(getFoldEmptyTensors(), getFoldTransfers());
  GreedyRewriteConfig config;
  // Loops have one block and carry values by patterns of their own.
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  config.setListener(
      static_cast<RewriterBase::Listener *>(rewriter.getListener()));
  if (failed(applyPatternsGreedily(target, patterns, config))) {
    DiagnosedSilenceableFailure failure = emitSilenceableError()
                                          << "does not converge";
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::SimplifyOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
