//===- NarrowFloat64.cpp - f64 islands in f32 models
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PyTorch's layer norm takes its variance in double, so torch-mlir extends the
// whole tensor to f64 and truncates the result. An island of f64, from `extf`
// of f32 (or constants) to `truncf` to f32, is retyped where f32 gives the
// same:
//
//  - values that are f32's anyway: extended, moved, compared, chosen;
//  - one operation on such values that is rounded at once: 53 bits are more
//    than twice 24, so that rounding twice is rounding once (+ - * / sqrt);
//  - variances: sums of squares, which cancel nothing, of values or of their
//    distances to a mean, whose own error counts squared.
//
// Everything else is left as it is: integers beyond 2^24, constants that f32
// does not have, sums with signs, chains of operations, what leaves in f64.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/EquivalenceClasses.h"

using namespace mlir;

namespace {

bool isFloat64(Type type) { return getElementTypeOrSelf(type).isF64(); }

bool mentionsFloat64(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), isFloat64) ||
         llvm::any_of(op->getResultTypes(), isFloat64);
}

/// What is known of an f64 value, as bits.
enum Kind : unsigned {
  Unknown = 0,
  Exact = 1,       // a number that f32 has
  RoundedOnce = 2, // truncating it gives what f32 would have computed
  Positive = 4,    // no cancellation: f32 is off by a few units, as any f32 sum
  Sum = 8,         // of exact values
  Mean = 16,
  Distance = 32,   // of an exact value to a mean
  Accumulator = 64 // what a reduction has so far
};

APFloat toFloat32(APFloat value, bool &loses) {
  value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &loses);
  return value;
}

/// Finds out what each f64 value is, in the order of the program.
class Kinds {
public:
  unsigned get(Value value) const { return kinds.lookup(value); }
  /// Notes the results of an operation with an f64 operand or result, and of
  /// those in its regions. False if it has to stay f64.
  bool visit(Operation *op);

private:
  bool visitConstant(arith::ConstantOp op);
  bool visitGeneric(linalg::GenericOp op);
  bool visitScalar(Operation *op);
  bool isSame(Value left, Value right) const;
  bool isAll(Operation *op, unsigned kind) const {
    return llvm::all_of(op->getOperands(), [&](Value operand) {
      return !isFloat64(operand.getType()) || (get(operand) & kind);
    });
  }
  static bool isPositiveConstant(Value value) {
    std::optional<APFloat> constant = chameleon::getFloatConstant(value);
    return constant && constant->isFiniteNonZero() && !constant->isNegative();
  }

  llvm::DenseMap<Value, unsigned> kinds;
};

bool Kinds::visitConstant(arith::ConstantOp op) {
  bool loses = false, losesAny = false;
  if (auto scalar = dyn_cast<FloatAttr>(op.getValue())) {
    toFloat32(scalar.getValue(), losesAny);
  } else if (auto elements = dyn_cast<DenseFPElementsAttr>(op.getValue())) {
    for (const APFloat &value : elements.getValues<APFloat>()) {
      toFloat32(value, loses);
      losesAny |= loses;
    }
  } else {
    return false;
  }
  kinds[op] = losesAny ? RoundedOnce : Exact | RoundedOnce;
  return true;
}

bool Kinds::visitGeneric(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics())
    return false;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument inside = op.getMatchingBlockArgument(&operand);
    if (!isFloat64(operand.get().getType()))
      continue;
    kinds[inside] = get(operand.get());
    if (op.isDpsInit(&operand) && op.getNumReductionLoops() != 0)
      kinds[inside] = Accumulator | (get(operand.get()) & Exact) |
                      (chameleon::isZeroFilled(operand.get()) ? Sum : Unknown);
  }
  for (Operation &inside : op.getBody()->without_terminator())
    if (mentionsFloat64(&inside) && !visit(&inside))
      return false;
  Operation *yield = op.getBody()->getTerminator();
  for (auto [result, yielded] :
       llvm::zip_equal(op.getResults(), yield->getOperands())) {
    kinds[result] = get(yielded) & ~Accumulator;
    if (isFloat64(yielded.getType()) && kinds[result] == Unknown)
      return false;
  }
  return true;
}

