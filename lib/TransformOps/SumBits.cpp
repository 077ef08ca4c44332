//===- SumBits.cpp - transform.chameleon.sum_bits
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using namespace chameleon;
using chameleon::transform_ops::SumBitsOp;

DiagnosedSilenceableFailure
SumBitsOp::apply(transform::TransformRewriter &rewriter,
                 transform::TransformResults &results,
                 transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  Type sum;
  if (targets[0]->getNumResults() == 1)
    sum = getGPUSumType(getElementTypeOrSelf(targets[0]->getResult(0)));
  if (!sum) {
    DiagnosedSilenceableFailure failure = emitSilenceableError()
                                          << "expects a result that is a sum";
    failure.attachNote(targets[0]->getLoc()) << "when applied to this op";
    return failure;
  }
  results.setParams(
      cast<OpResult>(getBits()),
      {Builder(getContext()).getI64IntegerAttr(sum.getIntOrFloatBitWidth())});
  return DiagnosedSilenceableFailure::success();
}

void SumBitsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
