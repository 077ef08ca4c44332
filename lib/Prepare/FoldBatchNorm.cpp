//===- FoldBatchNorm.cpp - channelwise arithmetic into weights and one bias
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A batch norm arrives as subtract, multiply, multiply, add, each with a vector
// of constants that depends on the channel alone. Nothing here knows "batch
// norm": any chain of such operations is x * scale + shift. Behind a
// convolution the scale goes into the weights and the shift becomes the
// epilogue's addition, as does a bias that was broadcast into the convolution's
// destination; elsewhere (after a concatenation or a pool) the chain becomes
// one multiply-add.
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"
#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// Where a convolution-like operation has its output features.
struct FeatureDims {
  SmallVector<int64_t> weight, result;
};

std::optional<FeatureDims> getFeatureDims(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<FeatureDims>>(op)
      .Case<linalg::Conv2DNchwFchwOp, linalg::DepthwiseConv2DNchwChwOp,
            linalg::Conv1DNcwFcwOp, linalg::Conv3DNcdhwFcdhwOp,
            linalg::DepthwiseConv1DNcwCwOp>(
          [](auto) { return FeatureDims{{0}, {1}}; })
      .Case<linalg::Conv2DNgchwGfchwOp>(
          [](auto) { return FeatureDims{{0, 1}, {1, 2}}; })
      .Case<linalg::Conv2DNhwcHwcfOp>(
          [](auto) { return FeatureDims{{3}, {3}}; })
      .Case<linalg::Conv2DNhwcFhwcOp>(
          [](auto) { return FeatureDims{{0}, {3}}; })
      .Case<linalg::DepthwiseConv2DNhwcHwcOp>(
          [](auto) { return FeatureDims{{2}, {3}}; })
      .Default([](Operation *) { return std::nullopt; });
}

AffineMap getDimsMap(MLIRContext *context, int64_t rank,
                     ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> results;
  for (int64_t dim : dims)
    results.push_back(getAffineDimExpr(dim, context));
  return AffineMap::get(rank, 0, results, context);
}

/// The vector that a destination holds in every pixel: linalg.broadcast of it,
/// or the generic that says the same.
Value getBroadcastVector(Value destination, int64_t dimension) {
  Operation *op = destination.getDefiningOp();
  if (auto broadcast = dyn_cast_or_null<linalg::BroadcastOp>(op)) {
    auto type = cast<RankedTensorType>(broadcast.getInput().getType());
    if (type.getRank() == 1 &&
        !llvm::is_contained(broadcast.getDimensions(), dimension))
      return broadcast.getInput();
    return {};
  }
  auto generic = dyn_cast_or_null<linalg::GenericOp>(op);
  if (!generic || !isElementwise(generic) || generic.getNumDpsInputs() != 1 ||
      !llvm::hasSingleElement(generic.getBody()->getOperations()) ||
      generic.getBody()->getTerminator()->getOperand(0) !=
          generic.getBody()->getArgument(0))
    return {};
  AffineMap map = generic.getIndexingMapsArray()[0];
  if (map.getNumResults() != 1 ||
      map.getResult(0) != getAffineDimExpr(dimension, map.getContext()))
    return {};
  return generic.getInputs()[0];
}

class Folder {
public:
  explicit Folder(func::FuncOp function) : rewriter(function.getContext()) {}

  void foldBehind(linalg::LinalgOp conv, const FeatureDims &features);
  void foldChain(Value start);

private:
  /// Replaces the last link by the value, and erases the links, which nobody
  /// uses any more.
  void replace(ArrayRef<ChannelOperation> chain, Value value) {
    rewriter.replaceAllUsesWith(chain.back().getResult(), value);
    for (const ChannelOperation &link : llvm::reverse(chain))
      rewriter.eraseOp(link.generic);
  }

  IRRewriter rewriter;
};

