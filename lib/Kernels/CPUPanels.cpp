//===- CPUPanels.cpp - operands of a matrix product, packed
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CPUContractionKernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

Value CPUContractionKernel::packColumns(Value matrix, OFR depth, OFR width,
                                        int64_t depthBound, int64_t widthBound,
                                        int64_t extent, int64_t lanes) {
  Type element = getElementTypeOrSelf(matrix);
  OFR panels = ceilDiv(width, extent);
  Value packed =
      emptyOf({llvm::divideCeilSigned(widthBound, extent), depthBound, extent},
              element);
  bool inBounds = isMultiple(width, extent);
  // Row by row: the rows of a wide matrix lie on different pages.
  packed = loopNest(
      {asValue(depth), asValue(panels)}, {1, 1}, packed,
      [&](ValueRange at, Value carried) {
        for (int64_t vector = 0; vector < extent / lanes; ++vector) {
          Value column = asValue(apply(
              rewriter.getAffineDimExpr(0) * extent + vector * lanes, {at[1]}));
          Value values = read(matrix, {at[0], column}, lanes, inBounds);
          carried =
              write(values, carried, {at[1], at[0], constant(vector * lanes)});
        }
        return carried;
      });
  return packed;
}

Value CPUContractionKernel::packTransposed(Value matrix, OFR depth, OFR width,
                                           int64_t depthBound,
                                           int64_t widthBound, int64_t extent,
                                           int64_t lanes) {
  Type element = getElementTypeOrSelf(matrix);
  OFR panels = ceilDiv(width, extent);
  Value packed =
      emptyOf({llvm::divideCeilSigned(widthBound, extent),
               static_cast<int64_t>(llvm::alignTo(depthBound, lanes)), extent},
              element);
  AffineExpr panel = rewriter.getAffineDimExpr(0),
             vector = rewriter.getAffineDimExpr(1);
  bool full = isMultiple(width, extent);
  auto square = VectorType::get({lanes, lanes}, element);
  packed = loopNest(
      {asValue(panels), constant(extent / lanes), asValue(depth)},
      {1, 1, lanes}, packed, [&](ValueRange at, Value carried) {
        Value block = arith::ConstantOp::create(rewriter, loc,
                                                rewriter.getZeroAttr(square));
        Value last =
            full ? Value()
                 : asValue(apply(rewriter.getAffineDimExpr(0) - 1, {width}));
        for (int64_t lane = 0; lane < lanes; ++lane) {
          Value row = asValue(
              apply(panel * extent + vector * lanes + lane, {at[0], at[1]}));
          // Rows beyond the end repeat the last one.
          if (!full)
            row = arith::MinSIOp::create(rewriter, loc, row, last);
          block = vector::InsertOp::create(
              rewriter, loc,
              read(matrix, {row, at[2]}, lanes, isMultiple(depth, lanes)),
              block, lane);
        }
        Value column =
            asValue(apply(rewriter.getAffineDimExpr(0) * lanes, {at[1]}));
        Value transposed = vector::TransposeOp::create(rewriter, loc, block,
                                                       ArrayRef<int64_t>{1, 0});
        for (int64_t step = 0; step < lanes; ++step) {
          Value values =
              vector::ExtractOp::create(rewriter, loc, transposed, step);
          Value position =
              asValue(apply(rewriter.getAffineDimExpr(0) + step, {at[2]}));
          carried = write(values, carried, {at[0], position, column});
        }
        return carried;
      });
  return packed;
}

