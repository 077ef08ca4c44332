//===- HalfFloats.cpp - f16 and bf16 on a processor that only converts them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HalfFloats.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

/// A scalar or a vector.
static bool isHalf(Value value) {
  Type element = getElementTypeOrSelf(value.getType());
  return isa<VectorType, FloatType>(value.getType()) &&
         (element.isF16() || element.isBF16());
}

static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

static bool computes(Operation *op) {
  if (isa<vector::ReductionOp, vector::MultiDimReductionOp, vector::FMAOp,
          vector::ContractionOp, vector::OuterProductOp>(op))
    return true;
  return OpTrait::hasElementwiseMappableTraits(op) &&
         !isa<arith::BitcastOp, arith::ConstantOp, arith::ExtFOp,
              arith::TruncFOp>(op);
}

namespace {

/// f32 to the nearest bf16, ties to even, all in lanes of 32 bits: upstream
/// chooses between NaN and number in lanes of 16, which LLVM does one by one.
struct RoundToBFloat : OpRewritePattern<arith::TruncFOp> {
  explicit RoundToBFloat(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const override {
    Value in = op.getIn();
    if (!getElementTypeOrSelf(op.getType()).isBF16() ||
        !getElementTypeOrSelf(in.getType()).isF32())
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type i32 = withElement(in.getType(), b.getI32Type());
    auto constant = [&](int64_t value) -> Value {
      TypedAttr attribute = b.getI32IntegerAttr(value);
      if (auto vector = dyn_cast<VectorType>(i32))
        attribute = DenseElementsAttr::get(vector, Attribute(attribute));
      return arith::ConstantOp::create(b, attribute);
    };
    Value bits = arith::BitcastOp::create(b, i32, in);
    Value sixteen = constant(16);
    Value last = arith::AndIOp::create(
        b, arith::ShRUIOp::create(b, bits, sixteen), constant(1));
    Value rounded = arith::AddIOp::create(
        b, arith::AddIOp::create(b, bits, constant(0x7fff)), last);
    Value quiet = arith::OrIOp::create(b, bits, constant(0x400000));
    Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, in, in);
    Value chosen = arith::SelectOp::create(b, isNaN, quiet, rounded);
    Value high =
        arith::TruncIOp::create(b, withElement(in.getType(), b.getI16Type()),
                                arith::ShRUIOp::create(b, chosen, sixteen));
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(), high);
    return success();
  }
};

} // namespace

LogicalResult chameleon::computeHalvesInFloat(func::FuncOp function) {
  SmallVector<Operation *> found;
  bool rounds = false;
  function.walk([&](Operation *op) {
    bool results = llvm::any_of(op->getResults(), isHalf);
    rounds |= results || llvm::any_of(op->getOperands(), isHalf);
    if (computes(op) && (results || llvm::any_of(op->getOperands(), isHalf)))
      found.push_back(op);
  });
  OpBuilder b(function.getContext());
  for (Operation *op : found) {
    b.setInsertionPoint(op);
    for (OpOperand &operand : op->getOpOperands())
      if (isHalf(operand.get()))
        operand.set(arith::ExtFOp::create(
            b, op->getLoc(),
            withElement(operand.get().getType(), b.getF32Type()),
            operand.get()));
    b.setInsertionPointAfter(op);
    for (Value result : op->getResults()) {
      if (!isHalf(result))
        continue;
      Type half = result.getType();
      result.setType(withElement(half, b.getF32Type()));
      auto rounded = arith::TruncFOp::create(b, op->getLoc(), half, result);
      result.replaceAllUsesExcept(rounded, rounded);
    }
  }
  if (!rounds)
    return success();
  RewritePatternSet patterns(function.getContext());
  arith::populateExpandBFloat16Patterns(patterns);
  patterns.add<RoundToBFloat>(function.getContext());
  return applyPatternsGreedily(function, std::move(patterns));
}
