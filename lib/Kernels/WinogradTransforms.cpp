//===- WinogradTransforms.cpp - squares of pixels and weights, transformed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WinogradKernel.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace chameleon;

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

template <size_t rows, size_t columns>
static SmallVector<ArrayRef<double>>
rowsOf(const double (&matrix)[rows][columns]) {
  SmallVector<ArrayRef<double>> result;
  for (const auto &row : matrix)
    result.push_back(ArrayRef<double>(row));
  return result;
}

void WinogradKernel::setMatrices() {
  imageMatrix = m == 2 ? rowsOf(image2) : rowsOf(image4);
  filterMatrix = m == 2 ? rowsOf(filter2) : rowsOf(filter4);
  outputMatrix = m == 2 ? rowsOf(output2) : rowsOf(output4);
}

Value WinogradKernel::combine(ArrayRef<double> factors,
                              ArrayRef<Value> values) {
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

Value WinogradKernel::transform(
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

Value WinogradKernel::transformWeights() {
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

Value WinogradKernel::transformImage() {
  Value source = convolution.getDpsInputOperand(0)->get();
  // Rows whose distance is a power of two would share few sets of the cache.
  Value transformed =
      emptyOf({side * side, rows * columns, channels + inputLanes});
  auto position = [&](Value square, OpFoldResult offset, int64_t squares,
                      int64_t extent) -> Value {
    Value pixel = apply(d0 * m + d1, {square, offset});
    if (m * squares + winogradWindow - 1 <= extent)
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

Value WinogradKernel::transformBack(Value products, Value destination) {
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
