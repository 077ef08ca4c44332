//===- BlockedChannels.cpp - NCHWc, the layout that vector units like
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value N, C, H, W is carried as N, C/b, H, W, b with b the largest of 16, 8
// and 4, up to the target's f32 lanes, that divides C; where C is the channels
// of a grouped convolution, b may be the width of a group instead. It depends
// on the channel count alone, so all users of a value agree. Loops of a
// convolution, always in this order:
//
// - n, ko, oh, ow, ki, co, r, s, ci:
//   image (n, co, oh*stride + r*dilation, ow*stride + s*dilation, ci),
//   weights (ko, co, r, s, ci, ki)
// - n, ko, od, oh, ow, ki, co, q, r, s, ci: in three dimensions
// - n, ko, oh, ow, ki, c, r, s: an image whose channels are not blocked (three
//   colours)
// - n, co, oh, ow, ci, r, s: depthwise, and pools
// - n, ko, oh, ow, ki, co, r, s, ci with one iteration of co: grouped, image
//   (n, ko + co, …), see GroupedConvolution.h
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "GroupedConvolution.h"
#include "LayoutRewriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace chameleon;

namespace {

using Iterators = SmallVector<utils::IteratorType>;
constexpr auto parallel = utils::IteratorType::parallel;
constexpr auto reduction = utils::IteratorType::reduction;

class BlockedChannels final : public LayoutRewriter {
public:
  BlockedChannels(func::FuncOp function, int64_t largestBlock)
      : LayoutRewriter(function), largestBlock(largestBlock) {
    SmallVector<linalg::Conv2DNgchwGfchwOp> ops;
    function.walk([&](linalg::Conv2DNgchwGfchwOp op) { ops.push_back(op); });
    auto standard = [&](int64_t channels) { return getBlock(channels); };
    for (linalg::Conv2DNgchwGfchwOp op : ops) {
      std::optional<GroupedConvolution> conv = matchGroupedConvolution(op);
      if (conv && chooseChannelBlocks(*conv, largestBlock, standard, blocks))
        grouped[conv->result] = *conv;
    }
  }

protected:
  bool isCarried(Value value) const override {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && (type.getRank() == 4 || type.getRank() == 5) &&
           type.hasStaticShape() && getBlock(type.getDimSize(1));
  }
  bool isSeed(Operation *op) const override;
  bool canRewrite(Operation *op) const override;
  SmallVector<Value> getInputs(Operation *op) const override;
  Value rewrite(Operation *op) override;
  Value enter(Value value) override {
    return pack(
        value, 1,
        getBlock(cast<RankedTensorType>(value.getType()).getDimSize(1)));
  }
  Value leave(Value value, RankedTensorType type) override;

private:
  /// Zero: channels of this number are not blocked.
  int64_t getBlock(int64_t channels) const {
    auto decided = blocks.find(channels);
    if (decided != blocks.end())
      return decided->second;
    for (int64_t block : {16, 8, 4})
      if (block <= largestBlock && channels > 0 && channels % block == 0)
        return block;
    return 0;
  }

  /// The loop over the channels of a generic that carries values; nothing if it
  /// cannot be blocked.
  std::optional<unsigned> getChannelLoop(linalg::LinalgOp op) const;
  bool canRewritePad(tensor::PadOp pad) const;
  bool canRewriteConcat(tensor::ConcatOp concat) const;
  bool canRewriteSlice(tensor::ExtractSliceOp slice) const;

  /// `value` with the dimension split; free where everything behind it is of
  /// size one.
  Value pack(Value value, int64_t dimension, int64_t block);
  RankedTensorType getPackedType(RankedTensorType type, int64_t dimension,
                                 int64_t block) const;

