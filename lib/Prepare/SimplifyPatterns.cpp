//===- SimplifyPatterns.cpp - patterns that look at one operation and its
// operands
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What torch-mlir writes because PyTorch's semantics are checked at run time
// (assertions), or because ATen has no such operation (minimum and maximum as
// compare and select). No upstream pass rewrites these.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace {

/// select(cmpf P x c, x, c), in both operand orders, c a constant and no NaN →
/// a maximum or minimum that treats NaN alike: where NaN passes the `maximumf`
/// family, where NaN becomes the bound the `maxnumf` family. `nsz`: select(0 >
/// -0) already ignored the sign of zero, and with it (and only then) x86 needs
/// one instruction.
struct SelectToMinMax : OpRewritePattern<arith::SelectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::SelectOp select,
                                PatternRewriter &rewriter) const override {
    auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
    if (!compare || !isa<FloatType>(select.getType()))
      return failure();
    Value lhs = compare.getLhs(), rhs = compare.getRhs();
    bool takesLhs =
        select.getTrueValue() == lhs && select.getFalseValue() == rhs;
    if (!takesLhs &&
        !(select.getTrueValue() == rhs && select.getFalseValue() == lhs))
      return failure();

    using Predicate = arith::CmpFPredicate;
    Predicate predicate = compare.getPredicate();
    bool greater = llvm::is_contained(
        {Predicate::OGT, Predicate::OGE, Predicate::UGT, Predicate::UGE},
        predicate);
    bool less = llvm::is_contained(
        {Predicate::OLT, Predicate::OLE, Predicate::ULT, Predicate::ULE},
        predicate);
    if (!greater && !less)
      return failure();
    bool unordered = llvm::is_contained(
        {Predicate::UGT, Predicate::UGE, Predicate::ULT, Predicate::ULE},
        predicate);

    auto isBound = [](Value value) {
      std::optional<llvm::APFloat> constant =
          chameleon::getFloatConstant(value);
      return constant && !constant->isNaN();
    };
    bool lhsIsBound = isBound(lhs), rhsIsBound = isBound(rhs);
    if (lhsIsBound == rhsIsBound)
      return failure();
    // With x NaN an unordered predicate holds, an ordered one does not; is x
    // then the branch taken?
    Value variable = lhsIsBound ? rhs : lhs, bound = lhsIsBound ? lhs : rhs;
    Value taken = unordered ? select.getTrueValue() : select.getFalseValue();
    bool propagatesNaN = taken == variable;
    bool isMaximum = greater == takesLhs;

    auto flags =
        arith::FastMathFlagsAttr::get(getContext(), arith::FastMathFlags::nsz);
    if (isMaximum && propagatesNaN)
      rewriter.replaceOpWithNewOp<arith::MaximumFOp>(select, variable, bound,
                                                     flags);
    else if (isMaximum)
      rewriter.replaceOpWithNewOp<arith::MaxNumFOp>(select, variable, bound,
                                                    flags);
    else if (propagatesNaN)
      rewriter.replaceOpWithNewOp<arith::MinimumFOp>(select, variable, bound,
                                                     flags);
    else
      rewriter.replaceOpWithNewOp<arith::MinNumFOp>(select, variable, bound,
                                                    flags);
    return success();
  }
};

/// minimumf(maxnumf(x, 0), 6): the inner result is no NaN, so both bounds of a
/// clamp can be the cheap kind.
template <typename Outer, typename OuterNumber, typename Inner>
struct ClampIgnoresNaN : OpRewritePattern<Outer> {
  using OpRewritePattern<Outer>::OpRewritePattern;

  LogicalResult matchAndRewrite(Outer outer,
                                PatternRewriter &rewriter) const override {
    auto inner = outer.getLhs().template getDefiningOp<Inner>();
    std::optional<llvm::APFloat> outerBound =
        chameleon::getFloatConstant(outer.getRhs());
    if (!inner || !outerBound || outerBound->isNaN())
      return failure();
    std::optional<llvm::APFloat> innerBound =
        chameleon::getFloatConstant(inner.getRhs());
    if (!innerBound || innerBound->isNaN())
      return failure();
    rewriter.replaceOpWithNewOp<OuterNumber>(
        outer, outer.getLhs(), outer.getRhs(), outer.getFastmathAttr());
    return success();
  }
};

