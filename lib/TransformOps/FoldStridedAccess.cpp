//===- FoldStridedAccess.cpp - transform.chameleon.fold_strided_access
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Vectorization wants every operand's map to be a list of loops. In a tiled
// convolution the window's loops have extent 1, so what is left of `d2 * 2 +
// d5` is a stride, which a slice can express.
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AffineExpr.h"

using namespace mlir;

namespace {
/// How one dimension of an operand is read: `offset + stride * loop`.
struct Access {
  int64_t offset = 0, stride = 1;
  std::optional<unsigned> loop;
};
} // namespace

/// `expr` along the loops of more than one iteration; nothing if it is not
/// linear in one of them at most.
static std::optional<Access> analyzeAccess(AffineExpr expr,
                                           ArrayRef<int64_t> extents) {
  MLIRContext *context = expr.getContext();
  AffineExpr zero = getAffineConstantExpr(0, context);
  SmallVector<AffineExpr> onlyMoving;
  for (auto [loop, extent] : llvm::enumerate(extents))
    onlyMoving.push_back(extent == 1 ? zero : getAffineDimExpr(loop, context));
  expr = simplifyAffineExpr(expr.replaceDims(onlyMoving), extents.size(), 0);

  // A coefficient for each loop, then those of divisions, then the constant.
  SmallVector<int64_t> flattened;
  if (failed(getFlattenedAffineExpr(expr, extents.size(), 0, &flattened)) ||
      flattened.size() != extents.size() + 1)
    return std::nullopt;
  Access access;
  access.offset = flattened.back();
  for (auto [loop, coefficient] :
       llvm::enumerate(ArrayRef(flattened).drop_back())) {
    if (coefficient == 0)
      continue;
    if (access.loop || coefficient < 0)
      return std::nullopt;
    access.loop = loop;
    access.stride = coefficient;
  }
  if (access.offset < 0)
    return std::nullopt;
  return access;
}

/// Replaces one operand by a slice of it where that makes its map a list of
/// loops.
static void foldOperand(RewriterBase &rewriter, linalg::GenericOp generic,
                        OpOperand &operand, ArrayRef<int64_t> extents) {
  AffineMap map = generic.getMatchingIndexingMap(&operand);
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (!type || map.isProjectedPermutation())
    return;
  SmallVector<OpFoldResult> offsets, sizes, strides;
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> results;
  llvm::SmallBitVector used(extents.size());
  for (AffineExpr result : map.getResults()) {
    std::optional<Access> access = analyzeAccess(result, extents);
    if (!access || (access->loop && used.test(*access->loop)))
      return;
    int64_t size = 1;
    if (access->loop) {
      used.set(*access->loop);
      size = extents[*access->loop];
      shape.push_back(size);
      results.push_back(getAffineDimExpr(*access->loop, map.getContext()));
    }
    offsets.push_back(rewriter.getIndexAttr(access->offset));
    sizes.push_back(rewriter.getIndexAttr(size));
    strides.push_back(rewriter.getIndexAttr(access->stride));
  }

  rewriter.setInsertionPoint(generic);
  auto sliceType = RankedTensorType::get(shape, type.getElementType());
  Value slice =
      tensor::ExtractSliceOp::create(rewriter, generic.getLoc(), sliceType,
                                     operand.get(), offsets, sizes, strides);
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  maps[operand.getOperandNumber()] =
      AffineMap::get(map.getNumDims(), 0, results, map.getContext());
  rewriter.modifyOpInPlace(generic, [&] {
    operand.set(slice);
    generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  });
}

DiagnosedSilenceableFailure
chameleon::transform_ops::FoldStridedAccessOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto generic = dyn_cast<linalg::GenericOp>(target);
    if (!generic || !generic.hasPureTensorSemantics()) {
      DiagnosedSilenceableFailure failure =
          emitSilenceableError()
          << "expects a linalg.generic on tensors, found " << target->getName();
      failure.attachNote(target->getLoc()) << "when applied to this op";
      return failure;
    }
    SmallVector<int64_t> extents = generic.getStaticLoopRanges();
    if (llvm::any_of(extents, ShapedType::isDynamic))
      continue;
    for (OpOperand *operand : generic.getDpsInputOperands())
      foldOperand(rewriter, generic, *operand, extents);
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::FoldStridedAccessOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::onlyReadsHandle(getTargetMutable(), effects);
  transform::modifiesPayload(effects);
}