void Folder::foldBehind(linalg::LinalgOp conv, const FeatureDims &features) {
  auto type = cast<RankedTensorType>(conv->getResult(0).getType());
  auto weightType =
      dyn_cast<RankedTensorType>(conv.getDpsInputs()[1].getType());
  if (!type.hasStaticShape() || !weightType || !weightType.hasStaticShape() ||
      !isa<FloatType>(type.getElementType()) ||
      weightType.getElementType() != type.getElementType())
    return;
  int64_t channels = 1;
  for (int64_t dim : features.result)
    channels *= type.getDimSize(dim);

  // A grouped convolution's result is seen through the reshape that joins its
  // groups.
  Value start = conv->getResult(0);
  tensor::CollapseShapeOp join;
  int64_t channelDim = features.result.front();
  if (features.result.size() > 1 && start.hasOneUse()) {
    join = dyn_cast<tensor::CollapseShapeOp>(*start.user_begin());
    if (!join || join.getResultType().getRank() != type.getRank() - 1 ||
        ArrayRef<int64_t>(join.getReassociationIndices()[channelDim]) !=
            ArrayRef<int64_t>(features.result))
      return;
    start = join.getResult();
  } else if (features.result.size() > 1) {
    return;
  }

  // Its destination: zero, or a bias in every pixel.
  Value destination = conv.getDpsInits()[0];
  Value bias;
  bool biasIsConstant = true;
  if (!isZeroFilled(destination)) {
    Value source = destination;
    if (auto split = source.getDefiningOp<tensor::ExpandShapeOp>();
        split && features.result.size() > 1)
      source = split.getSrc();
    bias = getBroadcastVector(source, channelDim);
    if (!bias ||
        cast<RankedTensorType>(bias.getType()).getDimSize(0) != channels)
      return;
    biasIsConstant = isConstantDerived(bias);
  }

  bool canScale = isConstantDerived(conv.getDpsInputs()[1]) && biasIsConstant;
  SmallVector<ChannelOperation> chain;
  while (std::optional<ChannelOperation> link = getChannelOperation(
             chain.empty() ? start : chain.back().getResult())) {
    bool scales = link->kind == ChannelOperation::Kind::Mul ||
                  link->kind == ChannelOperation::Kind::Div;
    if ((link->vector && link->dimension != channelDim) ||
        (scales && !canScale))
      break;
    chain.push_back(*link);
  }
  // A single constant added is what this function leaves behind.
  bool isFolded =
      chain.empty() ||
      (chain.size() == 1 && chain[0].kind == ChannelOperation::Kind::Add);
  if (!bias && isFolded)
    return;
  // Scalars alone (a relu6 shifted by three, a mean's divisor) stay: they cost
  // nothing in the epilogue.
  if (!bias && llvm::all_of(chain, [](const ChannelOperation &link) {
        return !link.vector;
      }))
    return;

  // Everything is put where the chain ends: what it reads is defined there.
  Location location = conv.getLoc();
  if (chain.empty())
    rewriter.setInsertionPointAfter(join ? join.getOperation()
                                         : conv.getOperation());
  else
    rewriter.setInsertionPoint(chain.back().generic);
  AffineChain affine(rewriter, location, channels, type.getElementType());
  affine.setShift(bias);
  for (const ChannelOperation &link : chain)
    affine.append(link);

  Value weight = conv.getDpsInputs()[1];
  if (Value scale = affine.getScale()) {
    SmallVector<int64_t> groupShape;
    for (int64_t dim : features.weight)
      groupShape.push_back(weightType.getDimSize(dim));
    if (groupShape.size() > 1) {
      ReassociationIndices all =
          llvm::to_vector<2>(llvm::seq<int64_t>(0, groupShape.size()));
      scale = tensor::ExpandShapeOp::create(
          rewriter, location,
          RankedTensorType::get(groupShape, type.getElementType()), scale,
          SmallVector<ReassociationIndices>{all});
    }
    AffineMap maps[] = {rewriter.getMultiDimIdentityMap(weightType.getRank()),
                        getDimsMap(rewriter.getContext(), weightType.getRank(),
                                   features.weight)};
    weight = createElementwise(
        rewriter, location, weightType, {weight, scale}, maps,
        [](OpBuilder &nested, Location at, ValueRange elements) {
          return arith::MulFOp::create(nested, at, elements[0], elements[1])
              .getResult();
        });
  }
  Value zero = createZero(rewriter, location, type);
  SmallVector<Value> operands = {conv.getDpsInputs()[0], weight, zero};
  Operation *newConv = clone(rewriter, conv, TypeRange(type), operands);
  Value result = newConv->getResult(0);
  if (join)
    result = tensor::CollapseShapeOp::create(rewriter, location,
                                             join.getResultType(), result,
                                             join.getReassociationIndices());
  if (Value shift = affine.getShift()) {
    auto resultType = cast<RankedTensorType>(result.getType());
    AffineMap maps[] = {
        rewriter.getMultiDimIdentityMap(resultType.getRank()),
        getDimsMap(rewriter.getContext(), resultType.getRank(), channelDim)};
    result = createElementwise(
        rewriter, location, resultType, {result, shift}, maps,
        [](OpBuilder &nested, Location at, ValueRange elements) {
          return arith::AddFOp::create(nested, at, elements[0], elements[1])
              .getResult();
        });
  }
  if (chain.empty())
    rewriter.replaceAllUsesWith(start, result);
  else
    replace(chain, result);
  if (join)
    rewriter.eraseOp(join);
  rewriter.eraseOp(conv);
}

