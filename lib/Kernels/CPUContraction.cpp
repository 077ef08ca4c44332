//===- LowerContraction.cpp - transform.chameleon.lower_contraction
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A contraction becomes one over register tiles of a fixed size, whatever its
// extents are. Operands are copied into panels whose last one is filled up, the
// result is accumulated in a scratch tensor of whole tiles. So the inner loops
// need neither masks nor remainders. The lanes and rows that fill up the last
// tiles take part in the arithmetic, but only their own results depend on them,
// and these are cut off at the end.
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
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace {

/// An operand as a matrix: batch dimensions of extent 1 are dropped.
struct Matrix {
  Value value;
  unsigned outer, inner; ///< loops of the contraction that its rows and columns
                         ///< belong to
};

/// An operand as the register tiles read it: panels, or the matrix itself.
struct Operand {
  Value value;
  bool packed = true;
  Value origin = {}; ///< of panels: where in the reduction they start, if not
                     ///< at its beginning
  bool depthInside =
      false;             ///< of panels: [panel, x, k] instead of [panel, k, x]
  Value firstPanel = {}; ///< of panels of a larger matrix: the one with which
                         ///< the cache tile starts
};

/// The whole matrix that a cache tile reads rows or columns of.
struct Whole {
  Matrix matrix;
  OpFoldResult firstPanel;
  Operation *reader; ///< in the block of the matrix: what the tile is in
};

class Packer {
public:
  Packer(RewriterBase &rewriter, linalg::LinalgOp contraction, int64_t rows,
         int64_t columns)
      : rewriter(rewriter), contraction(contraction), loc(contraction.getLoc()),
        rows(rows), columns(columns) {}

  /// Why the operation cannot be packed; empty if it can.
  std::string analyze();
  /// Rewrites; returns the fill of the accumulators and the copy of the result,
  /// each null if there is none.
  std::pair<Operation *, Operation *> rewrite(int64_t depthTile,
                                              int64_t packLhs, int64_t packRhs);

private:
  using OFR = OpFoldResult;

  OFR apply(AffineExpr expr, ArrayRef<OFR> operands) {
    return affine::makeComposedFoldedAffineApply(rewriter, loc, expr, operands);
  }
  OFR ceilDiv(OFR value, int64_t divisor) {
    return apply(rewriter.getAffineDimExpr(0).ceilDiv(divisor), {value});
  }
  OFR times(OFR value, int64_t factor) {
    return apply(rewriter.getAffineDimExpr(0) * factor, {value});
  }
  Value asValue(OFR value) {
    return getValueOrCreateConstantIndexOp(rewriter, loc, value);
  }
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  /// Lanes of the widest vector of at most 64 bytes that divides `extent`.
  static int64_t vectorLanes(int64_t extent, Type element) {
    int64_t most = std::max(512u / element.getIntOrFloatBitWidth(), 1u);
    return std::min<int64_t>(most, extent & -extent);
  }

  /// `value` in the place of `operand`.
  Matrix getMatrix(OpOperand &operand, Value value);
  Value emptyOf(ArrayRef<int64_t> shape, Type element) {
    return tensor::EmptyOp::create(rewriter, loc, shape, element);
  }
  Value slice(Value source, ArrayRef<OFR> sizes);
  /// `vector<lanes>` of a row; what is beyond its end reads as zero unless
  /// `inBounds`.
  Value read(Value source, ValueRange indices, int64_t lanes, bool inBounds);
  Value write(Value vector, Value destination, ValueRange indices);
  Value loopNest(ValueRange ends, ArrayRef<int64_t> steps, Value init,
                 function_ref<Value(ValueRange, Value)> body);

  /// Panels [panels, k, extent] of a matrix [k, x].
  Value packColumns(Value matrix, OFR depth, OFR width, int64_t depthBound,
                    int64_t widthBound, int64_t extent, int64_t lanes);
  /// The same of a matrix [x, k].
  Value packTransposed(Value matrix, OFR depth, OFR width, int64_t depthBound,
                       int64_t widthBound, int64_t extent, int64_t lanes);
  /// [panels, extent, k] of a matrix [x, k].
  Value packRows(Value matrix, OFR depth, OFR width, int64_t depthBound,
                 int64_t widthBound, int64_t extent);
  /// The matrix that `tile` is a slice of, if the slice has all steps of the
  /// reduction and starts with a whole panel of `extent`.
  std::optional<Whole> findWhole(const Matrix &tile, int64_t extent);
  bool isMultiple(OFR index, int64_t factor);
  /// `accumulator` after one step of the reduction, on vectors.
  Value computeStep(Value lhs, Value rhs, Value accumulator);
  /// `accumulators` after the steps `from` to `to` of one register tile.
  Value computeTile(const Operand &lhs, const Operand &rhs, Value accumulators,
                    Value rowPanel, Value columnPanel, Value from, Value to);

  RewriterBase &rewriter;
  linalg::LinalgOp contraction;
  Location loc;
  int64_t rows, columns;
  unsigned m = 0, n = 0, k = 0;
  int64_t lanes = 1;    ///< of a vector of accumulators
  bool swapped = false; ///< the second input holds the rows of the result
  SmallVector<int64_t> bounds;
};

} // namespace

