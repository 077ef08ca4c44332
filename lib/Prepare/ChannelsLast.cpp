//===- ChannelsLast.cpp - NHWC, the layout that tensor cores like
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value N, C, H, W is carried as N, H, W, C. Convolutions and pools stay
// named operations, of the NHWC kind; weights become (r, s, c, k). Elementwise
// operations and reductions permute their loops, so that the channels are the
// innermost.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "LayoutRewriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// Dimension i of the new order is dimension toLast[i] of the old one.
constexpr int64_t toLast[] = {0, 2, 3, 1};
constexpr int64_t toFirst[] = {0, 3, 1, 2};

class ChannelsLast final : public LayoutRewriter {
public:
  using LayoutRewriter::LayoutRewriter;

protected:
  bool isCarried(Value value) const override {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getRank() == 4 && type.hasStaticShape();
  }
  bool isSeed(Operation *op) const override;
  bool canRewrite(Operation *op) const override;
  Value rewrite(Operation *op) override;
  Value enter(Value value) override { return transpose(value, toLast); }
  /// As many channels as rows and columns have the same type in both orders.
  /// What has lost rows and columns has no order.
  Value leave(Value value, RankedTensorType type) override {
    return type.getRank() == static_cast<int64_t>(std::size(toFirst))
               ? transpose(value, toFirst)
               : value;
  }

private:
  Value transpose(Value value, ArrayRef<int64_t> permutation);
  RankedTensorType getLastType(RankedTensorType type) const {
    return RankedTensorType::get(applyPermutation(type.getShape(), toLast),
                                 type.getElementType());
  }
  Value rewriteLoops(linalg::GenericOp op);
  Value rewritePad(tensor::PadOp pad);
};

bool ChannelsLast::isSeed(Operation *op) const {
  if (!isa<linalg::Conv2DNchwFchwOp, linalg::DepthwiseConv2DNchwChwOp>(op))
    return false;
  auto conv = cast<linalg::LinalgOp>(op);
  return conv.hasPureTensorSemantics() &&
         llvm::all_of(op->getOperands(), [](Value value) {
           return cast<ShapedType>(value.getType()).hasStaticShape();
         });
}

bool ChannelsLast::canRewrite(Operation *op) const {
  if (op->getNumResults() != 1 || isSeed(op))
    return op->getNumResults() == 1;
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return pad.getConstantPaddingValue() && pad.getLow().empty() &&
           pad.getHigh().empty();
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    return llvm::all_of(concat->getOperands(),
                        [&](Value value) { return isCarried(value); });
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || !linalgOp.hasPureTensorSemantics() ||
      linalgOp.hasIndexSemantics() || linalgOp.hasDynamicShape() ||
      isConstantDerived(op->getResult(0)))
    return false;
  if (isa<linalg::PoolingNchwMaxOp, linalg::PoolingNchwSumOp>(op))
    return true;
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || generic.getNumLoops() != 4)
    return false;
  // Loops are n, c, h, w if every carried operand reads it so.
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    if (!isCarried(operand.get()))
      return true;
    return llvm::all_of(
        llvm::enumerate(generic.getMatchingIndexingMap(&operand).getResults()),
        [&](auto entry) {
          return entry.value() ==
                     getAffineDimExpr(entry.index(), op->getContext()) ||
                 isa<AffineConstantExpr>(entry.value());
        });
  });
}

Value ChannelsLast::transpose(Value value, ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  auto permuted = RankedTensorType::get(
      applyPermutation(type.getShape(), permutation), type.getElementType());
  Location location = value.getLoc();
  // Where the order of what is not one stays, the elements stay too.
  auto isOne = [](int64_t size) { return size == 1; };
  if (llvm::count_if(type.getShape(), isOne) >= type.getRank() - 1) {
    ReassociationIndices all =
        llvm::to_vector<2>(llvm::seq<int64_t>(0, type.getRank()));
    SmallVector<ReassociationIndices> groups = {all};
    Value flat =
        tensor::CollapseShapeOp::create(rewriter, location, value, groups);
    return tensor::ExpandShapeOp::create(rewriter, location, permuted, flat,
                                         groups);
  }
  Value empty = createEmpty(rewriter, location, permuted);
  return linalg::TransposeOp::create(rewriter, location, value, empty,
                                     permutation)
      ->getResult(0);
}

