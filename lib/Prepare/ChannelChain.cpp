//===- ChannelChain.cpp - chains of x * scale + shift over the channels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See ChannelChain.h.
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"
#include "Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace chameleon;

std::optional<ChannelOperation> chameleon::getChannelOperation(Value value) {
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

Value AffineChain::flatten(Value value) {
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

template <typename Op>
Value AffineChain::apply(Value accumulator, const ChannelOperation &link,
                         double neutral) {
  constexpr bool commutes =
      std::is_same_v<Op, arith::AddFOp> || std::is_same_v<Op, arith::MulFOp>;
  if (commutes && !accumulator && link.vector)
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
  SmallVector<AffineMap> maps(inputs.size(), builder.getMultiDimIdentityMap(1));
  return createElementwise(
      builder, location, type, inputs, maps,
      [&](OpBuilder &nested, Location at, ValueRange elements) {
        Value lhs = accumulator ? elements.front() : constant;
        Value rhs = link.vector ? elements.back() : link.scalar;
        return Op::create(nested, at, lhs, rhs).getResult();
      });
}

void AffineChain::append(const ChannelOperation &link) {
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
