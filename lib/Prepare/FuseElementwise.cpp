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

/// Reshapes move through elementwise operations by collapsing them, never into
/// contractions.
bool mayFoldReshape(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp(),
            *consumer = operand->getOwner();
  auto generic = dyn_cast_or_null<linalg::GenericOp>(producer);
  if (!generic)
    generic = dyn_cast<linalg::GenericOp>(consumer);
  return generic && isAllParallel(generic);
}

} // namespace

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