Value ChannelsLast::rewriteLoops(linalg::GenericOp op) {
  MLIRContext *context = rewriter.getContext();
  SmallVector<AffineExpr> renumbered(4);
  SmallVector<utils::IteratorType> iterators;
  for (auto [position, loop] : llvm::enumerate(toLast)) {
    renumbered[loop] = getAffineDimExpr(position, context);
    iterators.push_back(op.getIteratorTypesArray()[loop]);
  }
  SmallVector<AffineMap> maps;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    SmallVector<AffineExpr> results;
    for (AffineExpr result : op.getMatchingIndexingMap(&operand).getResults())
      results.push_back(result.replaceDims(renumbered));
    Value value = operand.get();
    if (isCarried(value)) {
      results = applyPermutation(results, toLast);
      Value destination;
      if (op.isDpsInit(&operand))
        destination = getDestination(
            value, getLastType(cast<RankedTensorType>(value.getType())));
      value = destination ? destination : getCarried(value);
    }
    maps.push_back(AffineMap::get(4, 0, results, context));
    operands.push_back(value);
  }
  unsigned numInputs = op.getNumDpsInputs();
  auto generic = linalg::GenericOp::create(
      rewriter, op.getLoc(), operands.back().getType(),
      ValueRange(operands).take_front(numInputs),
      ValueRange(operands).drop_front(numInputs), maps, iterators);
  rewriter.cloneRegionBefore(op.getRegion(), generic.getRegion(),
                             generic.getRegion().begin());
  return generic.getResult(0);
}

Value ChannelsLast::rewritePad(tensor::PadOp pad) {
  Value padding = getPaddingValue(pad);
  SmallVector<OpFoldResult> low = pad.getMixedLowPad(),
                            high = pad.getMixedHighPad();
  applyPermutationToVector(low, ArrayRef<int64_t>(toLast));
  applyPermutationToVector(high, ArrayRef<int64_t>(toLast));
  return tensor::PadOp::create(
      rewriter, pad.getLoc(), getLastType(pad.getResultType()),
      getCarried(pad.getSource()), low, high, padding, pad.getNofold());
}

Value ChannelsLast::rewrite(Operation *op) {
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return rewritePad(pad);
  if (auto concat = dyn_cast<tensor::ConcatOp>(op)) {
    SmallVector<Value> inputs;
    for (Value input : concat.getInputs())
      inputs.push_back(getCarried(input));
    return tensor::ConcatOp::create(rewriter, op->getLoc(),
                                    getLastType(concat.getResultType()),
                                    toFirst[concat.getDim()], inputs);
  }
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return rewriteLoops(generic);

  auto linalgOp = cast<linalg::LinalgOp>(op);
  Location location = op->getLoc();
  RankedTensorType type =
      getLastType(cast<RankedTensorType>(op->getResult(0).getType()));
  Value image = getCarried(linalgOp.getDpsInputs()[0]),
        window = linalgOp.getDpsInputs()[1];
  Value destination = getDestination(linalgOp.getDpsInits()[0], type);
  if (!destination)
    destination = getCarried(linalgOp.getDpsInits()[0]);
  auto create = [&](auto old, auto replacement) -> Value {
    using New = decltype(replacement);
    return New::create(rewriter, location, type, ValueRange{image, window},
                       destination, old.getStrides(), old.getDilations())
        ->getResult(0);
  };
  if (auto pool = dyn_cast<linalg::PoolingNchwMaxOp>(op))
    return create(pool, linalg::PoolingNhwcMaxOp());
  if (auto pool = dyn_cast<linalg::PoolingNchwSumOp>(op))
    return create(pool, linalg::PoolingNhwcSumOp());
  if (auto conv = dyn_cast<linalg::Conv2DNchwFchwOp>(op)) {
    window =
        buildBehind(window, [&] { return transpose(window, {2, 3, 1, 0}); });
    return create(conv, linalg::Conv2DNhwcHwcfOp());
  }
  window = buildBehind(window, [&] { return transpose(window, {1, 2, 0}); });
  return create(cast<linalg::DepthwiseConv2DNchwChwOp>(op),
                linalg::DepthwiseConv2DNhwcHwcOp());
}

} // namespace

void chameleon::assignChannelsLast(func::FuncOp function) {
  ChannelsLast(function).run();
}