std::string Packer::analyze() {
  if (!contraction.hasPureTensorSemantics() ||
      !linalg::isaContractionOpInterface(contraction))
    return "expects a contraction on tensors";
  FailureOr<linalg::ContractionDimensions> dims =
      linalg::inferContractionDims(contraction);
  if (failed(dims) || dims->m.size() != 1 || dims->n.size() != 1 ||
      dims->k.size() != 1)
    return "expects one row, one column and one reduction dimension";
  bounds = contraction.getStaticLoopRanges();
  for (unsigned batch : dims->batch)
    if (bounds[batch] != 1)
      return "expects batch dimensions to be tiled to 1, found " +
             (ShapedType::isDynamic(bounds[batch])
                  ? std::string("a dynamic one")
                  : std::to_string(bounds[batch]));
  for (Type type : contraction->getOperandTypes())
    if (!getElementTypeOrSelf(type).isIntOrFloat())
      return "expects integer or float elements";
  std::tie(m, n, k) = std::tuple(dims->m[0], dims->n[0], dims->k[0]);
  AffineMap result =
      contraction.getMatchingIndexingMap(contraction.getDpsInitOperand(0));
  auto position = [&](unsigned loop) {
    return *result.getResultPosition(rewriter.getAffineDimExpr(loop));
  };
  if (position(n) < position(m)) {
    std::swap(m, n);
    swapped = true;
  }
  // Loops whose extent is dynamic because a tile does not divide have a
  // constant upper bound, which is how large the scratch tensors have to be.
  for (OpOperand &operand : contraction->getOpOperands())
    for (auto [dim, expr] : llvm::enumerate(
             contraction.getMatchingIndexingMap(&operand).getResults())) {
      unsigned loop = cast<AffineDimExpr>(expr).getPosition();
      if (!ShapedType::isDynamic(bounds[loop]))
        continue;
      FailureOr<int64_t> constant =
          ValueBoundsConstraintSet::computeConstantBound(
              presburger::BoundType::UB,
              {operand.get(), static_cast<int64_t>(dim)},
              /*stopCondition=*/nullptr, /*closedUB=*/true);
      if (succeeded(constant))
        bounds[loop] = *constant;
    }
  if (llvm::any_of(bounds, ShapedType::isDynamic))
    return "expects extents with a constant upper bound";
  return "";
}

Matrix Packer::getMatrix(OpOperand &operand, Value value) {
  AffineMap map = contraction.getMatchingIndexingMap(&operand);
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<OFR> sizes = tensor::getMixedSizes(rewriter, loc, value);
  Matrix matrix{value, 0, 0};
  SmallVector<int64_t> shape;
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    if (loop != m && loop != n && loop != k)
      continue;
    (shape.empty() ? matrix.outer : matrix.inner) = loop;
    shape.push_back(type.getDimSize(dim));
  }
  if (type.getRank() != 2) {
    SmallVector<OFR> offsets(type.getRank(), rewriter.getIndexAttr(0));
    SmallVector<OFR> strides(type.getRank(), rewriter.getIndexAttr(1));
    matrix.value = tensor::ExtractSliceOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        value, offsets, sizes, strides);
  }
  return matrix;
}

