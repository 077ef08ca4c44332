//===- TileReductions.cpp - transform.chameleon.tile_reductions
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

/// The loops in their new order; nothing if `order` does not permute the
/// parallel loops, which come first.
static std::optional<SmallVector<unsigned>>
getInterchange(linalg::GenericOp generic, ArrayRef<int64_t> order) {
  SmallVector<utils::IteratorType> iterators = generic.getIteratorTypesArray();
  if (order.size() > iterators.size() || !isPermutationVector(order))
    return std::nullopt;
  for (auto [loop, iterator] : llvm::enumerate(iterators))
    if ((loop < order.size()) != linalg::isParallelIterator(iterator))
      return std::nullopt;
  SmallVector<unsigned> interchange(order.begin(), order.end());
  for (unsigned loop = order.size(); loop < iterators.size(); ++loop)
    interchange.push_back(loop);
  return interchange;
}

/// Null if the operation has no general form.
static linalg::GenericOp makeGeneric(RewriterBase &rewriter,
                                     linalg::LinalgOp named) {
  SmallVector<NamedAttribute> marks(named->getDiscardableAttrs());
  rewriter.setInsertionPoint(named);
  FailureOr<linalg::GenericOp> generic =
      linalg::generalizeNamedOp(rewriter, named);
  if (failed(generic))
    return {};
  for (NamedAttribute mark : marks)
    (*generic)->setDiscardableAttr(mark.getName(), mark.getValue());
  return *generic;
}

DiagnosedSilenceableFailure chameleon::transform_ops::TileReductionsOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  SmallVector<Operation *> tiled, loops;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto fail = [&](const Twine &message) {
      DiagnosedSilenceableFailure failure = emitSilenceableError() << message;
      failure.attachNote(target->getLoc()) << "when applied to this op";
      return failure;
    };
    auto named = dyn_cast<linalg::LinalgOp>(target);
    auto generic = dyn_cast<linalg::GenericOp>(target);
    if (named && !generic)
      generic = makeGeneric(rewriter, named);
    if (!generic)
      return fail("expects a structured operation, found " +
                  target->getName().getStringRef());
    rewriter.setInsertionPoint(generic);
    if (ArrayRef<int64_t> order = getParallelOrder(); !order.empty()) {
      std::optional<SmallVector<unsigned>> interchange =
          getInterchange(generic, order);
      if (!interchange)
        return fail("expects an order of all " +
                    Twine(generic.getNumParallelLoops()) +
                    " parallel loops, which come first");
      FailureOr<linalg::GenericOp> interchanged =
          linalg::interchangeGenericOp(rewriter, generic, *interchange);
      if (failed(interchanged))
        return fail("cannot interchange the loops");
      generic = *interchanged;
    }
    if (generic.getNumReductionLoops() == 0) {
      tiled.push_back(generic);
      continue;
    }
    SmallVector<OpFoldResult> sizes;
    for (utils::IteratorType iterator : generic.getIteratorTypesArray())
      sizes.push_back(
          rewriter.getIndexAttr(linalg::isParallelIterator(iterator) ? 0 : 1));
    scf::SCFTilingOptions options;
    options.setTileSizes(sizes);
    rewriter.setInsertionPoint(generic);
    FailureOr<scf::SCFTilingResult> result = scf::tileUsingSCF(
        rewriter, cast<TilingInterface>(generic.getOperation()), options);
    if (failed(result))
      return fail("cannot tile the reduction loops");
    rewriter.replaceOp(generic, result->replacements);
    llvm::append_range(tiled, result->tiledOps);
    for (LoopLikeOpInterface loop : result->loops)
      loops.push_back(loop);
  }
  results.set(cast<OpResult>(getTiled()), tiled);
  results.set(cast<OpResult>(getLoops()), loops);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::TileReductionsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
