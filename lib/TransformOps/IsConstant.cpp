//===- IsConstant.cpp - transform.chameleon.is_constant
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

/// Whether `value` is, in whole or in part, an argument that is marked
/// constant.
static bool isConstant(Value value) {
  while (Operation *producer = value.getDefiningOp()) {
    if (!isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
             tensor::ExpandShapeOp, tensor::CastOp>(producer))
      return false;
    value = producer->getOperand(0);
  }
  return chameleon::isConstantArgument(value);
}

DiagnosedSilenceableFailure chameleon::transform_ops::IsConstantOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  int64_t position = getPosition();
  if (position < 0 || position >= targets[0]->getNumOperands()) {
    DiagnosedSilenceableFailure failure = emitSilenceableError()
                                          << "expects an operand number below "
                                          << targets[0]->getNumOperands()
                                          << ", found " << position;
    failure.attachNote(targets[0]->getLoc()) << "when applied to this op";
    return failure;
  }
  bool constant = isConstant(targets[0]->getOperand(position));
  results.setParams(cast<OpResult>(getConstant()),
                    {Builder(getContext()).getI64IntegerAttr(constant)});
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::IsConstantOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
