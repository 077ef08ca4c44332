//===- GroupedConvolution.cpp - grouped convolutions as blocks of channels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See GroupedConvolution.h.
//
//===----------------------------------------------------------------------===//

#include "GroupedConvolution.h"
#include "Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace chameleon;

/// More groups than this in a block would be mostly zeros.
static constexpr int64_t maxGroupsInBlock = 4;
/// A wider block leaves no registers for more than a few pixels.
static constexpr int64_t maxVectorsInBlock = 4;

/// [0], [1, 2], [3], [4]
static bool splitsChannels(ArrayRef<ReassociationIndices> groups) {
  return groups.size() == 4 && groups[1].size() == 2;
}

std::optional<GroupedConvolution>
chameleon::matchGroupedConvolution(linalg::Conv2DNgchwGfchwOp op) {
  if (!op.hasPureTensorSemantics() || !op->hasOneUse() ||
      !isZeroFilled(op.getDpsInits()[0]))
    return std::nullopt;
  auto expand = op.getDpsInputs()[0].getDefiningOp<tensor::ExpandShapeOp>();
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(*op->user_begin());
  if (!expand || !collapse ||
      !splitsChannels(expand.getReassociationIndices()) ||
      !splitsChannels(collapse.getReassociationIndices()))
    return std::nullopt;
  Type element = collapse.getResultType().getElementType();
  if (!isa<FloatType>(element))
    return std::nullopt;
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    if (!type.hasStaticShape() || type.getElementType() != element)
      return std::nullopt;
  }
  auto weights = cast<RankedTensorType>(op.getDpsInputs()[1].getType());
  return GroupedConvolution{op,
                            expand.getSrc(),
                            collapse,
                            weights.getDimSize(0),
                            weights.getDimSize(2),
                            weights.getDimSize(1)};
}

bool chameleon::chooseChannelBlocks(
    const GroupedConvolution &conv, int64_t largestBlock,
    llvm::function_ref<int64_t(int64_t)> standard, ChannelBlocks &blocks) {
  int64_t inputs = conv.getInputChannels(), outputs = conv.getOutputChannels();
  auto getBlock = [&](int64_t channels) {
    auto decided = blocks.find(channels);
    return decided != blocks.end() ? decided->second : standard(channels);
  };
  // As many whole groups on both sides.
  auto areWholeGroups = [&](int64_t inputBlock, int64_t outputBlock) {
    int64_t count = inputBlock / conv.inputWidth;
    return count >= 1 && count <= maxGroupsInBlock &&
           inputBlock == count * conv.inputWidth &&
           outputBlock == count * conv.outputWidth;
  };
  int64_t inputBlock = getBlock(inputs), outputBlock = getBlock(outputs);
  if (!areWholeGroups(inputBlock, outputBlock)) {
    // One group a block, if that is a vector and nobody else has decided. LLVM
    // takes vectors of 24 or 56 apart, down to a fiftieth of the speed.
    auto isBlock = [&](int64_t width) {
      return width >= 4 && llvm::isPowerOf2_64(width) &&
             width <= maxVectorsInBlock * largestBlock;
    };
    if (blocks.contains(inputs) || blocks.contains(outputs) ||
        !isBlock(conv.inputWidth) || !isBlock(conv.outputWidth))
      return false;
    inputBlock = conv.inputWidth;
    outputBlock = conv.outputWidth;
  }
  blocks[inputs] = inputBlock;
  blocks[outputs] = outputBlock;
  return true;
}

Value chameleon::createBlockWeights(RewriterBase &rewriter,
                                    const GroupedConvolution &conv,
                                    int64_t inputBlock) {
  linalg::Conv2DNgchwGfchwOp op = conv.op;
  Value weights = op.getDpsInputs()[1];
  Location location = op.getLoc();
  auto type = cast<RankedTensorType>(weights.getType());
  Type element = type.getElementType();
  int64_t rows = type.getDimSize(3), columns = type.getDimSize(4);
  // F, C / groups, KH, KW
  weights = tensor::CollapseShapeOp::create(
      rewriter, location, weights,
      ArrayRef<ReassociationIndices>{{0, 1}, {2}, {3}, {4}});
  int64_t groups = inputBlock / conv.inputWidth;
  if (groups == 1)
    return weights;

  // F, group of the block, C / groups, KH, KW
  auto widened = RankedTensorType::get(
      {conv.getOutputChannels(), groups, conv.inputWidth, rows, columns},
      element);
  MLIRContext *context = rewriter.getContext();
  AffineExpr f, group, c, r, s;
  bindDims(context, f, group, c, r, s);
  AffineMap map = AffineMap::get(5, 0, {f, c, r, s}, context);
  Value result = createElementwise(
      rewriter, location, widened, weights, map,
      [&](OpBuilder &nested, Location at, ValueRange arguments) -> Value {
        auto constant = [&](int64_t value) {
          return arith::ConstantIndexOp::create(nested, at, value);
        };
        Value output = linalg::IndexOp::create(nested, at, 0);
        Value owner = arith::RemUIOp::create(
            nested, at,
            arith::DivUIOp::create(nested, at, output,
                                   constant(conv.outputWidth)),
            constant(groups));
        Value column = linalg::IndexOp::create(nested, at, 1);
        Value isOwn = arith::CmpIOp::create(
            nested, at, arith::CmpIPredicate::eq, owner, column);
        Value zero =
            arith::ConstantOp::create(nested, at, nested.getZeroAttr(element));
        return arith::SelectOp::create(nested, at, isOwn, arguments[0], zero);
      });
  return tensor::CollapseShapeOp::create(
      rewriter, location, result,
      ArrayRef<ReassociationIndices>{{0}, {1, 2}, {3}, {4}});
}
