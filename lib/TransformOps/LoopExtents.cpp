//===- LoopExtents.cpp - transform.chameleon.loop_extents
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using chameleon::transform_ops::LoopExtentsOp;

LogicalResult LoopExtentsOp::inferReturnTypes(MLIRContext *context,
                                              std::optional<Location> location,
                                              LoopExtentsOp::Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Type param =
      transform::ParamType::get(context, IntegerType::get(context, 64));
  types.append(adaptor.getLoops().size(), param);
  return success();
}

DiagnosedSilenceableFailure
LoopExtentsOp::apply(transform::TransformRewriter &rewriter,
                     transform::TransformResults &results,
                     transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  auto refuse = [&](const Twine &reason) {
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(targets[0]->getLoc()) << "when applied to this op";
    return failure;
  };
  auto op = dyn_cast<linalg::LinalgOp>(targets[0]);
  if (!op)
    return refuse("expects a structured operation");
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [loop, result] : llvm::zip_equal(getLoops(), getExtents())) {
    if (loop < 0 || loop >= static_cast<int64_t>(ranges.size()))
      return refuse("expects a loop below " + Twine(ranges.size()) +
                    ", found " + Twine(loop));
    if (ShapedType::isDynamic(ranges[loop]))
      return refuse("expects a known extent of loop " + Twine(loop));
    results.setParams(cast<OpResult>(result),
                      {Builder(getContext()).getI64IntegerAttr(ranges[loop])});
  }
  return DiagnosedSilenceableFailure::success();
}

void LoopExtentsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