void Folder::foldChain(Value start) {
  SmallVector<ChannelOperation> chain;
  int64_t dimension = -1;
  while (std::optional<ChannelOperation> link = getChannelOperation(
             chain.empty() ? start : chain.back().getResult())) {
    if (!link->vector || (dimension >= 0 && link->dimension != dimension))
      break;
    dimension = link->dimension;
    chain.push_back(*link);
  }
  if (chain.size() < 3) // scale and shift alone are fused as they are
    return;
  auto type = cast<RankedTensorType>(start.getType());
  Location location = chain.front().generic->getLoc();
  rewriter.setInsertionPoint(chain.back().generic);
  AffineChain affine(rewriter, location, type.getDimSize(dimension),
                     type.getElementType());
  for (const ChannelOperation &link : chain)
    affine.append(link);
  AffineMap channelMap =
      getDimsMap(rewriter.getContext(), type.getRank(), dimension);
  SmallVector<Value> inputs = {start};
  SmallVector<AffineMap> maps = {
      rewriter.getMultiDimIdentityMap(type.getRank())};
  for (Value vector : {affine.getScale(), affine.getShift()})
    if (vector) {
      inputs.push_back(vector);
      maps.push_back(channelMap);
    }
  auto contract = arith::FastMathFlags::contract;
  Value result = createElementwise(
      rewriter, location, type, inputs, maps,
      [&](OpBuilder &nested, Location at, ValueRange elements) {
        Value value = elements[0];
        if (affine.getScale())
          value =
              arith::MulFOp::create(nested, at, value, elements[1], contract);
        if (affine.getShift())
          value = arith::AddFOp::create(nested, at, value, elements.back(),
                                        contract);
        return value;
      });
  replace(chain, result);
}

} // namespace

void chameleon::foldBatchNorm(func::FuncOp function) {
  Folder folder(function);
  SmallVector<std::pair<linalg::LinalgOp, FeatureDims>> convolutions;
  function.walk([&](linalg::LinalgOp op) {
    if (std::optional<FeatureDims> features = getFeatureDims(op);
        features && op.hasPureTensorSemantics())
      convolutions.push_back({op, *features});
  });
  for (auto &[conv, features] : convolutions)
    folder.foldBehind(conv, features);

  // The other chains: start at the first link, whose input is none.
  SmallVector<Value> starts;
  function.walk([&](linalg::GenericOp generic) {
    if (!isElementwise(generic))
      return;
    for (OpOperand *input : generic.getDpsInputOperands()) {
      std::optional<ChannelOperation> link = getChannelOperation(input->get());
      if (!link || !link->vector)
        continue;
      auto producer = input->get().getDefiningOp<linalg::GenericOp>();
      bool continues =
          producer && llvm::any_of(producer.getDpsInputs(), [&](Value value) {
            std::optional<ChannelOperation> before = getChannelOperation(value);
            return before && before->vector && before->generic == producer;
          });
      if (!continues && !isConstantDerived(input->get()))
        starts.push_back(input->get());
    }
  });
  for (Value start : starts)
    folder.foldChain(start);
}
