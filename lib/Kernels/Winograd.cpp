//===- LowerWinograd.cpp - transform.chameleon.lower_winograd
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

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace {

constexpr int64_t window = 3;

#define ROW static constexpr double
ROW image2[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
ROW filter2[4][3] = {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};
ROW output2[2][4] = {{1, 1, 1, 0}, {0, 1, -1, -1}};
ROW image4[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0},
                    {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0},
                    {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
ROW filter4[6][3] = {{1. / 4, 0, 0},
                     {-1. / 6, -1. / 6, -1. / 6},
                     {-1. / 6, 1. / 6, -1. / 6},
                     {1. / 24, 1. / 12, 1. / 6},
                     {1. / 24, -1. / 12, 1. / 6},
                     {0, 0, 1}};
ROW output4[4][6] = {{1, 1, 1, 1, 1, 0},
                     {0, 1, -1, 2, -2, 0},
                     {0, 1, 1, 4, 4, 0},
                     {0, 1, -1, 8, -8, 1}};
#undef ROW

/// Rows of one of these matrices.
using Rows = SmallVector<ArrayRef<double>>;
template <size_t rows, size_t columns>
Rows rowsOf(const double (&matrix)[rows][columns]) {
  Rows result;
  for (const auto &row : matrix)
    result.push_back(ArrayRef<double>(row));
  return result;
}

class Winograd {
public:
  Winograd(RewriterBase &rewriter, linalg::LinalgOp convolution)
      : rewriter(rewriter), convolution(convolution), loc(convolution.getLoc()),
        d0(rewriter.getAffineDimExpr(0)), d1(rewriter.getAffineDimExpr(1)) {}

  /// Why the operation cannot be lowered, but for the size of its batch; empty
  /// if it can.
  std::string analyze();
  int64_t batch() const { return result.getDimSize(0); }
  /// Rewrites; returns the copy of the result, null if there is none.
  Operation *rewrite(int64_t outputs, int64_t blocks, int64_t tiles);

private:
  /// One of each number, ahead of everything: there would be hundreds.
  Value constant(int64_t value) {
    Value &known = constants[value];
    if (!known) {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(
          &convolution->getParentOfType<FunctionOpInterface>()
               .getFunctionBody()
               .front());
      known = arith::ConstantIndexOp::create(rewriter, loc, value);
    }
    return known;
  }
  Value apply(AffineExpr expr, ArrayRef<OpFoldResult> operands) {
    return getValueOrCreateConstantIndexOp(
        rewriter, loc,
        affine::makeComposedFoldedAffineApply(rewriter, loc, expr, operands));
  }
  /// Number of a place in a transformed square.
  Value placeOf(Value row, int64_t column) {
    return apply(d0 * side + column, {row});
  }
  Value emptyOf(ArrayRef<int64_t> shape) {
    return tensor::EmptyOp::create(rewriter, loc, shape, element);
  }
  Value read(Value source, ValueRange indices, int64_t lanes) {
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(element));
    return vector::TransferReadOp::create(
        rewriter, loc, VectorType::get({lanes}, element), source, indices, zero,
        ArrayRef<bool>{true});
  }
  Value write(Value vector, Value destination, ValueRange indices) {
    return vector::TransferWriteOp::create(rewriter, loc, vector, destination,
                                           indices, ArrayRef<bool>{true})
        .getResult();
  }
  /// Loops from 0 to `ends`, around a tensor that each iteration changes.
  Value loopNest(ArrayRef<int64_t> ends, ArrayRef<int64_t> steps, Value init,
                 function_ref<Value(ValueRange, Value)> body);
  /// The sum of `values`, each times its factor.
  Value combine(ArrayRef<double> factors, ArrayRef<Value> values);
  /// M X M^T of a square X of vectors, each element to `use`: first the columns
  /// of X, then the rows of what that gives, in two loops. Unrolled, the code
  /// for 4 outputs was five times as long and took most of a candidate's
  /// compile time, and its values did not fit the registers.
  Value transform(ArrayRef<ArrayRef<double>> matrix, int64_t lanes, Value init,
                  function_ref<Value(int64_t, Value)> getValue,
                  function_ref<Value(Value, int64_t, Value, Value)> use);

  /// All weights, transformed where they come from; sets firstBlock.
  Value transformWeights();
  Value transformImage();
  Value multiply(Value image, Value weights, int64_t blocks, int64_t tiles);
  Value multiplyTile(Value image, Value weights, Value products, Value place,
                     Value block, Value square, int64_t blocks, int64_t tiles);
  Value transformBack(Value products, Value destination);

  RewriterBase &rewriter;
  linalg::LinalgOp convolution;
  Location loc;
  DenseMap<int64_t, Value> constants;
  AffineExpr d0, d1;
  RankedTensorType image, weights, result;
  Type element;
  Rows imageMatrix, filterMatrix, outputMatrix;
  int64_t m = 0;                 ///< rows and columns of a square of the result
  int64_t side = 0;              ///< of a square of the image
  int64_t rows = 0, columns = 0; ///< of squares
  int64_t inputLanes = 0, outputLanes = 0, channels = 0;
  OpFoldResult firstBlock; ///< of the part, in all weights
};

} // namespace

std::string Winograd::analyze() {
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
  if (weights.getDimSize(2) != window || weights.getDimSize(3) != window)
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

Value Winograd::loopNest(ArrayRef<int64_t> ends, ArrayRef<int64_t> steps,
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

Value Winograd::combine(ArrayRef<double> factors, ArrayRef<Value> values) {
  Value sum;
  // A term that needs no product first: a negation less.
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, factors.size()));
  std::rotate(order.begin(),
              order.begin() +
                  (llvm::find(factors, 1.0) - factors.begin()) % order.size(),
              order.end());
  for (int64_t i : order) {
    double factor = factors[i];
    if (factor == 0)
      continue;
    Value value = values[i];
    if (factor == 1) {
      sum = sum ? arith::AddFOp::create(rewriter, loc, sum, value).getResult()
                : value;
      continue;
    }
    if (factor == -1 && sum) {
      sum = arith::SubFOp::create(rewriter, loc, sum, value);
      continue;
    }
    Value times = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(cast<VectorType>(value.getType()),
                               rewriter.getFloatAttr(element, factor)));
    sum =
        sum ? math::FmaOp::create(rewriter, loc, value, times, sum).getResult()
            : arith::MulFOp::create(rewriter, loc, value, times).getResult();
  }
  return sum;
}

