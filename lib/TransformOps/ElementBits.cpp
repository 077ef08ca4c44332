//===- ElementBits.cpp - transform.chameleon.element_bits
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/StorageType.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using chameleon::transform_ops::ElementBitsOp;

DiagnosedSilenceableFailure
ElementBitsOp::apply(transform::TransformRewriter &rewriter,
                     transform::TransformResults &results,
                     transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  Operation *target = targets[0];
  auto refuse = [&](const Twine &reason) {
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  };
  Value value;
  if (std::optional<int64_t> position = getPosition()) {
    if (*position < 0 || *position >= target->getNumOperands())
      return refuse("expects an operand number below " +
                    Twine(target->getNumOperands()) + ", found " +
                    Twine(*position));
    value = target->getOperand(*position);
  } else {
    if (target->getNumResults() == 0)
      return refuse("expects an operation with a result");
    value = target->getResult(0);
  }
  Type element = getElementTypeOrSelf(value.getType());
  if (!element.isIntOrIndexOrFloat())
    return refuse("expects elements that are integers, indices or floats");
  results.setParams(
      cast<OpResult>(getBits()),
      {Builder(getContext()).getI64IntegerAttr(8 * getStorageBytes(element))});
  return DiagnosedSilenceableFailure::success();
}

void ElementBitsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
