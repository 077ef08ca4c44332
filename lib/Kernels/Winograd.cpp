//===- Winograd.cpp - 3x3 convolutions by minimal filtering
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Y = A^T [ (G g G^T) * (B^T d B) ] A for squares d of the image that overlap
// by two pixels (Lavin and Gray 2015, equation 8). The product of elements,
// summed over the input channels, is a product of matrices for each place in
// the square, which is where nearly all of the time goes.
//
//===----------------------------------------------------------------------===//

#include "WinogradKernel.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

std::string WinogradKernel::analyze() {
  auto generic = dyn_cast<linalg::GenericOp>(convolution.getOperation());
  if (!generic || !generic.hasPureTensorSemantics() ||
      generic.getNumDpsInputs() != 2 || generic.getNumDpsInits() != 1 ||
      generic.getNumLoops() != 9 || generic.getNumReductionLoops() != 4)
    return "expects a linalg.generic on tensors, a convolution with blocks of "
           "channels";
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  auto dim = [&](unsigned loop) { return rewriter.getAffineDimExpr(loop); };
  auto loopOf = [&](AffineExpr expr) {
    auto loop = dyn_cast<AffineDimExpr>(expr);
    return loop ? loop.getPosition() : 0;
  };
  if (maps[1].getNumResults() != 6)
    return "expects weights with blocks of both kinds of channels";
  AffineExpr co = dim(loopOf(maps[1].getResult(1))),
             r = dim(loopOf(maps[1].getResult(2))),
             s = dim(loopOf(maps[1].getResult(3))),
             ci = dim(loopOf(maps[1].getResult(4)));
  MLIRContext *context = rewriter.getContext();
  auto mapOf = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(9, 0, results, context);
  };
  if (maps[0] != mapOf({dim(0), co, dim(2) + r, dim(3) + s, ci}) ||
      maps[1] != mapOf({dim(1), co, r, s, ci, dim(4)}) ||
      maps[2] != mapOf({dim(0), dim(1), dim(2), dim(3), dim(4)}))
    return "expects a stride and a dilation of 1 and all channels of the image";
  image = cast<RankedTensorType>(generic.getInputs()[0].getType());
  weights = cast<RankedTensorType>(generic.getInputs()[1].getType());
  result = cast<RankedTensorType>(generic.getOutputs()[0].getType());
  element = result.getElementType();
  if (!image.hasStaticShape() || !weights.hasStaticShape() ||
      !result.hasStaticShape())
    return "expects a static shape";
  if (weights.getDimSize(2) != winogradWindow ||
      weights.getDimSize(3) != winogradWindow)
    return "expects a window of 3x3, found " +
           std::to_string(weights.getDimSize(2)) + "x" +
           std::to_string(weights.getDimSize(3));
  if (!isa<Float32Type, Float64Type>(element) ||
      image.getElementType() != element || weights.getElementType() != element)
    return "expects f32 or f64 everywhere";
  auto isSumOfProducts = [](Operation *product, Operation *sum) {
    return isa<arith::MulFOp>(product) && isa<arith::AddFOp>(sum);
  };
  if (!linalg::detail::isContractionBody(*generic.getBlock(), isSumOfProducts))
    return "expects sums of products";
  auto fill = generic.getOutputs()[0].getDefiningOp<linalg::FillOp>();
  if (!fill || !matchPattern(fill.getInputs()[0], m_AnyZeroFloat()))
    return "expects a result that starts from a fill with zero";
  channels = image.getDimSize(1) * image.getDimSize(4);
  inputLanes = image.getDimSize(4);
  outputLanes = result.getDimSize(4);
  return "";
}

Value WinogradKernel::loopNest(ArrayRef<int64_t> ends, ArrayRef<int64_t> steps,
                               Value init,
                               function_ref<Value(ValueRange, Value)> body) {
  SmallVector<scf::ForOp> loops;
  SmallVector<Value> variables;
  OpBuilder::InsertionGuard guard(rewriter);
  Value carried = init;
  for (auto [end, step] : llvm::zip_equal(ends, steps)) {
    Value bounds[] = {constant(0), constant(end), constant(step)};
    auto loop = scf::ForOp::create(rewriter, loc, bounds[0], bounds[1],
                                   bounds[2], carried);
    loops.push_back(loop);
    variables.push_back(loop.getInductionVar());
    carried = loop.getRegionIterArg(0);
    rewriter.setInsertionPointToStart(loop.getBody());
  }
  Value last = body(variables, carried);
  for (scf::ForOp loop : llvm::reverse(loops)) {
    rewriter.setInsertionPointToEnd(loop.getBody());
    scf::YieldOp::create(rewriter, loc, last);
    last = loop.getResult(0);
  }
  return last;
}

