//===- UnrollLoop.cpp - transform.chameleon.unroll_loop
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

DiagnosedSilenceableFailure chameleon::transform_ops::UnrollLoopOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  int64_t factor;
  DiagnosedSilenceableFailure valid =
      getIntegerParam(state, *this, getFactor(), "factor", 1, factor);
  if (!valid.succeeded())
    return valid;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    scf::ForOp loop;
    if (DiagnosedSilenceableFailure isLoop = getLoop(*this, target, loop);
        !isLoop.succeeded())
      return isLoop;
    if (factor == 1)
      continue;
    std::optional<llvm::APInt> tripCount = loop.getStaticTripCount();
    bool complete = tripCount && tripCount->sle(factor);
    if (complete ? failed(loopUnrollFull(loop))
                 : failed(loopUnrollByFactor(loop, factor)))
      return emitSilenceableError() << "cannot unroll the loop by " << factor;
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::UnrollLoopOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getFactorMutable(), effects);
  transform::modifiesPayload(effects);
}
