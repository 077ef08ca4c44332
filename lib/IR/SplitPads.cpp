//===- SplitPads.cpp - padding that cuts, as a slice and a padding
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/SplitPads.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include <algorithm>

using namespace mlir;

static void splitCuttingPad(tensor::PadOp pad, RewriterBase &rewriter) {
  RankedTensorType source = pad.getSourceType(), result = pad.getResultType();
  SmallVector<int64_t> offsets, sizes, low, high;
  for (auto [before, size, padded] : llvm::zip_equal(
           pad.getStaticLow(), source.getShape(), result.getShape())) {
    // What of the source is in the result; an offset at the end is invalid even
    // of nothing.
    int64_t first = std::clamp<int64_t>(-before, 0, size),
            last = std::clamp<int64_t>(padded - before, first, size);
    bool isEmpty = first == last;
    offsets.push_back(isEmpty ? 0 : first);
    sizes.push_back(last - first);
    low.push_back(isEmpty ? 0 : std::max<int64_t>(before, 0));
    high.push_back(padded - low.back() - sizes.back());
  }
  Location loc = pad.getLoc();
  rewriter.setInsertionPoint(pad);
  auto kept = RankedTensorType::get(sizes, source.getElementType(),
                                    source.getEncoding());
  SmallVector<int64_t> strides(sizes.size(), 1);
  Value slice = pad.getSource();
  if (kept != source)
    slice = tensor::ExtractSliceOp::create(
        rewriter, loc, kept, slice, ValueRange(), ValueRange(), ValueRange(),
        offsets, sizes, strides);
  if (kept == result) {
    rewriter.replaceOp(pad, slice);
    return;
  }
  auto padding =
      tensor::PadOp::create(rewriter, loc, result, slice, low, high,
                            ValueRange(), ValueRange(), pad.getNofold());
  rewriter.inlineRegionBefore(pad.getRegion(), padding.getRegion(),
                              padding.getRegion().begin());
  rewriter.replaceOp(pad, padding);
}

void chameleon::splitCuttingPads(Operation *root) {
  SmallVector<tensor::PadOp> cutting;
  root->walk([&](tensor::PadOp pad) {
    if (!pad.getSourceType().hasStaticShape() ||
        !pad.getResultType().hasStaticShape() || !pad.getLow().empty() ||
        !pad.getHigh().empty())
      return;
    for (auto [low, high, size] :
         llvm::zip_equal(pad.getStaticLow(), pad.getStaticHigh(),
                         pad.getSourceType().getShape()))
      if (low < 0 || high < 0 || (size == 0 && low > 0)) {
        cutting.push_back(pad);
        return;
      }
  });
  IRRewriter rewriter(root->getContext());
  for (tensor::PadOp pad : cutting)
    splitCuttingPad(pad, rewriter);
}