Value Winograd::transform(
    ArrayRef<ArrayRef<double>> matrix, int64_t lanes, Value init,
    function_ref<Value(int64_t, Value)> getValue,
    function_ref<Value(Value, int64_t, Value, Value)> use) {
  int64_t size = matrix.front().size(), results = matrix.size();
  Value between =
      loopNest({size}, {1}, emptyOf({results, size, lanes}),
               [&](ValueRange column, Value carried) {
                 SmallVector<Value> values;
                 for (int64_t row = 0; row < size; ++row)
                   values.push_back(getValue(row, column[0]));
                 for (auto [row, factors] : llvm::enumerate(matrix))
                   carried = write(combine(factors, values), carried,
                                   {constant(row), column[0], constant(0)});
                 return carried;
               });
  return loopNest({results}, {1}, init, [&](ValueRange row, Value carried) {
    SmallVector<Value> values;
    for (int64_t column = 0; column < size; ++column)
      values.push_back(
          read(between, {row[0], constant(column), constant(0)}, lanes));
    for (auto [column, factors] : llvm::enumerate(matrix))
      carried = use(row[0], column, combine(factors, values), carried);
    return carried;
  });
}

Value Winograd::transformWeights() {
  // All of them, not the slice that a part of the result needs.
  Value value = convolution.getDpsInputOperand(1)->get();
  firstBlock = rewriter.getIndexAttr(0);
  OpBuilder::InsertionGuard guard(rewriter);
  while (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>()) {
    SmallVector<OpFoldResult> offsets = slice.getMixedOffsets();
    if (!slice.hasUnitStride() ||
        slice.getSourceType().getRank() != weights.getRank() ||
        slice.getSourceType().getShape().drop_front() !=
            weights.getShape().drop_front())
      break;
    firstBlock = affine::makeComposedFoldedAffineApply(
        rewriter, loc, d0 + d1, {firstBlock, offsets[0]});
    value = slice.getSource();
  }
  if (Operation *reader =
          value.getParentBlock()->findAncestorOpInBlock(*convolution))
    rewriter.setInsertionPoint(reader);
  int64_t blocks = cast<RankedTensorType>(value.getType()).getDimSize(0);
  Value transformed = emptyOf({side * side, blocks, channels, outputLanes});
  return loopNest(
      {blocks, weights.getDimSize(1), inputLanes}, {1, 1, 1}, transformed,
      [&](ValueRange at, Value carried) {
        Value channel = apply(d0 * inputLanes + d1, {at[1], at[2]});
        return transform(
            filterMatrix, outputLanes, carried,
            [&](int64_t r, Value s) {
              return read(value,
                          {at[0], at[1], constant(r), s, at[2], constant(0)},
                          outputLanes);
            },
            [&](Value row, int64_t column, Value vector, Value carried) {
              return write(vector, carried,
                           {placeOf(row, column), at[0], channel, constant(0)});
            });
      });
}

