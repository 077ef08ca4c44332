//===- LowerContraction.cpp - transform.chameleon.lower_contraction
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/CPUContraction.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"

using namespace mlir;
using namespace chameleon;

DiagnosedSilenceableFailure chameleon::transform_ops::LowerContractionOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  CPUContractionParameters p;
  auto get = [&](Value param, StringRef name, int64_t minimum, int64_t &value) {
    return getIntegerParam(state, *this, param, name, minimum, value);
  };
  DiagnosedSilenceableFailure valid = get(getRows(), "rows", 1, p.rows);
  if (valid.succeeded())
    valid = get(getColumns(), "columns", 1, p.columns);
  if (valid.succeeded())
    valid = get(getDepth(), "depth", 1, p.depth);
  if (valid.succeeded())
    valid = get(getPackLhs(), "pack_lhs", 0, p.packLhs);
  if (valid.succeeded())
    valid = get(getPackRhs(), "pack_rhs", 0, p.packRhs);
  if (!valid.succeeded())
    return valid;
  SmallVector<Operation *> fills, copies;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto contraction = dyn_cast<linalg::LinalgOp>(target);
    CPUContractionResult lowered;
    std::string reason =
        contraction ? lowerCPUContraction(rewriter, contraction, p, lowered)
                    : "expects a contraction on tensors";
    if (reason.empty()) {
      if (lowered.fill)
        fills.push_back(lowered.fill);
      if (lowered.copy)
        copies.push_back(lowered.copy);
      continue;
    }
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(cast<OpResult>(getFills()), fills);
  results.set(cast<OpResult>(getCopies()), copies);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerContractionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getRowsMutable(), effects);
  transform::onlyReadsHandle(getColumnsMutable(), effects);
  transform::onlyReadsHandle(getDepthMutable(), effects);
  transform::onlyReadsHandle(getPackLhsMutable(), effects);
  transform::onlyReadsHandle(getPackRhsMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
