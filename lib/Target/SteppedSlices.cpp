//===- SteppedSlices.cpp - slices with steps keep their dimensions
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the strides alone MLIR cannot tell which dimensions a view of memory
// drops if the view has steps as well: memref.subview of [3, 1, 1] elements by
// steps of [2, 1, 1] to [3, 1] makes it read memory at random. Such slices are
// taken in one operation, and dimensions are dropped in a second one.
//
//===----------------------------------------------------------------------===//

#include "PrepareForCPU.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"
#include <utility>

using namespace mlir;

namespace chameleon {

/// The dimensions of the whole slice that make up each one of its result, if
/// it drops some and has steps.
static std::optional<SmallVector<ReassociationIndices>>
getGroups(OffsetSizeAndStrideOpInterface slice,
          const llvm::SmallBitVector &dropped) {
  bool isStepped =
      llvm::any_of(slice.getMixedStrides(), [](OpFoldResult stride) {
        return !isConstantIntValue(stride, 1);
      });
  if (!isStepped || dropped.none())
    return std::nullopt;
  SmallVector<ReassociationIndices> groups;
  if (dropped.all())
    return groups; // of a result of rank 0
  groups.emplace_back();
  bool isKept = false;
  for (unsigned i = 0; i < dropped.size(); ++i) {
    if (!dropped.test(i) && std::exchange(isKept, true))
      groups.emplace_back();
    groups.back().push_back(i);
  }
  return groups;
}

void splitSteppedSlices(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  SmallVector<tensor::ExtractSliceOp> extractions;
  SmallVector<tensor::InsertSliceOp> insertions;
  function.walk([&](Operation *operation) {
    if (auto extract = dyn_cast<tensor::ExtractSliceOp>(operation))
      extractions.push_back(extract);
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(operation))
      insertions.push_back(insert);
  });
  for (tensor::ExtractSliceOp extract : extractions) {
    auto groups = getGroups(extract, extract.getDroppedDims());
    if (!groups)
      continue;
    rewriter.setInsertionPoint(extract);
    Value whole = tensor::ExtractSliceOp::create(
        rewriter, extract.getLoc(), extract.getSource(),
        extract.getMixedOffsets(), extract.getMixedSizes(),
        extract.getMixedStrides());
    rewriter.replaceOpWithNewOp<tensor::CollapseShapeOp>(
        extract, extract.getType(), whole, *groups);
  }
  for (tensor::InsertSliceOp insert : insertions) {
    auto groups = getGroups(insert, insert.getDroppedDims());
    if (!groups || !insert.getSourceType().hasStaticShape())
      continue;
    rewriter.setInsertionPoint(insert);
    auto whole = RankedTensorType::get(insert.getStaticSizes(),
                                       insert.getSourceType().getElementType());
    Value expanded = tensor::ExpandShapeOp::create(
        rewriter, insert.getLoc(), whole, insert.getSource(), *groups);
    rewriter.modifyOpInPlace(
        insert, [&] { insert.getSourceMutable().assign(expanded); });
  }
}

} // namespace chameleon