Value Packer::slice(Value source, ArrayRef<OFR> sizes) {
  if (llvm::equal(sizes, tensor::getMixedSizes(rewriter, loc, source)))
    return source;
  SmallVector<OFR> offsets(sizes.size(), rewriter.getIndexAttr(0));
  SmallVector<OFR> strides(sizes.size(), rewriter.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(rewriter, loc, source, offsets, sizes,
                                        strides);
}

Value Packer::read(Value source, ValueRange indices, int64_t lanes,
                   bool inBounds) {
  auto type = VectorType::get({lanes}, getElementTypeOrSelf(source));
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(type.getElementType()));
  return vector::TransferReadOp::create(rewriter, loc, type, source, indices,
                                        zero, ArrayRef<bool>{inBounds});
}

Value Packer::write(Value vector, Value destination, ValueRange indices) {
  return vector::TransferWriteOp::create(rewriter, loc, vector, destination,
                                         indices, ArrayRef<bool>{true})
      .getResult();
}

Value Packer::loopNest(ValueRange ends, ArrayRef<int64_t> steps, Value init,
                       function_ref<Value(ValueRange, Value)> body) {
  SmallVector<scf::ForOp> loops;
  SmallVector<Value> variables;
  OpBuilder::InsertionGuard guard(rewriter);
  Value zero = constant(0);
  SmallVector<Value> stepValues =
      llvm::map_to_vector(steps, [&](int64_t step) { return constant(step); });
  Value carried = init;
  for (auto [end, step] : llvm::zip_equal(ends, stepValues)) {
    auto loop = scf::ForOp::create(rewriter, loc, zero, end, step, carried);
    loops.push_back(loop);
    variables.push_back(loop.getInductionVar());
    carried = loop.getRegionIterArg(0);
    rewriter.setInsertionPointToStart(loop.getBody());
  }
  Value result = body(variables, carried);
  for (scf::ForOp loop : llvm::reverse(loops)) {
    rewriter.setInsertionPointToEnd(loop.getBody());
    scf::YieldOp::create(rewriter, loc, result);
    result = loop.getResult(0);
  }
  return result;
}

