//===- IndexedReads.cpp - reads at indices that a GPU kernel computes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexedReads.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace chameleon;

std::string IndexedReads::check(Operation &op) {
  if (OpTrait::hasElementwiseMappableTraits(&op) ||
      op.hasTrait<OpTrait::ConstantLike>() || isa<linalg::IndexOp>(op))
    return "";
  auto extract = dyn_cast<tensor::ExtractOp>(op);
  if (!extract)
    return llvm::formatv("cannot vectorize '{0}' of the body", op.getName());
  auto type = cast<RankedTensorType>(extract.getTensor().getType());
  if (!type.hasStaticShape() || !hasStorage(type.getElementType()))
    return "expects reads of tensors of static shape in the body";
  return "";
}

void IndexedReads::createBuffers(const Group &columns, const Group &depth) {
  for (unsigned loop = 0; loop < task.sizes.size(); ++loop) {
    // As if it were the position in a tensor of this loop alone.
    Access unit;
    unit.strides.assign(task.sizes.size(), 0);
    unit.strides[loop] = 1;
    loops.push_back({unit.getRuns(task.sizes, columns),
                     unit.getRuns(task.sizes, depth),
                     llvm::is_contained(columns, loop)});
  }
  for (Operation &op : task.anchor.getBlock()->without_terminator())
    if (auto extract = dyn_cast<tensor::ExtractOp>(op))
      if (!sources.contains(extract.getTensor()))
        sources[extract.getTensor()].buffer = getBuffer(
            kernel.b, kernel.loc, extract.getTensor(), /*isRead=*/true);
}

void IndexedReads::openKernel() {
  for (auto &[tensor, source] : sources)
    source.line = kernel.flatten(source.buffer);
}

Value IndexedReads::getIndex(unsigned loop, Int column, Int step) {
  return kernel.index(
      kernel.add(kernel.place(loops[loop].columnRuns, column).offset,
                 kernel.place(loops[loop].depthRuns, step).offset));
}

Value IndexedReads::loadAt(Value line, ArrayRef<int64_t> shape,
                           ArrayRef<AffineExpr> position, ValueRange dims) {
  AffineExpr linear = getAffineConstantExpr(0, kernel.b.getContext());
  for (auto [expr, pitch] : llvm::zip_equal(position, computeStrides(shape)))
    linear = linear + expr * pitch;
  Value offset =
      affine::expandAffineExpr(kernel.b, kernel.loc, linear, dims, {});
  return kernel.elementOf(kernel.load(line, offset, 1), 0);
}

Value IndexedReads::load(const Access &access, Value line, Int column,
                         Int step) {
  SmallVector<Value> at;
  for (unsigned loop = 0; loop < loops.size(); ++loop)
    at.push_back(getIndex(loop, column, step));
  return loadAt(line, cast<ShapedType>(access.tensor.getType()).getShape(),
                access.computed.getResults(), at);
}

Value IndexedReads::compute(Operation &op, IRMapping &mapping, Int column,
                            Int step, int64_t width) {
  auto extract = dyn_cast<tensor::ExtractOp>(op);
  auto index = dyn_cast<linalg::IndexOp>(op);
  if (!extract && !index)
    return {};
  if (index && !loops[index.getDim()].movesAlongColumns)
    return kernel.splat(getIndex(index.getDim(), column, step), width);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < width; ++lane) {
    if (index) {
      elements.push_back(
          getIndex(index.getDim(), kernel.add(column, lane), step));
      continue;
    }
    SmallVector<Value> at;
    SmallVector<AffineExpr> position;
    for (Value operand : extract.getIndices()) {
      if (Value vector = mapping.lookupOrNull(operand))
        at.push_back(kernel.elementOf(vector, lane));
      else if (APInt constant; matchPattern(operand, m_ConstantInt(&constant)))
        at.push_back(kernel.index(constant.getSExtValue()));
      else
        at.push_back(operand);
      position.push_back(kernel.b.getAffineDimExpr(position.size()));
    }
    elements.push_back(
        loadAt(sources[extract.getTensor()].line,
               cast<ShapedType>(extract.getTensor().getType()).getShape(),
               position, at));
  }
  return vector::FromElementsOp::create(
      kernel.b, kernel.loc,
      VectorType::get({width}, elements.front().getType()), elements);
}