  Value rewriteConvolution(linalg::LinalgOp conv);
  Value rewriteGrouped(const GroupedConvolution &conv);
  /// The loops of a convolution; `inBlock` is zero for an image that is not
  /// blocked. Grouped: the block of output channels is that of the input.
  Value createConvolution(linalg::LinalgOp conv, Value image, Value weights,
                          Value destination, int64_t inBlock, int64_t outBlock,
                          bool isGrouped);
  Value rewriteDepthwise(linalg::DepthwiseConv2DNchwChwOp conv);
  Value rewriteLoops(linalg::LinalgOp op);
  Value rewritePad(tensor::PadOp pad);
  Value rewriteConcat(tensor::ConcatOp concat);
  Value rewriteSlice(tensor::ExtractSliceOp slice);
  Value createContraction(Operation *op, ValueRange inputs, Value destination,
                          ArrayRef<AffineMap> maps, Iterators iterators);

  int64_t largestBlock;
  ChannelBlocks blocks;
  /// By the operation that joins the groups again: that one is rewritten, the
  /// others die with it.
  llvm::DenseMap<Operation *, GroupedConvolution> grouped;
};

bool isStatic(Operation *op) {
  auto hasStaticShape = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return !shaped || shaped.hasStaticShape();
  };
  return llvm::all_of(op->getOperandTypes(), hasStaticShape) &&
         llvm::all_of(op->getResultTypes(), hasStaticShape);
}

bool hasOneFloatType(linalg::LinalgOp op) {
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  return isa<FloatType>(element) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return getElementTypeOrSelf(operand.getType()) == element;
         });
}

bool BlockedChannels::isSeed(Operation *op) const {
  if (grouped.contains(op))
    return true;
  if (!isa<linalg::Conv2DNchwFchwOp, linalg::Conv3DNcdhwFcdhwOp,
           linalg::DepthwiseConv2DNchwChwOp>(op))
    return false;
  auto conv = cast<linalg::LinalgOp>(op);
  return conv.hasPureTensorSemantics() && isStatic(op) &&
         hasOneFloatType(conv) && isCarried(op->getResult(0)) &&
         (getFillValue(conv.getDpsInits()[0]) ||
          isCarried(conv.getDpsInits()[0]));
}

std::optional<unsigned>
BlockedChannels::getChannelLoop(linalg::LinalgOp op) const {
  std::optional<unsigned> loop;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  // The carried values say which loop it is, and must agree.
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isCarried(operand.get()))
      continue;
    auto dim =
        dyn_cast<AffineDimExpr>(maps[operand.getOperandNumber()].getResult(1));
    if (!dim || (loop && *loop != dim.getPosition()))
      return std::nullopt;
    loop = dim.getPosition();
  }
  if (!loop || op.getIteratorTypesArray()[*loop] != parallel)
    return std::nullopt;
  // No operand indexes by it other than plainly and once.
  for (AffineMap map : maps) {
    unsigned plain = 0;
    for (AffineExpr result : map.getResults()) {
      if (result == getAffineDimExpr(*loop, map.getContext()))
        ++plain;
      else if (result.isFunctionOfDim(*loop))
        return std::nullopt;
    }
    if (plain > 1)
      return std::nullopt;
  }
  return loop;
}

bool BlockedChannels::canRewrite(Operation *op) const {
  if (op->getNumResults() != 1 || !isStatic(op))
    return false;
  if (isSeed(op))
    return true;
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return canRewritePad(pad);
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    return canRewriteConcat(concat);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return canRewriteSlice(slice);
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || !isa<linalg::GenericOp, linalg::PoolingNchwMaxOp,
                        linalg::PoolingNchwSumOp>(op))
    return false;
  if (!linalgOp.hasPureTensorSemantics() || linalgOp.hasIndexSemantics() ||
      isConstantDerived(op->getResult(0)))
    return false;
  if (!getChannelLoop(linalgOp))
    return false;
  Value destination = linalgOp.getDpsInits()[0];
  return destination.getDefiningOp<tensor::EmptyOp>() ||
         getFillValue(destination) || isCarried(destination);
}

bool BlockedChannels::canRewritePad(tensor::PadOp pad) const {
  return isCarried(pad.getSource()) && isCarried(pad.getResult()) &&
         pad.getConstantPaddingValue() && pad.getStaticLow()[1] == 0 &&
         pad.getStaticHigh()[1] == 0;
}