Value Packer::packColumns(Value matrix, OFR depth, OFR width,
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

Value Packer::packTransposed(Value matrix, OFR depth, OFR width,
                             int64_t depthBound, int64_t widthBound,
                             int64_t extent, int64_t lanes) {
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

Value Packer::packRows(Value matrix, OFR depth, OFR width, int64_t depthBound,
                       int64_t widthBound, int64_t extent) {
  Type element = getElementTypeOrSelf(matrix);
  int64_t lanes = std::max(512u / element.getIntOrFloatBitWidth(), 1u);
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
bool Packer::isMultiple(OFR size, int64_t factor) {
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

std::optional<Whole> Packer::findWhole(const Matrix &tile, int64_t extent) {
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
  return Whole{{value, tile.outer, tile.inner}, panel, reader};
}

Value Packer::computeStep(Value lhs, Value rhs, Value accumulator) {
  Block *body = contraction.getBlock();
  int64_t lanes = cast<VectorType>(accumulator.getType()).getNumElements();
  IRMapping mapping;
  mapping.map(body->getArgument(0), swapped ? rhs : lhs);
  mapping.map(body->getArgument(1), swapped ? lhs : rhs);
  mapping.map(body->getArgument(2), accumulator);
  for (Operation &op : body->without_terminator()) {
    // A product that is used by one sum only is not rounded on its own.
    auto product = dyn_cast<arith::MulFOp>(op);
    if (product && product->hasOneUse() &&
        isa<arith::AddFOp>(*product->user_begin()))
      continue;
    if (auto sum = dyn_cast<arith::AddFOp>(op)) {
      auto factor = sum.getLhs().getDefiningOp<arith::MulFOp>();
      Value other = sum.getRhs();
      if (!factor) {
        factor = sum.getRhs().getDefiningOp<arith::MulFOp>();
        other = sum.getLhs();
      }
      if (factor && factor->hasOneUse()) {
        Value fused = math::FmaOp::create(
            rewriter, loc, mapping.lookup(factor.getLhs()),
            mapping.lookup(factor.getRhs()), mapping.lookup(other));
        mapping.map(sum.getResult(), fused);
        continue;
      }
    }
    Operation *clone = rewriter.clone(op, mapping);
    for (OpResult result : clone->getResults())
      result.setType(VectorType::get({lanes}, result.getType()));
  }
  return mapping.lookup(body->getTerminator()->getOperand(0));
}

Value Packer::computeTile(const Operand &lhs, const Operand &rhs,
                          Value accumulators, Value rowPanel, Value columnPanel,
                          Value from, Value to) {
  int64_t vectors = columns / lanes;
  AffineExpr panel = rewriter.getAffineDimExpr(0);
  SmallVector<Value> positions, initial;
  for (int64_t row = 0; row < rows; ++row)
    positions.push_back(asValue(apply(panel * rows + row, {rowPanel})));
  for (int64_t vector = 0; vector < vectors; ++vector)
    positions.push_back(
        asValue(apply(panel * columns + vector * lanes, {columnPanel})));
  auto forEach = [&](function_ref<void(int64_t, int64_t)> body) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector)
        body(row, vector);
  };
  forEach([&](int64_t row, int64_t vector) {
    initial.push_back(read(accumulators,
                           {positions[row], positions[rows + vector]}, lanes,
                           /*inBounds=*/true));
  });
  auto loop = scf::ForOp::create(rewriter, loc, from, to, constant(1), initial);
  {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    Value step = loop.getInductionVar();
    AffineExpr difference =
        rewriter.getAffineDimExpr(0) - rewriter.getAffineDimExpr(1);
    auto stepIn = [&](const Operand &operand) {
      return operand.origin ? asValue(apply(difference, {step, operand.origin}))
                            : step;
    };
    auto panelIn = [&](const Operand &operand, Value panel) {
      if (!operand.firstPanel)
        return panel;
      return asValue(
          apply(rewriter.getAffineDimExpr(0) + rewriter.getAffineDimExpr(1),
                {panel, operand.firstPanel}));
    };
    Value lhsStep = stepIn(lhs), rhsStep = stepIn(rhs),
          lhsPanel = panelIn(lhs, rowPanel),
          rhsPanel = panelIn(rhs, columnPanel);
    SmallVector<Value> right, sums;
    for (int64_t vector = 0; vector < vectors; ++vector) {
      SmallVector<Value> at =
          rhs.packed
              ? SmallVector<Value>{rhsPanel, rhsStep, constant(vector * lanes)}
              : SmallVector<Value>{rhsStep, positions[rows + vector]};
      right.push_back(read(rhs.value, at, lanes, /*inBounds=*/true));
    }
    auto type = VectorType::get({lanes}, getElementTypeOrSelf(lhs.value));
    Value left;
    forEach([&](int64_t row, int64_t vector) {
      if (vector == 0) {
        SmallVector<Value> at;
        if (!lhs.packed)
          at = {positions[row], lhsStep};
        else if (lhs.depthInside)
          at = {lhsPanel, constant(row), lhsStep};
        else
          at = {lhsPanel, lhsStep, constant(row)};
        left = vector::BroadcastOp::create(
            rewriter, loc, type,
            tensor::ExtractOp::create(rewriter, loc, lhs.value, at));
      }
      sums.push_back(
          computeStep(left, right[vector], loop.getRegionIterArg(sums.size())));
    });
    scf::YieldOp::create(rewriter, loc, sums);
  }
  forEach([&](int64_t row, int64_t vector) {
    accumulators = write(loop.getResult(row * vectors + vector), accumulators,
                         {positions[row], positions[rows + vector]});
  });
  return accumulators;
}

std::pair<Operation *, Operation *>
Packer::rewrite(int64_t depthTile, int64_t packLhs, int64_t packRhs) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(contraction);
  auto matrixOf = [&](OpOperand *operand) {
    return getMatrix(*operand, operand->get());
  };
  Matrix lhs = matrixOf(contraction.getDpsInputOperand(swapped ? 1 : 0));
  Matrix rhs = matrixOf(contraction.getDpsInputOperand(swapped ? 0 : 1));
  // A fill is made anew, for the accumulators; nothing may depend on it.
  OpOperand *initOperand = contraction.getDpsInitOperand(0);
  Value destination = initOperand->get();
  auto fill = destination.getDefiningOp<linalg::FillOp>();
  Value target = fill ? fill.getOutputs()[0] : destination;
  Matrix init = getMatrix(*initOperand, target);
  if (swapped)
    std::swap(packLhs, packRhs);
  Type element = getElementTypeOrSelf(init.value);
  lanes = vectorLanes(columns, element);

  OFR height = tensor::getMixedSize(rewriter, loc, init.value, 0);
  OFR width = tensor::getMixedSize(rewriter, loc, init.value, 1);
  OFR depth =
      tensor::getMixedSize(rewriter, loc, lhs.value, lhs.outer == k ? 0 : 1);
  OFR rowPanels = ceilDiv(height, rows), columnPanels = ceilDiv(width, columns);
  auto attr = [&](int64_t value) -> OFR {
    return rewriter.getIndexAttr(value);
  };

  // The rows: each element is spread over the lanes of a vector.
  auto packLeft = [&](Value matrix, OFR depth, int64_t depthBound, OFR height,
                      int64_t heightBound) {
    if (lhs.outer == k)
      return packColumns(matrix, depth, height, depthBound, heightBound, rows,
                         vectorLanes(rows, getElementTypeOrSelf(matrix)));
    return packRows(matrix, depth, height, depthBound, heightBound, rows);
  };
  // The columns: read as vectors.
  auto packRight = [&](Value matrix, OFR depth, int64_t depthBound, OFR width,
                       int64_t widthBound) {
    if (rhs.inner == k)
      return packTransposed(matrix, depth, width, depthBound, widthBound,
                            columns, lanes);
    return packColumns(matrix, depth, width, depthBound, widthBound, columns,
                       lanes);
  };
  // All of a matrix, where it comes from and not where a tile of it is read.
  auto packWhole = [&](const Matrix &tile, Operand &operand, int64_t extent,
                       auto pack) {
    std::optional<Whole> whole = findWhole(tile, extent);
    if (!whole)
      return false;
    OpBuilder::InsertionGuard guard(rewriter);
    operand.firstPanel = asValue(whole->firstPanel);
    rewriter.setInsertionPoint(whole->reader);
    auto type = cast<RankedTensorType>(whole->matrix.value.getType());
    unsigned dim = tile.outer == k ? 1 : 0;
    operand.value = pack(whole->matrix.value, attr(type.getDimSize(1 - dim)),
                         type.getDimSize(1 - dim), attr(type.getDimSize(dim)),
                         type.getDimSize(dim));
    return true;
  };
  Operand left{lhs.value}, right{rhs.value};
  left.packed = packLhs || lhs.outer == k || !isMultiple(height, rows);
  left.depthInside = lhs.inner == k;
  right.packed = packRhs || rhs.inner == k || !isMultiple(width, columns);
  bool leftInside = left.packed && packLhs == 2,
       rightInside = right.packed && packRhs == 2;
  if (left.packed && !leftInside &&
      !(packLhs == 3 && packWhole(lhs, left, rows, packLeft)))
    left.value = packLeft(lhs.value, depth, bounds[k], height, bounds[m]);
  if (right.packed && !rightInside &&
      !(packRhs == 3 && packWhole(rhs, right, columns, packRight)))
    right.value = packRight(rhs.value, depth, bounds[k], width, bounds[n]);

  // The accumulators: in place if whole tiles fit, else in a scratch tensor.
  SmallVector<OFR> sizes = tensor::getMixedSizes(rewriter, loc, target);
  SmallVector<OFR> zeros(sizes.size(), attr(0)), ones(sizes.size(), attr(1));
  Value accumulators = init.value;
  bool inPlace = isMultiple(height, rows) && isMultiple(width, columns);
  if (!inPlace) {
    accumulators =
        emptyOf({static_cast<int64_t>(llvm::alignTo(bounds[m], rows)),
                 static_cast<int64_t>(llvm::alignTo(bounds[n], columns))},
                element);
    accumulators = slice(
        accumulators, {times(rowPanels, rows), times(columnPanels, columns)});
    if (!fill)
      accumulators = tensor::InsertSliceOp::create(
          rewriter, loc, init.value, accumulators,
          ArrayRef<OFR>{attr(0), attr(0)}, ArrayRef<OFR>{height, width},
          ArrayRef<OFR>{attr(1), attr(1)});
  }
  linalg::FillOp newFill;
  if (fill) {
    newFill =
        linalg::FillOp::create(rewriter, loc, fill.getInputs(), accumulators);
    accumulators = newFill.getResult(0);
  }

  Value end = asValue(depth);
  int64_t step = std::min(depthTile, bounds[k]);
  Value result = loopNest(
      {end}, {step}, accumulators, [&](ValueRange block, Value outside) {
        Value from = block[0];
        AffineExpr first = rewriter.getAffineDimExpr(0),
                   last = rewriter.getAffineDimExpr(1);
        OFR size = affine::makeComposedFoldedAffineMin(
            rewriter, loc,
            AffineMap::get(2, 0,
                           {rewriter.getAffineConstantExpr(step), last - first},
                           rewriter.getContext()),
            {OFR(from), depth});
        Operand rowsOfBlock = left, columnsOfBlock = right;
        auto blockOf = [&](const Matrix &matrix) -> Value {
          SmallVector<OFR> sizes =
              tensor::getMixedSizes(rewriter, loc, matrix.value);
          SmallVector<OFR> offsets(2, attr(0)), strides(2, attr(1));
          unsigned dim = matrix.outer == k ? 0 : 1;
          offsets[dim] = from;
          sizes[dim] = size;
          return tensor::ExtractSliceOp::create(rewriter, loc, matrix.value,
                                                offsets, sizes, strides);
        };
        if (leftInside) {
          rowsOfBlock.value =
              packLeft(blockOf(lhs), size, step, height, bounds[m]);
          rowsOfBlock.origin = from;
        }
        if (rightInside) {
          columnsOfBlock.value =
              packRight(blockOf(rhs), size, step, width, bounds[n]);
          columnsOfBlock.origin = from;
        }
        Value to = asValue(apply(first + last, {from, size}));
        return loopNest({asValue(columnPanels), asValue(rowPanels)}, {1, 1},
                        outside, [&](ValueRange at, Value carried) {
                          return computeTile(rowsOfBlock, columnsOfBlock,
                                             carried, at[1], at[0], from, to);
                        });
      });

  auto restoreRank = [&](Value matrix) -> Value {
    if (sizes.size() == 2)
      return matrix;
    return tensor::InsertSliceOp::create(rewriter, loc, matrix, target, zeros,
                                         sizes, ones);
  };
  if (inPlace) {
    rewriter.replaceOp(contraction, restoreRank(result));
    return {newFill, nullptr};
  }
  result = slice(result, {height, width});
  if (sizes.size() == 2 && target.getDefiningOp<tensor::EmptyOp>()) {
    if (result.getType() != destination.getType())
      result =
          tensor::CastOp::create(rewriter, loc, destination.getType(), result);
    rewriter.replaceOp(contraction, result);
    return {newFill, nullptr};
  }
  auto copy = linalg::CopyOp::create(rewriter, loc, result, init.value);
  rewriter.replaceOp(contraction, restoreRank(copy.getResult(0)));
  return {newFill, copy};
}

DiagnosedSilenceableFailure chameleon::transform_ops::LowerContractionOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  int64_t rows, columns, depth, packLhs, packRhs;
  auto get = [&](Value param, StringRef name, int64_t minimum, int64_t &value) {
    return getIntegerParam(state, *this, param, name, minimum, value);
  };
  DiagnosedSilenceableFailure valid = get(getRows(), "rows", 1, rows);
  if (valid.succeeded())
    valid = get(getColumns(), "columns", 1, columns);
  if (valid.succeeded())
    valid = get(getDepth(), "depth", 1, depth);
  if (valid.succeeded())
    valid = get(getPackLhs(), "pack_lhs", 0, packLhs);
  if (valid.succeeded())
    valid = get(getPackRhs(), "pack_rhs", 0, packRhs);
  if (!valid.succeeded())
    return valid;
  SmallVector<Operation *> fills, copies;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto contraction = dyn_cast<linalg::LinalgOp>(target);
    std::string reason = "expects a contraction on tensors";
    if (contraction) {
      Packer packer(rewriter, contraction, rows, columns);
      reason = packer.analyze();
      if (reason.empty()) {
        auto oldFill =
            contraction.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
        auto [fill, copy] = packer.rewrite(depth, packLhs, packRhs);
        if (oldFill && oldFill->use_empty())
          rewriter.eraseOp(oldFill);
        if (fill)
          fills.push_back(fill);
        if (copy)
          copies.push_back(copy);
        continue;
      }
    }
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(cast<OpResult>(getFills()), fills);
  results.set(cast<OpResult>(getCopies()), copies);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerContractionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getRowsMutable(), effects);
  transform::onlyReadsHandle(getColumnsMutable(), effects);
  transform::onlyReadsHandle(getDepthMutable(), effects);
  transform::onlyReadsHandle(getPackLhsMutable(), effects);
  transform::onlyReadsHandle(getPackRhsMutable(), effects);
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
