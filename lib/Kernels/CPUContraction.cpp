//===- CPUContraction.cpp - a matrix product over register tiles
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

#include "CPUContractionKernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

std::string CPUContractionKernel::analyze() {
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
  std::string reason;
  atom = findCPUAtom(contraction, reason);
  if (!atom)
    return reason;
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

CPUMatrix CPUContractionKernel::getMatrix(OpOperand &operand, Value value) {
  AffineMap map = contraction.getMatchingIndexingMap(&operand);
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<OFR> sizes = tensor::getMixedSizes(rewriter, loc, value);
  CPUMatrix matrix{value, 0, 0};
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

Value CPUContractionKernel::slice(Value source, ArrayRef<OFR> sizes) {
  if (llvm::equal(sizes, tensor::getMixedSizes(rewriter, loc, source)))
    return source;
  SmallVector<OFR> offsets(sizes.size(), rewriter.getIndexAttr(0));
  SmallVector<OFR> strides(sizes.size(), rewriter.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(rewriter, loc, source, offsets, sizes,
                                        strides);
}

Value CPUContractionKernel::read(Value source, ValueRange indices,
                                 int64_t lanes, bool inBounds) {
  auto type = VectorType::get({lanes}, getElementTypeOrSelf(source));
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(type.getElementType()));
  return vector::TransferReadOp::create(rewriter, loc, type, source, indices,
                                        zero, ArrayRef<bool>{inBounds});
}

Value CPUContractionKernel::write(Value vector, Value destination,
                                  ValueRange indices) {
  return vector::TransferWriteOp::create(rewriter, loc, vector, destination,
                                         indices, ArrayRef<bool>{true})
      .getResult();
}

Value CPUContractionKernel::loopNest(
    ValueRange ends, ArrayRef<int64_t> steps, Value init,
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

std::pair<Operation *, Operation *>
CPUContractionKernel::rewrite(int64_t depthTile, int64_t packLhs,
                              int64_t packRhs) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(contraction);
  auto matrixOf = [&](OpOperand *operand) {
    return getMatrix(*operand, operand->get());
  };
  CPUMatrix lhs = matrixOf(contraction.getDpsInputOperand(swapped ? 1 : 0));
  CPUMatrix rhs = matrixOf(contraction.getDpsInputOperand(swapped ? 0 : 1));
  // A fill is made anew, for the accumulators; nothing may depend on it.
  OpOperand *initOperand = contraction.getDpsInitOperand(0);
  Value destination = initOperand->get();
  auto fill = destination.getDefiningOp<linalg::FillOp>();
  Value target = fill ? fill.getOutputs()[0] : destination;
  CPUMatrix init = getMatrix(*initOperand, target);
  if (swapped)
    std::swap(packLhs, packRhs);
  Type element = getElementTypeOrSelf(init.value);
  lanes = atom->getLanes(columns, element);

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
                         atom->getLanes(rows, getElementTypeOrSelf(matrix)));
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
  auto packWhole = [&](const CPUMatrix &tile, CPUOperand &operand,
                       int64_t extent, auto pack) {
    std::optional<CPUWhole> whole = findWhole(tile, extent);
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
  CPUOperand left{lhs.value}, right{rhs.value};
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
        CPUOperand rowsOfBlock = left, columnsOfBlock = right;
        auto blockOf = [&](const CPUMatrix &matrix) -> Value {
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

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::string chameleon::checkCPUContraction(linalg::LinalgOp contraction) {
  IRRewriter rewriter(contraction->getContext());
  return CPUContractionKernel(rewriter, contraction, 1, 1).analyze();
}

std::string chameleon::lowerCPUContraction(RewriterBase &rewriter,
                                           linalg::LinalgOp contraction,
                                           const CPUContractionParameters &p,
                                           CPUContractionResult &result) {
  CPUContractionKernel kernel(rewriter, contraction, p.rows, p.columns);
  if (std::string reason = kernel.analyze(); !reason.empty())
    return reason;
  auto fill = contraction.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  std::tie(result.fill, result.copy) =
      kernel.rewrite(p.depth, p.packLhs, p.packRhs);
  if (fill && fill->use_empty())
    rewriter.eraseOp(fill);
  return "";
}
