//===- ApproximateMath.cpp - transform.chameleon.approximate_math
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/ExpandMath.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

DiagnosedSilenceableFailure
chameleon::transform_ops::ApproximateMathOp::applyToOne(
    transform::TransformRewriter &rewriter, Operation *target,
    transform::ApplyToEachResultList &results,
    transform::TransformState &state) {
  // Only what would become a call for each element of a vector.
  SmallVector<Operation *> calls;
  target->walk([&](Operation *op) {
    if (isa_and_nonnull<math::MathDialect>(op->getDialect()) &&
        op->getNumResults() == 1 && isa<VectorType>(op->getResult(0).getType()))
      calls.push_back(op);
  });
  RewritePatternSet patterns(rewriter.getContext());
  populateMathExpansions(patterns);
  GreedyRewriteConfig config;
  config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
  config.setListener(
      static_cast<RewriterBase::Listener *>(rewriter.getListener()));
  (void)applyOpPatternsGreedily(calls, std::move(patterns), config);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::ApproximateMathOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
