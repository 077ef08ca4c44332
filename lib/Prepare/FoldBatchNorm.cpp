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

/// One link of a chain: `x kind operand`, the operand a vector over the
/// channels or a scalar, known when the model is loaded.
struct ChannelOperation {
  enum class Kind { Add, Sub, Mul, Div } kind;
  Operation *generic;
  Value vector; ///< as it is used, some shape with as many elements as there
                ///< are channels; or null
  Value scalar; ///< captured; or null
  int64_t dimension; ///< the loop of the vector

  Value getResult() const { return generic->getResult(0); }
};

/// The link that `value` goes into, if it has no other use.
std::optional<ChannelOperation> getChannelOperation(Value value) {
  if (!value.hasOneUse())
    return std::nullopt;
  OpOperand &use = *value.getUses().begin();
  auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!generic || !type || !type.hasStaticShape() || !isElementwise(generic) ||
      !generic.isDpsInput(&use) || generic.getResultTypes()[0] != type ||
      !generic.getMatchingIndexingMap(&use).isIdentity())
    return std::nullopt;
  Operation *body = getOnlyBodyOperation(generic);
  if (!body || body->getNumOperands() != 2)
    return std::nullopt;
  ChannelOperation result;
  result.generic = generic;
  result.dimension = -1;
  if (isa<arith::AddFOp>(body))
    result.kind = ChannelOperation::Kind::Add;
  else if (isa<arith::SubFOp>(body))
    result.kind = ChannelOperation::Kind::Sub;
  else if (isa<arith::MulFOp>(body))
    result.kind = ChannelOperation::Kind::Mul;
  else if (isa<arith::DivFOp>(body))
    result.kind = ChannelOperation::Kind::Div;
  else
    return std::nullopt;

  BlockArgument element = generic.getMatchingBlockArgument(&use);
  bool commutes = isa<arith::AddFOp, arith::MulFOp>(body);
  Value other;
  if (body->getOperand(0) == element)
    other = body->getOperand(1);
  else if (commutes && body->getOperand(1) == element)
    other = body->getOperand(0);
  if (!other || other == element)
    return std::nullopt;

  auto argument = dyn_cast<BlockArgument>(other);
  if (!argument) {
    if (!getFloatConstant(other))
      return std::nullopt;
    result.scalar = other;
    return result;
  }
  OpOperand *operand = generic.getMatchingOpOperand(argument);
  if (argument.getOwner() != generic.getBody() ||
      !generic.isDpsInput(operand) || !isConstantDerived(operand->get()))
    return std::nullopt;
  auto operandType = dyn_cast<RankedTensorType>(operand->get().getType());
  if (!operandType || !operandType.hasStaticShape())
    return std::nullopt;
  for (auto [expression, size] :
       llvm::zip(generic.getMatchingIndexingMap(operand).getResults(),
                 operandType.getShape())) {
    if (size == 1)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expression);
    if (!dim || result.dimension >= 0)
      return std::nullopt;
    result.dimension = dim.getPosition();
  }
  if (result.dimension < 0) {
    // One element: a vector over the channels only if there is one channel,
    // which nothing says. Left alone.
    return std::nullopt;
  }
  result.vector = operand->get();
  return result;
}

/// x * scale + shift over the channels, built up from the links of a chain.
/// Vectors are rank one; null is the neutral element.
class AffineChain {
public:
  AffineChain(OpBuilder &builder, Location location, int64_t channels,
              Type element)
      : builder(builder), location(location),
        type(RankedTensorType::get({channels}, element)) {}

  void setShift(Value value) { shift = value; }
  Value getScale() const { return scale; }
  Value getShift() const { return shift; }

  void append(const ChannelOperation &link) {
    using Kind = ChannelOperation::Kind;
    switch (link.kind) {
    case Kind::Add:
      shift = apply<arith::AddFOp>(shift, link, /*neutral=*/0);
      return;
    case Kind::Sub:
      shift = apply<arith::SubFOp>(shift, link, /*neutral=*/0);
      return;
    case Kind::Mul:
      scale = apply<arith::MulFOp>(scale, link, /*neutral=*/1);
      if (shift)
        shift = apply<arith::MulFOp>(shift, link, /*neutral=*/0);
      return;
    case Kind::Div:
      scale = apply<arith::DivFOp>(scale, link, /*neutral=*/1);
      if (shift)
        shift = apply<arith::DivFOp>(shift, link, /*neutral=*/0);
      return;
    }
  }

