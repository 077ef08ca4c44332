//===- LowerPad.cpp - transform.chameleon.lower_pad
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace {
/// A box of the padded tensor.
struct Box {
  SmallVector<int64_t> offsets, sizes;
};
} // namespace

/// The border, cut so that nothing is covered twice: for each dimension its two
/// sides, within the interior of the dimensions before it.
static SmallVector<Box> getBorder(ArrayRef<int64_t> low,
                                  ArrayRef<int64_t> source,
                                  ArrayRef<int64_t> padded) {
  SmallVector<Box> border;
  for (size_t dim = 0; dim < low.size(); ++dim) {
    Box side{SmallVector<int64_t>(low.size(), 0), SmallVector<int64_t>(padded)};
    for (size_t before = 0; before < dim; ++before) {
      side.offsets[before] = low[before];
      side.sizes[before] = source[before];
    }
    int64_t end = low[dim] + source[dim];
    for (auto [offset, size] :
         {std::pair(int64_t(0), low[dim]), std::pair(end, padded[dim] - end)}) {
      side.offsets[dim] = offset;
      side.sizes[dim] = size;
      if (llvm::none_of(side.sizes, [](int64_t s) { return s == 0; }))
        border.push_back(side);
    }
  }
  return border;
}

DiagnosedSilenceableFailure chameleon::transform_ops::LowerPadOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  SmallVector<Operation *> fills, copies;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto pad = dyn_cast<tensor::PadOp>(target);
    auto fail = [&](StringRef expected) {
      DiagnosedSilenceableFailure failure = emitSilenceableError()
                                            << "expects " << expected;
      failure.attachNote(target->getLoc()) << "when applied to this op";
      return failure;
    };
    if (!pad)
      return fail("a tensor.pad");
    Value value = pad.getConstantPaddingValue();
    if (!value)
      return fail("the same padding value everywhere");
    RankedTensorType sourceType = pad.getSourceType();
    RankedTensorType paddedType = pad.getResultType();
    SmallVector<int64_t> low;
    for (OpFoldResult amount : pad.getMixedLowPad())
      low.push_back(getConstantIntValue(amount).value_or(-1));
    if (!sourceType.hasStaticShape() || !paddedType.hasStaticShape() ||
        llvm::any_of(low, [](int64_t amount) { return amount < 0; }))
      return fail("static sizes");

    Location loc = pad.getLoc();
    rewriter.setInsertionPoint(pad);
    Value result = tensor::EmptyOp::create(rewriter, loc, paddedType.getShape(),
                                           paddedType.getElementType());
    auto toAttributes = [&](ArrayRef<int64_t> values) {
      return getAsIndexOpFoldResult(rewriter.getContext(), values);
    };
    SmallVector<OpFoldResult> ones(low.size(), rewriter.getIndexAttr(1));
    // The value may be defined in the region of the pad.
    if (Operation *definition = value.getDefiningOp();
        definition && definition->getParentRegion() == &pad.getRegion())
      value = rewriter.clone(*definition)->getResult(0);
    auto write = [&](const Box &region, auto createWriter) {
      SmallVector<OpFoldResult> offsets = toAttributes(region.offsets),
                                sizes = toAttributes(region.sizes);
      Value slice = tensor::ExtractSliceOp::create(rewriter, loc, result,
                                                   offsets, sizes, ones);
      Operation *writer = createWriter(slice);
      result = tensor::InsertSliceOp::create(
          rewriter, loc, writer->getResult(0), result, offsets, sizes, ones);
      return writer;
    };
    for (const Box &side :
         getBorder(low, sourceType.getShape(), paddedType.getShape()))
      fills.push_back(write(side, [&](Value slice) -> Operation * {
        return linalg::FillOp::create(rewriter, loc, value, slice);
      }));
    Box interior{low, SmallVector<int64_t>(sourceType.getShape())};
    copies.push_back(write(interior, [&](Value slice) -> Operation * {
      return linalg::CopyOp::create(rewriter, loc, pad.getSource(), slice);
    }));
    rewriter.replaceOp(pad, result);
  }
  results.set(cast<OpResult>(getFills()), fills);
  results.set(cast<OpResult>(getCopies()), copies);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerPadOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