Value WinogradKernel::multiplyTile(Value imagePart, Value allWeights,
                                   Value products, Value place, Value block,
                                   Value square, int64_t blocks,
                                   int64_t tiles) {
  auto type = VectorType::get({outputLanes}, element);
  Value zero =
      arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(type));
  SmallVector<Value> squares, weightBlocks, resultBlocks;
  for (int64_t tile = 0; tile < tiles; ++tile)
    squares.push_back(apply(d0 + tile, {square}));
  for (int64_t i = 0; i < blocks; ++i) {
    resultBlocks.push_back(apply(d0 + i, {block}));
    weightBlocks.push_back(apply(d0 + d1 + i, {block, firstBlock}));
  }
  auto loop =
      scf::ForOp::create(rewriter, loc, constant(0), constant(channels),
                         constant(1), SmallVector<Value>(blocks * tiles, zero));
  {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    Value channel = loop.getInductionVar();
    SmallVector<Value> factors, sums;
    for (Value weightBlock : weightBlocks)
      factors.push_back(read(
          allWeights, {place, weightBlock, channel, constant(0)}, outputLanes));
    for (Value at : squares) {
      Value pixel = vector::BroadcastOp::create(
          rewriter, loc, type,
          tensor::ExtractOp::create(rewriter, loc, imagePart,
                                    ValueRange{place, at, channel}));
      for (Value factor : factors)
        sums.push_back(math::FmaOp::create(rewriter, loc, pixel, factor,
                                           loop.getRegionIterArg(sums.size())));
    }
    scf::YieldOp::create(rewriter, loc, sums);
  }
  for (int64_t tile = 0; tile < tiles; ++tile)
    for (int64_t i = 0; i < blocks; ++i)
      products = write(loop.getResult(tile * blocks + i), products,
                       {place, resultBlocks[i], squares[tile], constant(0)});
  return products;
}

Value WinogradKernel::multiply(Value imagePart, Value allWeights,
                               int64_t blocks, int64_t tiles) {
  int64_t squares = rows * columns, resultBlocks = result.getDimSize(1);
  blocks = std::min(blocks, resultBlocks);
  tiles = std::min(tiles, squares);
  // An odd number of rows of vectors, for the same reason as above.
  Value products =
      emptyOf({side * side, resultBlocks, squares | 1, outputLanes});
  auto strip = [&](Value place, Value block, int64_t blocks, Value carried) {
    int64_t whole = squares / tiles * tiles;
    carried =
        loopNest({whole}, {tiles}, carried, [&](ValueRange at, Value inner) {
          return multiplyTile(imagePart, allWeights, inner, place, block, at[0],
                              blocks, tiles);
        });
    if (whole == squares)
      return carried;
    return multiplyTile(imagePart, allWeights, carried, place, block,
                        constant(whole), blocks, squares - whole);
  };
  int64_t whole = resultBlocks / blocks * blocks;
  return loopNest(
      {side * side}, {1}, products, [&](ValueRange place, Value carried) {
        carried = loopNest({whole}, {blocks}, carried,
                           [&](ValueRange at, Value inner) {
                             return strip(place[0], at[0], blocks, inner);
                           });
        if (whole == resultBlocks)
          return carried;
        return strip(place[0], constant(whole), resultBlocks - whole, carried);
      });
}

Operation *WinogradKernel::rewrite(int64_t outputs, int64_t blocks,
                                   int64_t tiles) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(convolution);
  m = outputs;
  side = m + winogradWindow - 1;
  setMatrices();
  int64_t height = result.getDimSize(2), width = result.getDimSize(3);
  rows = llvm::divideCeilSigned(height, m);
  columns = llvm::divideCeilSigned(width, m);

  auto fill = convolution.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  Value destination = fill.getOutputs()[0];
  bool inPlace = height % m == 0 && width % m == 0;
  Value target = inPlace ? destination
                         : emptyOf({1, result.getDimSize(1), rows * m,
                                    columns * m, outputLanes});
  Value allWeights = transformWeights();
  Value products = multiply(transformImage(), allWeights, blocks, tiles);
  Value computed = transformBack(products, target);
  Operation *copy = nullptr;
  if (!inPlace) {
    SmallVector<OpFoldResult> zeros(5, rewriter.getIndexAttr(0)),
        ones(5, rewriter.getIndexAttr(1));
    Value part = tensor::ExtractSliceOp::create(
        rewriter, loc, computed, zeros,
        getAsIndexOpFoldResult(rewriter.getContext(), result.getShape()), ones);
    copy = linalg::CopyOp::create(rewriter, loc, part, destination);
    computed = copy->getResult(0);
  }
  rewriter.replaceOp(convolution, computed);
  if (fill->use_empty())
    rewriter.eraseOp(fill);
  return copy;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::string chameleon::checkWinograd(linalg::LinalgOp convolution) {
  IRRewriter rewriter(convolution->getContext());
  return WinogradKernel(rewriter, convolution).analyze();
}

std::string chameleon::lowerWinograd(RewriterBase &rewriter,
                                     linalg::LinalgOp convolution,
                                     const WinogradParameters &p,
                                     Operation *&copy) {
  if (p.outputs != 2 && p.outputs != 4)
    return "expects 2 or 4 outputs, found " + std::to_string(p.outputs);
  WinogradKernel kernel(rewriter, convolution);
  if (std::string reason = kernel.analyze(); !reason.empty())
    return reason;
  if (kernel.batch() != 1)
    return "expects a batch of 1, found " + std::to_string(kernel.batch());
  copy = kernel.rewrite(p.outputs, p.blocks, p.tiles);
  return "";
}