bool Kinds::isSame(Value left, Value right) const {
  if (left == right)
    return true;
  auto first = dyn_cast<BlockArgument>(left),
       second = dyn_cast<BlockArgument>(right);
  if (!first || !second || first.getOwner() != second.getOwner())
    return false;
  auto op = dyn_cast<linalg::GenericOp>(first.getOwner()->getParentOp());
  if (!op)
    return false;
  OpOperand *one = op.getMatchingOpOperand(first),
            *other = op.getMatchingOpOperand(second);
  return one->get() == other->get() &&
         op.getMatchingIndexingMap(one) == op.getMatchingIndexingMap(other);
}

bool Kinds::visitScalar(Operation *op) {
  if (op->getNumResults() != 1)
    return false;
  unsigned &kind = kinds[op->getResult(0)];
  if (isa<arith::ExtFOp>(op)) {
    kind = Exact | RoundedOnce;
    return getElementTypeOrSelf(op->getOperand(0)).isF32();
  }
  if (isa<arith::TruncFOp>(op))
    return getElementTypeOrSelf(op->getResult(0)).isF32() &&
           isAll(op, RoundedOnce | Positive);
  if (isa<arith::CmpFOp>(op))
    return isAll(op, Exact);
  if (isa<arith::SelectOp, arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp,
          arith::MaxNumFOp, arith::MinNumFOp, math::AbsFOp, math::CopySignOp,
          math::FloorOp, math::CeilOp, math::RoundOp, math::RoundEvenOp,
          math::TruncOp>(op)) {
    // The largest of exact values so far is one.
    kind = Exact | RoundedOnce;
    return isAll(op, Exact);
  }
  if (op->getNumOperands() == 1) {
    kind = RoundedOnce;
    return isa<math::SqrtOp>(op) && isAll(op, Exact) &&
           !(get(op->getOperand(0)) & Accumulator);
  }
  Value left = op->getOperand(0), right = op->getOperand(1);
  if (isa<arith::AddFOp>(op) && ((get(left) | get(right)) & Accumulator)) {
    bool accumulatesLeft = get(left) & Accumulator;
    Value accumulator = accumulatesLeft ? left : right,
          term = accumulatesLeft ? right : left;
    if (!(get(accumulator) & Sum) || (get(term) & Accumulator))
      return false;
    kind = get(term) & Positive ? Positive : get(term) & Exact ? Sum : Unknown;
    return kind != Unknown;
  }
  if (!isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op) ||
      ((get(left) | get(right)) & Accumulator))
    return false;
  if (isAll(op, Exact))
    kind |= RoundedOnce;
  if (isa<arith::MulFOp>(op) && isSame(left, right) &&
      (get(left) & (Exact | Distance)))
    kind |= Positive;
  if (isa<arith::SubFOp>(op) && (get(left) & Exact) && (get(right) & Mean))
    kind |= Distance;
  if (isa<arith::DivFOp>(op) && isPositiveConstant(right) &&
      (get(right) & Exact))
    kind |= (get(left) & Sum ? Mean : 0) | (get(left) & Positive);
  return kind != Unknown;
}

bool Kinds::visit(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return visitConstant(constant);
  if (isa<tensor::EmptyOp>(op)) {
    kinds[op->getResult(0)] = Exact | RoundedOnce;
    return true;
  }
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return visitGeneric(generic);
  if (isa<linalg::FillOp, linalg::BroadcastOp, linalg::TransposeOp>(op)) {
    if (!cast<DestinationStyleOpInterface>(op).hasPureTensorSemantics())
      return false;
    kinds[op->getResult(0)] = get(op->getOperand(0));
    return true;
  }
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ExtractOp,
          tensor::ExtractSliceOp>(op)) {
    kinds[op->getResult(0)] = get(op->getOperand(0));
    return true;
  }
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         op->getNumRegions() == 0 && visitScalar(op);
}

