//===- LowerToVectors.cpp - transform.chameleon.lower_to_vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/VectorLoops.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure chameleon::transform_ops::LowerToVectorsOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  VectorLoopParameters p;
  DiagnosedSilenceableFailure valid =
      getIntegerParam(state, *this, getLanes(), "lanes", 1, p.lanes);
  if (valid.succeeded())
    valid =
        getIntegerParam(state, *this, getVectors(), "vectors", 1, p.vectors);
  if (!valid.succeeded())
    return valid;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(target);
    std::string reason = linalgOp ? lowerToVectorLoops(rewriter, linalgOp, p)
                                  : "expects a linalg operation, found " +
                                        target->getName().getStringRef().str();
    if (reason.empty())
      continue;
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerToVectorsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getLanesMutable(), effects);
  transform::onlyReadsHandle(getVectorsMutable(), effects);
  transform::modifiesPayload(effects);
}