bool BlockedChannels::canRewriteConcat(tensor::ConcatOp concat) const {
  if (!isCarried(concat.getResult()))
    return false;
  int64_t block = getBlock(concat.getResultType().getDimSize(1));
  return llvm::all_of(concat.getInputs(), [&](Value input) {
    auto type = cast<RankedTensorType>(input.getType());
    return type.getDimSize(1) % block == 0;
  });
}

bool BlockedChannels::canRewriteSlice(tensor::ExtractSliceOp slice) const {
  RankedTensorType source = slice.getSourceType(),
                   result = slice.getResultType();
  if (source.getRank() != result.getRank() || !isCarried(slice.getSource()) ||
      !isCarried(slice.getResult()))
    return false;
  int64_t block = getBlock(source.getDimSize(1));
  return block == getBlock(result.getDimSize(1)) &&
         !ShapedType::isDynamic(slice.getStaticOffsets()[1]) &&
         slice.getStaticOffsets()[1] % block == 0 &&
         slice.getStaticStrides()[1] == 1 && slice.getOffsets().empty() &&
         slice.getSizes().empty() && slice.getStrides().empty();
}

SmallVector<Value> BlockedChannels::getInputs(Operation *op) const {
  auto conv = grouped.find(op);
  if (conv != grouped.end())
    return {conv->second.image};
  return LayoutRewriter::getInputs(op);
}

RankedTensorType BlockedChannels::getPackedType(RankedTensorType type,
                                                int64_t dimension,
                                                int64_t block) const {
  SmallVector<int64_t> shape(type.getShape());
  shape[dimension] /= block;
  shape.push_back(block);
  return RankedTensorType::get(shape, type.getElementType());
}

bool hasUnitTail(RankedTensorType type, int64_t dimension) {
  return llvm::all_of(type.getShape().drop_front(dimension + 1),
                      [](int64_t size) { return size == 1; });
}

/// [0], [1], …, [first … last]
SmallVector<ReassociationIndices> joinTail(int64_t first, int64_t rank) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t dim = 0; dim < first; ++dim)
    groups.push_back({dim});
  groups.push_back(llvm::to_vector<2>(llvm::seq<int64_t>(first, rank)));
  return groups;
}

Value BlockedChannels::pack(Value value, int64_t dimension, int64_t block) {
  auto type = cast<RankedTensorType>(value.getType());
  RankedTensorType packed = getPackedType(type, dimension, block);
  Location location = value.getLoc();
  if (hasUnitTail(type, dimension)) {
    if (dimension + 1 < type.getRank())
      value = tensor::CollapseShapeOp::create(
          rewriter, location, value, joinTail(dimension, type.getRank()));
    return tensor::ExpandShapeOp::create(rewriter, location, packed, value,
                                         joinTail(dimension, packed.getRank()));
  }
  Value empty = createEmpty(rewriter, location, packed);
  OpFoldResult tile = rewriter.getIndexAttr(block);
  return linalg::PackOp::create(rewriter, location, value, empty,
                                ArrayRef<int64_t>(dimension),
                                ArrayRef<OpFoldResult>(tile))
      ->getResult(0);
}

Value BlockedChannels::leave(Value value, RankedTensorType type) {
  Location location = value.getLoc();
  auto packed = cast<RankedTensorType>(value.getType());
  // A reduction's result may have lost dimensions; its channels are the ones
  // that were split.
  int64_t block = packed.getShape().back();
  int64_t dimension = 0;
  while (packed.getDimSize(dimension) == type.getDimSize(dimension))
    ++dimension;
  if (hasUnitTail(type, dimension)) {
    value = tensor::CollapseShapeOp::create(
        rewriter, location, value, joinTail(dimension, packed.getRank()));
    if (dimension + 1 < type.getRank())
      value = tensor::ExpandShapeOp::create(
          rewriter, location, type, value, joinTail(dimension, type.getRank()));
    return value;
  }
  Value empty = createEmpty(rewriter, location, type);
  OpFoldResult tile = rewriter.getIndexAttr(block);
  return linalg::UnPackOp::create(rewriter, location, value, empty,
                                  ArrayRef<int64_t>(dimension),
                                  ArrayRef<OpFoldResult>(tile))
      ->getResult(0);
}