Type narrow(Type type) {
  if (!isFloat64(type))
    return type;
  Type f32 = Float32Type::get(type.getContext());
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(f32);
  return f32;
}

void narrowValue(Value value) { value.setType(narrow(value.getType())); }

void narrowOperation(Operation *op) {
  for (Value result : op->getResults())
    narrowValue(result);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::for_each(block.getArguments(),
                     [](Value argument) { narrowValue(argument); });
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return;
  auto round = [](const APFloat &value) {
    bool loses;
    return toFloat32(value, loses);
  };
  Type f32 = Float32Type::get(op->getContext());
  if (auto scalar = dyn_cast<FloatAttr>(constant.getValue()))
    constant.setValueAttr(FloatAttr::get(f32, round(scalar.getValue())));
  else if (auto elements = dyn_cast<DenseFPElementsAttr>(constant.getValue()))
    constant.setValueAttr(elements.mapValues(f32, [&](const APFloat &value) {
      return round(value).bitcastToAPInt();
    }));
}

/// Gives each user its own: what is shared would make one island of many.
void separateSharedSources(func::FuncOp function) {
  SmallVector<Operation *> sources;
  function.walk([&](Operation *op) {
    if (isa<arith::ConstantOp, tensor::EmptyOp, linalg::FillOp>(op) &&
        op->getNumResults() == 1 && isFloat64(op->getResult(0).getType()))
      sources.push_back(op);
  });
  // Users first: a copied fill is one more user of its tensor.
  for (Operation *op : llvm::reverse(sources)) {
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : op->getUses())
      uses.push_back(&use);
    for (OpOperand *use : llvm::drop_begin(uses, uses.empty() ? 0 : 1)) {
      OpBuilder builder(op);
      use->set(builder.clone(*op)->getResult(0));
    }
  }
}

} // namespace

void chameleon::narrowFloat64Islands(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return;
  separateSharedSources(function);
  // Operations of the function's block, with their bodies, joined by the f64
  // values between them. The function itself stands for its arguments.
  llvm::EquivalenceClasses<Operation *> islands;
  llvm::SmallPtrSet<Operation *, 16> refused;
  auto getTopLevel = [&](Operation *op) {
    return op == function
               ? op
               : function.getBody().front().findAncestorOpInBlock(*op);
  };
  SmallVector<Operation *> nested;
  Kinds kinds;
  for (Operation &op : function.getBody().front()) {
    bool mentions = false;
    op.walk([&](Operation *inside) { mentions |= mentionsFloat64(inside); });
    if (mentions && !kinds.visit(&op))
      refused.insert(&op);
  }
  function.walk([&](Operation *op) {
    if (op == function || !mentionsFloat64(op))
      return;
    nested.push_back(op);
    Operation *top = getTopLevel(op);
    islands.insert(top);
    for (Value operand : op->getOperands()) {
      if (!isFloat64(operand.getType()))
        continue;
      Operation *source = operand.getDefiningOp();
      if (!source)
        source = cast<BlockArgument>(operand).getOwner()->getParentOp();
      islands.unionSets(top, getTopLevel(source));
    }
  });
  if (nested.empty())
    return;
  refused.insert(function);
  islands.insert(function);
  llvm::SmallPtrSet<Operation *, 16> refusedLeaders;
  for (Operation *op : refused)
    refusedLeaders.insert(islands.getLeaderValue(op));

  IRRewriter rewriter(function.getContext());
  SmallVector<Operation *> conversions;
  for (Operation *op : nested) {
    Operation *top = getTopLevel(op);
    if (refusedLeaders.contains(islands.getLeaderValue(top)))
      continue;
    narrowOperation(op);
    if (isa<arith::ExtFOp, arith::TruncFOp>(op))
      conversions.push_back(op);
    if (isa<linalg::LinalgOp>(top))
      narrowOperation(top);
  }
  for (Operation *op : conversions)
    if (op->getOperand(0).getType() == op->getResult(0).getType())
      rewriter.replaceOp(op, op->getOperand(0));
}