  /// The same elements as a tensor of rank one.
  Value flatten(Value value) {
    auto from = cast<RankedTensorType>(value.getType());
    if (from.getRank() == 1)
      return value;
    if (auto expand = value.getDefiningOp<tensor::ExpandShapeOp>())
      if (expand.getSrcType() == type)
        return expand.getSrc();
    ReassociationIndices all =
        llvm::to_vector<2>(llvm::seq<int64_t>(0, from.getRank()));
    return tensor::CollapseShapeOp::create(
        builder, location, value, SmallVector<ReassociationIndices>{all});
  }

private:
  template <typename Op>
  Value apply(Value accumulator, const ChannelOperation &link, double neutral) {
    if (!accumulator && link.vector &&
        (neutral == 0 ? isa_and_nonnull<arith::AddFOp>(getOnlyBodyOperation(
                            cast<linalg::GenericOp>(link.generic)))
                      : isa_and_nonnull<arith::MulFOp>(getOnlyBodyOperation(
                            cast<linalg::GenericOp>(link.generic)))))
      return flatten(link.vector);
    SmallVector<Value> inputs;
    if (accumulator)
      inputs.push_back(accumulator);
    if (link.vector)
      inputs.push_back(flatten(link.vector));
    Value constant;
    if (!accumulator)
      constant = arith::ConstantOp::create(
          builder, location,
          builder.getFloatAttr(type.getElementType(), neutral));
    SmallVector<AffineMap> maps(inputs.size(),
                                builder.getMultiDimIdentityMap(1));
    return createElementwise(
        builder, location, type, inputs, maps,
        [&](OpBuilder &nested, Location at, ValueRange elements) {
          Value lhs = accumulator ? elements.front() : constant;
          Value rhs = link.vector ? elements.back() : link.scalar;
          return Op::create(nested, at, lhs, rhs).getResult();
        });
  }

  OpBuilder &builder;
  Location location;
  RankedTensorType type;
  Value scale, shift;
};

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

void chameleon::mergeResidualBiases(func::FuncOp function) {
  SmallVector<linalg::GenericOp> generics;
  function.walk([&](linalg::GenericOp generic) {
    if (isElementwise(generic) && !isConstantDerived(generic.getResult(0)))
      generics.push_back(generic);
  });
  IRRewriter rewriter(function.getContext());
  for (linalg::GenericOp generic : generics) {
    // (a + b1) + (c + b2), all operands of the body's, b1 and b2 constant
    // vectors read alike.
    auto getVector = [&](arith::AddFOp add) -> OpOperand * {
      auto argument = dyn_cast<BlockArgument>(add.getRhs());
      if (!argument || argument.getOwner() != generic.getBody() ||
          !argument.hasOneUse())
        return nullptr;
      OpOperand *operand = generic.getMatchingOpOperand(argument);
      if (!generic.isDpsInput(operand) || !isConstantDerived(operand->get()) ||
          generic.getMatchingIndexingMap(operand).getNumResults() != 1)
        return nullptr;
      return operand;
    };
    for (arith::AddFOp sum :
         llvm::to_vector(generic.getBody()->getOps<arith::AddFOp>())) {
      auto left = sum.getLhs().getDefiningOp<arith::AddFOp>();
      auto right = sum.getRhs().getDefiningOp<arith::AddFOp>();
      if (!left || !right || left == right || !left->hasOneUse() ||
          !right->hasOneUse())
        continue;
      OpOperand *first = getVector(left), *second = getVector(right);
      if (!first || !second ||
          generic.getMatchingIndexingMap(first) !=
              generic.getMatchingIndexingMap(second) ||
          first->get().getType() != second->get().getType())
        continue;
      rewriter.setInsertionPoint(generic);
      AffineMap maps[] = {rewriter.getMultiDimIdentityMap(1),
                          rewriter.getMultiDimIdentityMap(1)};
      Value merged = createElementwise(
          rewriter, generic.getLoc(),
          cast<RankedTensorType>(first->get().getType()),
          {first->get(), second->get()}, maps,
          [](OpBuilder &nested, Location at, ValueRange elements) {
            return arith::AddFOp::create(nested, at, elements[0], elements[1])
                .getResult();
          });
      rewriter.modifyOpInPlace(generic, [&] { first->set(merged); });
      rewriter.replaceOp(right, right.getLhs());
    }
  }
}
