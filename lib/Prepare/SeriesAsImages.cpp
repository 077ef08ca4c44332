//===- SeriesAsImages.cpp - windows in one dimension as windows of height one
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SeriesAsImages.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

/// Each dimension for itself, but `dim` for the height and the width.
static SmallVector<ReassociationIndices> getGroups(int64_t rank, int64_t dim) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0, next = 0; i < rank; ++i) {
    groups.push_back({next++});
    if (i == dim)
      groups.back().push_back(next++);
  }
  return groups;
}

static RankedTensorType expandType(RankedTensorType type, int64_t dim) {
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + dim, 1);
  return RankedTensorType::get(shape, type.getElementType());
}

/// The tensor with a dimension of one before `dim`; what only prepares it is
/// made anew, so that it stays next to its user.
static Value expand(PatternRewriter &rewriter, Value tensor, int64_t dim) {
  Location loc = tensor.getLoc();
  auto type = expandType(cast<RankedTensorType>(tensor.getType()), dim);
  if (tensor.getDefiningOp<tensor::EmptyOp>())
    return tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                   type.getElementType());
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
    return linalg::FillOp::create(rewriter, loc, fill.getInputs(),
                                  expand(rewriter, fill.getOutputs()[0], dim))
        .getResult(0);
  auto collapse = tensor.getDefiningOp<tensor::CollapseShapeOp>();
  if (collapse && collapse.getSrcType() == type)
    return collapse.getSrc();
  auto pad = tensor.getDefiningOp<tensor::PadOp>();
  if (Value padding = pad ? pad.getConstantPaddingValue() : Value()) {
    SmallVector<OpFoldResult> low = pad.getMixedLowPad(),
                              high = pad.getMixedHighPad();
    low.insert(low.begin() + dim, rewriter.getIndexAttr(0));
    high.insert(high.begin() + dim, rewriter.getIndexAttr(0));
    return tensor::PadOp::create(rewriter, loc, type,
                                 expand(rewriter, pad.getSource(), dim), low,
                                 high, padding, pad.getNofold());
  }
  return tensor::ExpandShapeOp::create(
      rewriter, loc, type, tensor,
      getGroups(cast<RankedTensorType>(tensor.getType()).getRank(), dim));
}

namespace {

template <typename Series, typename Image>
struct MakeImage : OpRewritePattern<Series> {
  /// Where the width is in the series and in the window.
  MakeImage(MLIRContext *context, int64_t seriesDim, int64_t windowDim)
      : OpRewritePattern<Series>(context), seriesDim(seriesDim),
        windowDim(windowDim) {}

  LogicalResult matchAndRewrite(Series op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() ||
        llvm::any_of(op->getOperandTypes(), [](Type type) {
          return !cast<RankedTensorType>(type).hasStaticShape();
        }))
      return failure();
    // Along the height there is one step, of whatever width.
    auto withHeight = [&](DenseIntElementsAttr width) {
      SmallVector<int64_t> numbers(2, *width.getValues<int64_t>().begin());
      return rewriter.getI64TensorAttr(numbers);
    };
    Value image = expand(rewriter, op.getInputs()[0], seriesDim),
          window = expand(rewriter, op.getInputs()[1], windowDim),
          init = expand(rewriter, op.getOutputs()[0], seriesDim);
    auto result = Image::create(rewriter, op.getLoc(), init.getType(),
                                ValueRange{image, window}, ValueRange{init},
                                withHeight(op.getStrides()),
                                withHeight(op.getDilations()));
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(
        op, type, result->getResult(0), getGroups(type.getRank(), seriesDim));
    return success();
  }

  int64_t seriesDim, windowDim;
};