Value Winograd::transformImage() {
  Value source = convolution.getDpsInputOperand(0)->get();
  // Rows whose distance is a power of two would share few sets of the cache.
  Value transformed =
      emptyOf({side * side, rows * columns, channels + inputLanes});
  auto position = [&](Value square, OpFoldResult offset, int64_t squares,
                      int64_t extent) -> Value {
    Value pixel = apply(d0 * m + d1, {square, offset});
    if (m * squares + window - 1 <= extent)
      return pixel;
    return arith::MinSIOp::create(rewriter, loc, pixel, constant(extent - 1));
  };
  return loopNest(
      {image.getDimSize(1), rows, columns}, {1, 1, 1}, transformed,
      [&](ValueRange at, Value carried) {
        Value square = apply(d0 * columns + d1, {at[1], at[2]}),
              channel = apply(d0 * inputLanes, {at[0]});
        return transform(
            imageMatrix, inputLanes, carried,
            [&](int64_t row, Value column) {
              return read(
                  source,
                  {constant(0), at[0],
                   position(at[1], rewriter.getIndexAttr(row), rows,
                            image.getDimSize(2)),
                   position(at[2], column, columns, image.getDimSize(3)),
                   constant(0)},
                  inputLanes);
            },
            [&](Value row, int64_t column, Value vector, Value carried) {
              return write(vector, carried,
                           {placeOf(row, column), square, channel});
            });
      });
}

Value Winograd::multiplyTile(Value imagePart, Value allWeights, Value products,
                             Value place, Value block, Value square,
                             int64_t blocks, int64_t tiles) {
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

Value Winograd::multiply(Value imagePart, Value allWeights, int64_t blocks,
                         int64_t tiles) {
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

Value Winograd::transformBack(Value products, Value destination) {
  return loopNest(
      {result.getDimSize(1), rows, columns}, {1, 1, 1}, destination,
      [&](ValueRange at, Value carried) {
        Value square = apply(d0 * columns + d1, {at[1], at[2]});
        return transform(
            outputMatrix, outputLanes, carried,
            [&](int64_t row, Value column) {
              return read(products,
                          {apply(d0 + row * side, {column}), at[0], square,
                           constant(0)},
                          outputLanes);
            },
            [&](Value row, int64_t column, Value vector, Value carried) {
              return write(vector, carried,
                           {constant(0), at[0],
                            apply(d0 * m + d1, {at[1], row}),
                            apply(d0 * m + column, {at[2]}), constant(0)});
            });
      });
}

Operation *Winograd::rewrite(int64_t outputs, int64_t blocks, int64_t tiles) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(convolution);
  m = outputs;
  side = m + window - 1;
  imageMatrix = m == 2 ? rowsOf(image2) : rowsOf(image4);
  filterMatrix = m == 2 ? rowsOf(filter2) : rowsOf(filter4);
  outputMatrix = m == 2 ? rowsOf(output2) : rowsOf(output4);
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

DiagnosedSilenceableFailure chameleon::transform_ops::LowerWinogradOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  int64_t outputs, blocks, tiles;
  auto get = [&](Value param, StringRef name, int64_t &value) {
    return getIntegerParam(state, *this, param, name, 1, value);
  };
  DiagnosedSilenceableFailure valid = get(getOutputs(), "outputs", outputs);
  if (valid.succeeded())
    valid = get(getBlocks(), "blocks", blocks);
  if (valid.succeeded())
    valid = get(getTiles(), "tiles", tiles);
  if (!valid.succeeded())
    return valid;
  if (outputs != 2 && outputs != 4)
    return emitSilenceableError()
           << "expects 2 or 4 outputs, found " << outputs;
  SmallVector<Operation *> copies;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto convolution = dyn_cast<linalg::LinalgOp>(target);
    std::string reason = "expects a convolution on tensors";
    if (convolution) {
      Winograd winograd(rewriter, convolution);
      reason = winograd.analyze();
      if (reason.empty() && winograd.batch() != 1)
        reason =
            "expects a batch of 1, found " + std::to_string(winograd.batch());
      if (reason.empty()) {
        if (Operation *copy = winograd.rewrite(outputs, blocks, tiles))
          copies.push_back(copy);
        continue;
      }
    }
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(cast<OpResult>(getCopies()), copies);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerWinogradOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getOutputsMutable(), effects);
  transform::onlyReadsHandle(getBlocksMutable(), effects);
  transform::onlyReadsHandle(getTilesMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}

DiagnosedSilenceableFailure chameleon::transform_ops::WinogradAppliesOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  auto targets = llvm::to_vector(state.getPayloadOps(getTarget()));
  if (targets.size() != 1)
    return emitSilenceableError()
           << "expects one target, found " << targets.size();
  auto convolution = dyn_cast<linalg::LinalgOp>(targets[0]);
  bool applies =
      convolution && Winograd(rewriter, convolution).analyze().empty();
  results.setParams(cast<OpResult>(getApplies()),
                    {Builder(getContext()).getI64IntegerAttr(applies)});
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::WinogradAppliesOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::onlyReadsPayload(effects);
}