/// A constant operand that only adds unit dimensions to its source ([C] seen as
/// [C, 1, 1]) → the source, with a shorter map. Not for other operands: an
/// epilogue keeps the rank of its anchor, see mayFoldReshape.
struct DropUnitDimsOfOperand : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp generic,
                                PatternRewriter &rewriter) const override {
    if (!chameleon::isElementwise(generic))
      return failure();
    SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
    for (OpOperand *operand : generic.getDpsInputOperands()) {
      auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
      if (!expand || !expand.getResultType().hasStaticShape() ||
          !chameleon::isConstantDerived(expand.getSrc()))
        continue;
      AffineMap &map = maps[operand->getOperandNumber()];
      SmallVector<AffineExpr> results;
      bool onlyUnits = true;
      for (auto [group, size] : llvm::zip(expand.getReassociationIndices(),
                                          expand.getSrcType().getShape())) {
        std::optional<int64_t> kept;
        for (int64_t dim : group)
          if (expand.getResultType().getDimSize(dim) != 1) {
            onlyUnits &= !kept;
            kept = dim;
          }
        // A source dimension of size one is read at its first index, whatever
        // the loop was.
        results.push_back(kept ? map.getResult(*kept)
                               : rewriter.getAffineConstantExpr(0));
      }
      if (!onlyUnits || expand.getSrcType().getRank() == 0)
        continue;
      map = AffineMap::get(map.getNumDims(), 0, results, getContext());
      rewriter.modifyOpInPlace(generic, [&] {
        generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
        operand->set(expand.getSrc());
      });
      return success();
    }
    return failure();
  }
};

/// A transposition that moves dimensions of size one only → a reshape.
struct TransposeOfUnitDims : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp transpose,
                                PatternRewriter &rewriter) const override {
    auto from = dyn_cast<RankedTensorType>(transpose.getInput().getType());
    auto to = dyn_cast<RankedTensorType>(transpose.getInit().getType());
    if (!from || !to || !from.hasStaticShape())
      return failure();
    int64_t last = -1;
    for (int64_t dim : transpose.getPermutation()) {
      if (from.getDimSize(dim) == 1)
        continue;
      if (dim < last)
        return failure();
      last = dim;
    }
    SmallVector<int64_t> shape;
    for (int64_t size : from.getShape())
      if (size != 1)
        shape.push_back(size);
    if (shape.empty())
      return failure();
    auto squeezed = RankedTensorType::get(shape, from.getElementType());
    auto collapse = getReassociationIndicesForCollapse(from.getShape(), shape);
    auto expand = getReassociationIndicesForCollapse(to.getShape(), shape);
    if (!collapse || !expand)
      return failure();
    Value value = transpose.getInput();
    if (squeezed != from)
      value = tensor::CollapseShapeOp::create(rewriter, transpose.getLoc(),
                                              squeezed, value, *collapse);
    if (squeezed != to)
      value = tensor::ExpandShapeOp::create(rewriter, transpose.getLoc(), to,
                                            value, *expand);
    rewriter.replaceOp(transpose, value);
    return success();
  }
};

} // namespace

void chameleon::eraseAssertions(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  function.walk([&](Operation *op) {
    if (isa<cf::AssertOp>(op) && isa<linalg::LinalgOp>(op->getParentOp())) {
      // "unimplemented: tensor with zero element", x != 0: the only message
      // that torch-mlir puts into a body.
      rewriter.eraseOp(op);
      return;
    }
    auto truncate = dyn_cast<arith::TruncFOp>(op);
    auto type =
        truncate ? dyn_cast<FloatType>(truncate.getType()) : FloatType();
    std::optional<llvm::APFloat> constant =
        type ? getFloatConstant(truncate.getIn()) : std::nullopt;
    if (!constant)
      return;
    bool losesInformation;
    constant->convert(type.getFloatSemantics(),
                      llvm::APFloat::rmNearestTiesToEven, &losesInformation);
    rewriter.setInsertionPoint(op);
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, rewriter.getFloatAttr(type, *constant));
  });
}

void chameleon::populateSimplificationPatterns(RewritePatternSet &patterns) {
  patterns.add<
      SelectToMinMax, DropUnitDimsOfOperand, TransposeOfUnitDims,
      ClampIgnoresNaN<arith::MinimumFOp, arith::MinNumFOp, arith::MaxNumFOp>,
      ClampIgnoresNaN<arith::MaximumFOp, arith::MaxNumFOp, arith::MinNumFOp>>(
      patterns.getContext());
}