Value CPUContractionKernel::packRows(Value matrix, OFR depth, OFR width,
                                     int64_t depthBound, int64_t widthBound,
                                     int64_t extent) {
  Type element = getElementTypeOrSelf(matrix);
  int64_t lanes =
      std::max<int64_t>(atom->bytes * 8 / element.getIntOrFloatBitWidth(), 1);
  OFR panels = ceilDiv(width, extent);
  // One vector more than needed: rows whose distance is a power of two would
  // share few sets of the cache.
  int64_t pitch = llvm::alignTo(depthBound, lanes) + lanes;
  Value packed = emptyOf(
      {llvm::divideCeilSigned(widthBound, extent), extent, pitch}, element);
  bool full = isMultiple(width, extent);
  packed = loopNest(
      {asValue(panels), constant(extent), asValue(depth)}, {1, 1, lanes},
      packed, [&](ValueRange at, Value carried) {
        Value row = asValue(apply(rewriter.getAffineDimExpr(0) * extent +
                                      rewriter.getAffineDimExpr(1),
                                  {at[0], at[1]}));
        if (!full)
          row = arith::MinSIOp::create(
              rewriter, loc, row,
              asValue(apply(rewriter.getAffineDimExpr(0) - 1, {width})));
        Value values =
            read(matrix, {row, at[2]}, lanes, isMultiple(depth, lanes));
        return write(values, carried, {at[0], at[1], at[2]});
      });
  return packed;
}

/// True if `size` is known to be a multiple of `factor`: an induction variable
/// with such bounds and steps, or an affine expression of such values.
bool CPUContractionKernel::isMultiple(OFR size, int64_t factor) {
  if (std::optional<int64_t> known = getConstantIntValue(size))
    return *known % factor == 0;
  auto index = cast<Value>(size);
  if (auto apply = index.getDefiningOp<affine::AffineApplyOp>()) {
    AffineExpr expr = apply.getAffineMap().getResult(0);
    unsigned dims = apply.getAffineMap().getNumDims();
    for (auto [number, operand] : llvm::enumerate(apply.getMapOperands()))
      if (isMultiple(operand, factor)) {
        AffineExpr position = number < dims
                                  ? rewriter.getAffineDimExpr(number)
                                  : rewriter.getAffineSymbolExpr(number - dims);
        expr = expr.replace(position, position * factor);
      }
    return expr.isMultipleOf(factor);
  }
  auto argument = dyn_cast<BlockArgument>(index);
  if (!argument)
    return false;
  auto loop = dyn_cast<LoopLikeOpInterface>(argument.getOwner()->getParentOp());
  std::optional<SmallVector<Value>> variables =
      loop ? loop.getLoopInductionVars() : std::nullopt;
  if (!variables || !llvm::is_contained(*variables, index))
    return false;
  unsigned number = llvm::find(*variables, index) - variables->begin();
  return isMultiple((*loop.getLoopLowerBounds())[number], factor) &&
         isMultiple((*loop.getLoopSteps())[number], factor);
}

std::optional<CPUWhole> CPUContractionKernel::findWhole(const CPUMatrix &tile,
                                                        int64_t extent) {
  Value value = tile.value;
  unsigned dim = tile.outer == k ? 1 : 0;
  OFR offset = rewriter.getIndexAttr(0);
  while (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>()) {
    SmallVector<OFR> offsets = slice.getMixedOffsets(),
                     sizes = slice.getMixedSizes();
    std::optional<int64_t> depth = getConstantIntValue(sizes[1 - dim]);
    if (slice.getSourceType().getRank() != 2 || !slice.hasUnitStride() ||
        !isZeroInteger(offsets[1 - dim]) ||
        depth != slice.getSourceType().getDimSize(1 - dim) ||
        !isMultiple(offsets[dim], extent))
      return std::nullopt;
    offset = apply(rewriter.getAffineDimExpr(0) + rewriter.getAffineDimExpr(1),
                   {offset, offsets[dim]});
    value = slice.getSource();
  }
  auto type = cast<RankedTensorType>(value.getType());
  Operation *reader =
      value.getParentBlock()->findAncestorOpInBlock(*contraction);
  if (!type.hasStaticShape() || !reader)
    return std::nullopt;
  OFR panel = apply(rewriter.getAffineDimExpr(0).floorDiv(extent), {offset});
  return CPUWhole{{value, tile.outer, tile.inner}, panel, reader};
}