/// What follows, bias or activation, is of images, too: the reshape moves
/// behind it, and disappears before the next window.
struct MoveBehindElementwise : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern<linalg::GenericOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    unsigned rank = op.getNumLoops();
    if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() != 0 ||
        op->getNumResults() != 1 || op.hasIndexSemantics() ||
        !op.getIndexingMapsArray().back().isIdentity())
      return failure();
    std::optional<int64_t> dim;
    for (OpOperand *operand : op.getDpsInputOperands())
      if (std::optional<int64_t> found = getHeight(operand->get());
          found && op.getMatchingIndexingMap(operand).isIdentity())
        dim = found;
    if (!dim)
      return failure();
    // A loop over the height between those before it and the width.
    SmallVector<AffineExpr> shifted;
    for (unsigned loop = 0; loop < rank; ++loop)
      shifted.push_back(rewriter.getAffineDimExpr(loop + (loop >= *dim)));
    SmallVector<Value> operands;
    SmallVector<AffineMap> maps;
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      bool isSeries = map.isIdentity();
      operands.push_back(isSeries ? expand(rewriter, operand.get(), *dim)
                                  : operand.get());
      maps.push_back(isSeries
                         ? rewriter.getMultiDimIdentityMap(rank + 1)
                         : map.replaceDimsAndSymbols(shifted, {}, rank + 1, 0));
    }
    SmallVector<utils::IteratorType> kinds(rank + 1,
                                           utils::IteratorType::parallel);
    auto images = linalg::GenericOp::create(
        rewriter, op.getLoc(), operands.back().getType(),
        ValueRange(operands).drop_back(), ValueRange(operands).take_back(),
        maps, kinds);
    rewriter.inlineRegionBefore(op.getRegion(), images.getRegion(),
                                images.getRegion().begin());
    rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(
        op, op->getResult(0).getType(), images.getResult(0),
        getGroups(rank, *dim));
    return success();
  }

  /// Where the height was that has just been taken from images, the results of
  /// windows or what follows them.
  static std::optional<int64_t> getHeight(Value tensor) {
    auto collapse = tensor.getDefiningOp<tensor::CollapseShapeOp>();
    if (!collapse ||
        !isa_and_nonnull<linalg::LinalgOp>(collapse.getSrc().getDefiningOp()))
      return std::nullopt;
    int64_t rank = collapse.getResultType().getRank();
    for (int64_t dim : {1, 2})
      if (rank == 3 && collapse.getSrcType().getRank() == 4 &&
          collapse.getSrcType().getDimSize(dim) == 1 &&
          collapse.getReassociationIndices() == getGroups(rank, dim))
        return dim;
    return std::nullopt;
  }
};

} // namespace

void chameleon::makeImagesOfSeries(func::FuncOp function) {
  using namespace linalg;
  auto isSeries = [](Operation *op) {
    return isa<Conv1DNcwFcwOp, Conv1DNwcWcfOp, DepthwiseConv1DNcwCwOp,
               DepthwiseConv1DNwcWcOp, DepthwiseConv1DNwcWcmOp, PoolingNwcMaxOp,
               PoolingNwcMinOp, PoolingNwcSumOp, PoolingNcwMaxOp,
               PoolingNcwSumOp>(op)
               ? WalkResult::interrupt()
               : WalkResult::advance();
  };
  if (!function.walk(isSeries).wasInterrupted())
    return;
  MLIRContext *context = function.getContext();
  RewritePatternSet patterns(context);
  patterns.add<MakeImage<Conv1DNcwFcwOp, Conv2DNchwFchwOp>>(context, 2, 2);
  patterns.add<MakeImage<Conv1DNwcWcfOp, Conv2DNhwcHwcfOp>>(context, 1, 0);
  patterns.add<MakeImage<DepthwiseConv1DNcwCwOp, DepthwiseConv2DNchwChwOp>>(
      context, 2, 1);
  patterns.add<MakeImage<DepthwiseConv1DNwcWcOp, DepthwiseConv2DNhwcHwcOp>,
               MakeImage<DepthwiseConv1DNwcWcmOp, DepthwiseConv2DNhwcHwcmOp>,
               MakeImage<PoolingNwcMaxOp, PoolingNhwcMaxOp>,
               MakeImage<PoolingNwcMinOp, PoolingNhwcMinOp>,
               MakeImage<PoolingNwcSumOp, PoolingNhwcSumOp>>(context, 1, 0);
  patterns.add<MakeImage<PoolingNcwMaxOp, PoolingNchwMaxOp>,
               MakeImage<PoolingNcwSumOp, PoolingNchwSumOp>>(context, 2, 0);
  patterns.add<MoveBehindElementwise>(context);
  (void)applyPatternsGreedily(function, std::move(patterns));
}
