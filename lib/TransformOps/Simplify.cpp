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
    if (foldTransfers)
      tensor::populateFoldTensorSubsetIntoVectorTransferPatterns(patterns);
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
  if (failed(applyPatternsGreedily(target, patterns, config)))
    return emitSilenceableError() << "does not converge";
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::SimplifyOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