Value BlockedChannels::rewrite(Operation *op) {
  auto conv = grouped.find(op);
  if (conv != grouped.end())
    return rewriteGrouped(conv->second);
  if (isa<linalg::Conv2DNchwFchwOp, linalg::Conv3DNcdhwFcdhwOp>(op))
    return rewriteConvolution(cast<linalg::LinalgOp>(op));
  if (auto conv = dyn_cast<linalg::DepthwiseConv2DNchwChwOp>(op))
    return rewriteDepthwise(conv);
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return rewritePad(pad);
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    return rewriteConcat(concat);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return rewriteSlice(slice);
  return rewriteLoops(cast<linalg::LinalgOp>(op));
}

Value BlockedChannels::createContraction(Operation *op, ValueRange inputs,
                                         Value destination,
                                         ArrayRef<AffineMap> maps,
                                         Iterators iterators) {
  auto contract = arith::FastMathFlags::contract;
  return linalg::GenericOp::create(
             rewriter, op->getLoc(), destination.getType(), inputs, destination,
             maps, iterators,
             [&](OpBuilder &nested, Location at, ValueRange arguments) {
               Value product = arith::MulFOp::create(nested, at, arguments[0],
                                                     arguments[1], contract);
               Value sum = arith::AddFOp::create(nested, at, arguments[2],
                                                 product, contract);
               linalg::YieldOp::create(nested, at, sum);
             })
      .getResult(0);
}

SmallVector<int64_t> getIntegers(Operation *op, StringRef attribute) {
  return llvm::to_vector(
      op->getAttrOfType<DenseIntElementsAttr>(attribute).getValues<int64_t>());
}

Value BlockedChannels::rewriteConvolution(linalg::LinalgOp conv) {
  Value image = conv.getDpsInputs()[0], weights = conv.getDpsInputs()[1];
  auto type = cast<RankedTensorType>(conv->getResult(0).getType());
  int64_t outBlock = getBlock(type.getDimSize(1)),
          inBlock =
              getBlock(cast<RankedTensorType>(weights.getType()).getDimSize(1));
  Value destination =
      getDestination(conv.getDpsInits()[0], getPackedType(type, 1, outBlock));
  if (!destination)
    destination = getCarried(conv.getDpsInits()[0]);
  return createConvolution(conv, inBlock ? getCarried(image) : image, weights,
                           destination, inBlock, outBlock,
                           /*isGrouped=*/false);
}

Value BlockedChannels::rewriteGrouped(const GroupedConvolution &conv) {
  linalg::Conv2DNgchwGfchwOp op = conv.op;
  tensor::CollapseShapeOp result = conv.result;
  RankedTensorType type = result.getResultType();
  int64_t inBlock = getBlock(conv.getInputChannels()),
          outBlock = getBlock(conv.getOutputChannels());
  Value weights = buildBehind(op.getDpsInputs()[1], [&] {
    return createBlockWeights(rewriter, conv, inBlock);
  });
  Value destination =
      createZero(rewriter, op.getLoc(), getPackedType(type, 1, outBlock));
  return createConvolution(op, getCarried(conv.image), weights, destination,
                           inBlock, outBlock, /*isGrouped=*/true);
}

