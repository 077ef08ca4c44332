//===- FuseElementwise.cpp - elementwise chains, fused under control
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Upstream's patterns with the control that --linalg-fuse-elementwise-ops
// lacks. Without it that pass computes square roots of constant vectors in
// pixel loops, row scalars once for each element, a GELU inside a matmul's
// reduction, and takes the relu of the last convolution away from it.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// May the producer of this operand be computed inside the operand's owner?
bool mayFuse(OpOperand *operand, bool intoReductions) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || !isAllParallel(producer) ||
      !operand->get().hasOneUse())
    return false;
  bool consumerReduces = !isAllParallel(consumer);
  if (consumerReduces && !intoReductions)
    return false;
  // Each element is read by one iteration: no row scalar is recomputed for each
  // element of the row.
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  if (!map.isPermutation())
    return false;
  // A convolution or matmul keeps its epilogue: it does not go into the mean
  // that follows.
  if (consumerReduces && llvm::any_of(producer.getDpsInputs(), [](Value input) {
        return isAnchor(input.getDefiningOp());
      }))
    return false;
  // What depends on weights alone is computed at load, not for each pixel.
  return !isConstantDerived(operand->get()) ||
         llvm::all_of(consumer->getResults(), isConstantDerived);
}

/// Is this, after a few steps, the elementwise tail of a convolution or matmul
/// of the same rank?
bool isEpilogue(linalg::GenericOp generic, unsigned steps = 8) {
  if (!isElementwise(generic) || steps == 0)
    return false;
  return llvm::any_of(generic.getDpsInputOperands(), [&](OpOperand *operand) {
    if (!generic.getMatchingIndexingMap(operand).isIdentity())
      return false;
    Operation *producer = operand->get().getDefiningOp();
    return isAnchor(producer) ||
           isEpilogue(dyn_cast_or_null<linalg::GenericOp>(producer), steps - 1);
  });
}

/// Reshapes move through elementwise operations by collapsing them, never into
/// contractions, and never between an anchor and its epilogue.
bool mayFoldReshape(OpOperand *operand) {
  if (auto producer = operand->get().getDefiningOp<linalg::GenericOp>())
    return isAllParallel(producer) && !isEpilogue(producer);
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return consumer && isAllParallel(consumer);
}

/// `x - mean` for each row: read by the sum of squares and by what follows.
bool isCentring(linalg::GenericOp generic) {
  if (!isElementwise(generic) || generic.getNumDpsInputs() != 2 ||
      !isa_and_nonnull<arith::SubFOp>(getOnlyBodyOperation(generic)))
    return false;
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  if (!maps[0].isIdentity() || maps[1].isPermutation())
    return false;
  // Fused into all users, or it would be computed twice for nothing.
  return llvm::all_of(generic->getUses(), [](OpOperand &use) {
    auto user = dyn_cast<linalg::GenericOp>(use.getOwner());
    return user && user.isDpsInput(&use) &&
           user.getMatchingIndexingMap(&use).isPermutation();
  });
}

} // namespace

void chameleon::separateCentring(func::FuncOp function) {
  SmallVector<linalg::GenericOp> centrings;
  function.walk([&](linalg::GenericOp generic) {
    if (isCentring(generic) && !generic->hasOneUse())
      centrings.push_back(generic);
  });
  IRRewriter rewriter(function.getContext());
  for (linalg::GenericOp centring : centrings) {
    bool first = true;
    for (OpOperand &use : llvm::make_early_inc_range(centring->getUses())) {
      // One use keeps the original.
      if (std::exchange(first, false))
        continue;
      rewriter.setInsertionPoint(centring);
      Operation *copy = rewriter.clone(*centring);
      rewriter.modifyOpInPlace(use.getOwner(),
                               [&] { use.set(copy->getResult(0)); });
    }
  }
}

void chameleon::fuseElementwise(func::FuncOp function, bool intoReductions) {
  MLIRContext *context = function.getContext();
  RewritePatternSet patterns(context);
  linalg::populateElementwiseOpsFusionPatterns(
      patterns,
      [=](OpOperand *operand) { return mayFuse(operand, intoReductions); });
  linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, mayFoldReshape);
  populateSimplificationPatterns(patterns);
  tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
  tensor::EmptyOp::getCanonicalizationPatterns(patterns, context);
  linalg::FillOp::getCanonicalizationPatterns(patterns, context);
  linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
  GreedyRewriteConfig config;
  config.setMaxIterations(8).setUseTopDownTraversal();
  (void)applyPatternsGreedily(function, std::move(patterns), config);
}
