//===- PeelLoop.cpp - transform.chameleon.peel_loop
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"

using namespace mlir;

DiagnosedSilenceableFailure chameleon::transform_ops::PeelLoopOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  for (Operation *target : state.getPayloadOps(getTarget())) {
    scf::ForOp loop;
    if (DiagnosedSilenceableFailure isLoop = getLoop(*this, target, loop);
        !isLoop.succeeded())
      return isLoop;
    // Fails where there is nothing to peel.
    scf::ForOp partial;
    (void)scf::peelForLoopAndSimplifyBounds(rewriter, loop, partial);
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::PeelLoopOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