Value BlockedChannels::createConvolution(linalg::LinalgOp conv, Value image,
                                         Value weights, Value destination,
                                         int64_t inBlock, int64_t outBlock,
                                         bool isGrouped) {
  auto weightType = cast<RankedTensorType>(weights.getType());
  SmallVector<int64_t> strides = getIntegers(conv, "strides"),
                       dilations = getIntegers(conv, "dilations");
  unsigned directions = strides.size();

  // Weights: (ko, co, r, s, ci, ki).
  Location location = conv.getLoc();
  SmallVector<int64_t> weightShape(weightType.getShape());
  weightShape[0] /= outBlock;
  SmallVector<int64_t> positions, tileSizes;
  if (inBlock) {
    weightShape[1] /= inBlock;
    weightShape.push_back(inBlock);
    positions.push_back(1);
    tileSizes.push_back(inBlock);
  }
  weightShape.push_back(outBlock);
  positions.push_back(0);
  tileSizes.push_back(outBlock);
  Value packedWeights = buildBehind(weights, [&] {
    Value empty = createEmpty(
        rewriter, location,
        RankedTensorType::get(weightShape, weightType.getElementType()));
    SmallVector<OpFoldResult> tiles;
    for (int64_t size : tileSizes)
      tiles.push_back(rewriter.getIndexAttr(size));
    return linalg::PackOp::create(rewriter, location, weights, empty, positions,
                                  tiles)
        ->getResult(0);
  });

  // n, ko, the image's directions, ki; co, the window's directions, ci.
  MLIRContext *context = rewriter.getContext();
  auto loop = [&](unsigned position) {
    return getAffineDimExpr(position, context);
  };
  AffineExpr n = loop(0), ko = loop(1), ki = loop(2 + directions),
             co = loop(3 + directions), ci = loop(4 + 2 * directions);
  SmallVector<AffineExpr> imageIndex = {n, isGrouped ? ko + co : co},
                          weightIndex = {ko, co}, outIndex = {n, ko};
  for (unsigned direction = 0; direction < directions; ++direction) {
    AffineExpr pixel = loop(2 + direction),
               window = loop(4 + directions + direction);
    imageIndex.push_back(pixel * strides[direction] +
                         window * dilations[direction]);
    weightIndex.push_back(window);
    outIndex.push_back(pixel);
  }
  if (inBlock) {
    imageIndex.push_back(ci);
    weightIndex.push_back(ci);
  }
  weightIndex.push_back(ki);
  outIndex.push_back(ki);
  Iterators iterators(3 + directions, parallel);
  iterators.append(directions + (inBlock ? 2 : 1), reduction);
  unsigned loops = iterators.size();
  AffineMap maps[] = {AffineMap::get(loops, 0, imageIndex, context),
                      AffineMap::get(loops, 0, weightIndex, context),
                      AffineMap::get(loops, 0, outIndex, context)};
  return createContraction(conv, {image, packedWeights}, destination, maps,
                           iterators);
}

Value BlockedChannels::rewriteDepthwise(linalg::DepthwiseConv2DNchwChwOp conv) {
  Value weights = conv.getDpsInputs()[1];
  auto type = cast<RankedTensorType>(conv.getResult(0).getType());
  int64_t block = getBlock(type.getDimSize(1));
  SmallVector<int64_t> strides = getIntegers(conv, "strides"),
                       dilations = getIntegers(conv, "dilations");
  Value packedWeights =
      buildBehind(weights, [&] { return pack(weights, 0, block); });
  Value destination =
      getDestination(conv.getDpsInits()[0], getPackedType(type, 1, block));
  if (!destination)
    destination = getCarried(conv.getDpsInits()[0]);
  MLIRContext *context = rewriter.getContext();
  AffineExpr n, co, oh, ow, ci, r, s;
  bindDims(context, n, co, oh, ow, ci, r, s);
  Iterators iterators(5, parallel);
  iterators.append(2, reduction);
  AffineMap maps[] = {AffineMap::get(7, 0,
                                     {n, co, oh * strides[0] + r * dilations[0],
                                      ow * strides[1] + s * dilations[1], ci},
                                     context),
                      AffineMap::get(7, 0, {co, r, s, ci}, context),
                      AffineMap::get(7, 0, {n, co, oh, ow, ci}, context)};
  return createContraction(conv,
                           {getCarried(conv.getDpsInputs()[0]), packedWeights},
                           destination, maps, iterators);
}

