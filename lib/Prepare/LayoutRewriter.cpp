//===- LayoutRewriter.cpp - a region of the graph carried in another layout
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See LayoutRewriter.h.
//
//===----------------------------------------------------------------------===//

#include "LayoutRewriter.h"
#include "Graph.h"
#include "SeriesAsImages.h"
#include "chameleon/Prepare/Prepare.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace chameleon;

llvm::SetVector<Operation *> LayoutRewriter::growRegion() {
  llvm::SetVector<Operation *> region;
  SmallVector<Operation *> worklist;
  auto add = [&](Operation *op) {
    if (region.insert(op))
      worklist.push_back(op);
  };
  Block *body = &function.getBody().front();
  for (Operation &op : *body)
    if (isSeed(&op))
      add(&op);
  auto consider = [&](Operation *op) {
    if (op && op->getBlock() == body && !region.contains(op) && canRewrite(op))
      add(op);
  };
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val();
    for (Value operand : getInputs(op))
      if (isCarried(operand) && !isConstantDerived(operand))
        consider(operand.getDefiningOp());
    for (Value result : op->getResults())
      if (isCarried(result))
        for (Operation *user : result.getUsers())
          consider(user);
  }
  return region;
}

Value LayoutRewriter::buildBehind(Value value,
                                  llvm::function_ref<Value()> build) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(value);
  return build();
}

Value LayoutRewriter::getCarried(Value value) {
  Value &known = carried[value];
  if (!known) {
    Value entered = buildBehind(value, [&] { return enter(value); });
    carried[value] = entered;
    return entered;
  }
  return known;
}

Value LayoutRewriter::getDestination(Value value, RankedTensorType type) {
  if (value.getDefiningOp<tensor::EmptyOp>())
    return createEmpty(rewriter, value.getLoc(), type);
  if (Value scalar = getFillValue(value))
    return createFilled(rewriter, value.getLoc(), type, scalar);
  return {};
}

Value LayoutRewriter::getPaddingValue(tensor::PadOp pad) {
  Value value = pad.getConstantPaddingValue();
  // A constant may be inside the body, which goes with the pad.
  Operation *source = value.getDefiningOp();
  if (source && pad->isProperAncestor(source))
    return rewriter.clone(*source)->getResult(0);
  return value;
}

void LayoutRewriter::run() {
  if (!llvm::hasSingleElement(function.getBody()))
    return;
  llvm::SetVector<Operation *> region = growRegion();
  if (region.empty())
    return;
  SmallVector<Operation *> ordered(region.begin(), region.end());
  llvm::sort(ordered,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  for (Operation *op : ordered) {
    rewriter.setInsertionPoint(op);
    Value result = rewrite(op);
    carried[op->getResult(0)] = result;
  }
  // Whoever is not in the region reads what has left the layout.
  for (Operation *op : ordered) {
    Value result = op->getResult(0);
    auto isOutside = [&](OpOperand &use) {
      return !region.contains(use.getOwner());
    };
    if (llvm::none_of(result.getUses(), isOutside))
      continue;
    rewriter.setInsertionPoint(op);
    Value left =
        leave(carried[result], cast<RankedTensorType>(result.getType()));
    rewriter.replaceUsesWithIf(result, left, isOutside);
  }
  for (Operation *op : llvm::reverse(ordered))
    rewriter.eraseOp(op);
}

/// Convolutions and pools may leave their strides and dilations out where all
/// are one; those who rewrite them read them.
static void spellOutWindows(ModuleOp module) {
  module.walk([](linalg::LinalgOp op) {
    for (StringRef name : {"strides", "dilations"}) {
      if (!llvm::is_contained(op->getName().getAttributeNames(), name) ||
          op->getAttr(name))
        continue;
      FailureOr<linalg::ConvolutionDimensions> dims =
          linalg::inferConvolutionDims(op);
      if (failed(dims))
        continue;
      SmallVector<int64_t> ones(dims->outputImage.size(), 1);
      op->setAttr(name, Builder(op.getContext()).getI64VectorAttr(ones));
    }
  });
}

LogicalResult chameleon::assignLayouts(ModuleOp module,
                                       const LayoutOptions &options) {
  spellOutWindows(module);
  if (options.kind == LayoutOptions::Kind::NCHWc &&
      !llvm::is_contained({4, 8, 16}, options.channelBlock))
    return module.emitError("channel block of ")
           << options.channelBlock << " found, expected 4, 8 or 16";
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal())
      continue;
    if (options.kind == LayoutOptions::Kind::NCHWc) {
      makeImagesOfSeries(function);
      assignBlockedChannels(function, options.channelBlock);
    } else if (options.kind == LayoutOptions::Kind::NHWC) {
      assignChannelsLast(function);
    } else {
      continue;
    }
    // A model's own transposes beside a region become part of its packs.
    RewritePatternSet patterns(function.getContext());
    linalg::populateFoldIntoPackAndUnpackPatterns(patterns);
    (void)applyPatternsGreedily(function, std::move(patterns));
    cleanUp(function);
    separateDestinations(function);
  }
  return success();
}
