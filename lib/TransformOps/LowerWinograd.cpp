//===- LowerWinograd.cpp - transform.chameleon.lower_winograd
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/Winograd.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/DLTI/DLTI.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure chameleon::transform_ops::LowerWinogradOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  WinogradParameters p;
  auto get = [&](Value param, StringRef name, int64_t &value) {
    return getIntegerParam(state, *this, param, name, 1, value);
  };
  DiagnosedSilenceableFailure valid = get(getOutputs(), "outputs", p.outputs);
  if (valid.succeeded())
    valid = get(getBlocks(), "blocks", p.blocks);
  if (valid.succeeded())
    valid = get(getTiles(), "tiles", p.tiles);
  if (!valid.succeeded())
    return valid;
  SmallVector<Operation *> copies;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto convolution = dyn_cast<linalg::LinalgOp>(target);
    Operation *copy = nullptr;
    std::string reason = convolution
                             ? lowerWinograd(rewriter, convolution, p, copy)
                             : "expects a convolution on tensors";
    if (reason.empty()) {
      if (copy)
        copies.push_back(copy);
      continue;
    }
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(cast<OpResult>(getCopies()), copies);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerWinogradOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getOutputsMutable(), effects);
  transform::onlyReadsHandle(getBlocksMutable(), effects);
  transform::onlyReadsHandle(getTilesMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

/// An infinity in the image makes a NaN of a whole square, where the difference
/// of two infinities is formed; the plain sum has one infinity.
static bool isStrict(Operation *op) {
  FailureOr<Attribute> strict =
      dlti::query(op, ArrayRef<StringRef>{"CPU", "strict"});
  auto value = succeeded(strict) ? dyn_cast<IntegerAttr>(*strict) : nullptr;
  return value && value.getInt() != 0;
}

DiagnosedSilenceableFailure chameleon::transform_ops::WinogradAppliesOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  auto convolution = dyn_cast<linalg::LinalgOp>(targets[0]);
  bool applies = convolution && checkWinograd(convolution).empty() &&
                 !isStrict(convolution);
  results.setParams(cast<OpResult>(getApplies()),
                    {Builder(getContext()).getI64IntegerAttr(applies)});
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::WinogradAppliesOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