/// Elementwise operations, reductions and pools: the channel loop is split, its
/// inner half the last parallel loop.
Value BlockedChannels::rewriteLoops(linalg::LinalgOp op) {
  unsigned channelLoop = *getChannelLoop(op);
  int64_t block = getBlock(op.getStaticLoopRanges()[channelLoop]);
  Iterators iterators = op.getIteratorTypesArray();
  unsigned inner = iterators.size();
  while (inner > 0 && iterators[inner - 1] == reduction)
    --inner;
  iterators.insert(iterators.begin() + inner, parallel);

  MLIRContext *context = rewriter.getContext();
  SmallVector<AffineExpr> renumbered;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
    renumbered.push_back(
        getAffineDimExpr(loop < inner ? loop : loop + 1, context));
  AffineExpr channels = getAffineDimExpr(channelLoop, context);
  SmallVector<AffineMap> maps;
  SmallVector<Value> operands;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Value value = operand.get();
    std::optional<int64_t> dimension;
    for (auto [position, result] : llvm::enumerate(map.getResults()))
      if (result == channels)
        dimension = position;
    SmallVector<AffineExpr> results;
    for (AffineExpr result : map.getResults())
      results.push_back(result.replaceDims(renumbered));
    if (dimension) {
      results.push_back(getAffineDimExpr(inner, context));
      auto type = cast<RankedTensorType>(value.getType());
      if (op.isDpsInit(&operand)) {
        if (Value destination =
                getDestination(value, getPackedType(type, *dimension, block)))
          value = destination;
        else
          value = getCarried(value);
      } else if (*dimension == 1 && isCarried(value)) {
        value = getCarried(value);
      } else {
        value =
            buildBehind(value, [&] { return pack(value, *dimension, block); });
      }
    }
    maps.push_back(AffineMap::get(iterators.size(), 0, results, context));
    operands.push_back(value);
  }
  unsigned numInputs = op.getNumDpsInputs();
  auto generic = linalg::GenericOp::create(
      rewriter, op.getLoc(), operands.back().getType(),
      ValueRange(operands).take_front(numInputs),
      ValueRange(operands).drop_front(numInputs), maps, iterators);
  rewriter.cloneRegionBefore(op->getRegion(0), generic.getRegion(),
                             generic.getRegion().begin());
  return generic.getResult(0);
}

Value BlockedChannels::rewritePad(tensor::PadOp pad) {
  Value padding = getPaddingValue(pad);
  SmallVector<OpFoldResult> low = pad.getMixedLowPad(),
                            high = pad.getMixedHighPad();
  low.push_back(rewriter.getIndexAttr(0));
  high.push_back(rewriter.getIndexAttr(0));
  RankedTensorType type = getPackedType(
      pad.getResultType(), 1, getBlock(pad.getResultType().getDimSize(1)));
  return tensor::PadOp::create(rewriter, pad.getLoc(), type,
                               getCarried(pad.getSource()), low, high, padding,
                               pad.getNofold());
}

Value BlockedChannels::rewriteConcat(tensor::ConcatOp concat) {
  int64_t block = getBlock(concat.getResultType().getDimSize(1));
  SmallVector<Value> inputs;
  for (Value input : concat.getInputs()) {
    bool sameBlock =
        getBlock(cast<RankedTensorType>(input.getType()).getDimSize(1)) ==
        block;
    inputs.push_back(sameBlock ? getCarried(input) : buildBehind(input, [&] {
      return pack(input, 1, block);
    }));
  }
  return tensor::ConcatOp::create(
      rewriter, concat.getLoc(),
      getPackedType(concat.getResultType(), 1, block), concat.getDim(), inputs);
}

Value BlockedChannels::rewriteSlice(tensor::ExtractSliceOp slice) {
  int64_t block = getBlock(slice.getResultType().getDimSize(1));
  SmallVector<OpFoldResult> offsets = slice.getMixedOffsets(),
                            sizes = slice.getMixedSizes(),
                            strides = slice.getMixedStrides();
  offsets[1] = rewriter.getIndexAttr(slice.getStaticOffsets()[1] / block);
  sizes[1] = rewriter.getIndexAttr(slice.getStaticSizes()[1] / block);
  offsets.push_back(rewriter.getIndexAttr(0));
  sizes.push_back(rewriter.getIndexAttr(block));
  strides.push_back(rewriter.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(
      rewriter, slice.getLoc(), getPackedType(slice.getResultType(), 1, block),
      getCarried(slice.getSource()), offsets, sizes, strides);
}

} // namespace

void chameleon::assignBlockedChannels(func::FuncOp function,
                                      int64_t largestBlock) {
  BlockedChannels(function, largestBlock).run();
}
