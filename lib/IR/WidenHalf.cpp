//===- WidenHalf.cpp - half precision is for memory, f32 for computing
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operation by operation, in the order of the program. A retyped operation is
// followed by a rounding of its result, which the next one that is retyped
// looks behind; in the end the roundings that nobody reads go.
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/WidenHalf.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

static bool isHalfType(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}
static bool isHalf(Value value) { return isHalfType(value.getType()); }
/// A scalar, as in bodies.
static bool isHalfScalar(Value value) {
  return isa<FloatType>(value.getType()) && isHalf(value);
}

static Type widen(Type type) {
  if (!isHalfType(type))
    return type;
  Type f32 = Float32Type::get(type.getContext());
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? Type(shaped.clone(f32)) : f32;
}

static APFloat toFloat32(APFloat value) {
  bool loses;
  value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven, &loses);
  return value;
}

/// `Conversion` of every element, or of a scalar.
template <typename Conversion>
static Value convert(OpBuilder &b, Location loc, Value value, Type to) {
  auto tensor = dyn_cast<RankedTensorType>(to);
  if (!tensor)
    return Conversion::create(b, loc, to, value);
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, value);
  Value empty = tensor::EmptyOp::create(b, loc, sizes, tensor.getElementType());
  AffineMap map = b.getMultiDimIdentityMap(tensor.getRank());
  SmallVector<utils::IteratorType> loops(tensor.getRank(),
                                         utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             b, loc, to, value, empty, ArrayRef<AffineMap>{map, map}, loops,
             [&](OpBuilder &inner, Location at, ValueRange arguments) {
               linalg::YieldOp::create(
                   inner, at,
                   Conversion::create(inner, at, tensor.getElementType(),
                                      arguments[0])
                       .getResult());
             })
      .getResult(0);
}

namespace {

class Widening {
public:
  Widening(func::FuncOp function, bool beforeReductions)
      : function(function), rewriter(function.getContext()),
        beforeReductions(beforeReductions) {}
  void run();

private:
  bool isComputed(Value value) const { return wide.contains(value); }
  Value createEmpty(Value half) {
    Location loc = half.getLoc();
    return tensor::EmptyOp::create(rewriter, loc,
                                   tensor::getMixedSizes(rewriter, loc, half),
                                   rewriter.getF32Type());
  }
  /// The f32 of a half, made where the half is defined.
  Value getWide(Value half);
  bool canWiden(linalg::LinalgOp op);
  /// Whether the half is extended where it is read, not before.
  bool isReadOnce(linalg::LinalgOp op, OpOperand &operand);
  bool canWiden(Operation *op);
  void widenOperation(Operation *op);
  void widenBody(Block &body, ArrayRef<Value> operands);
  void decomposeSoftmaxes();
  void roundInProducer(linalg::GenericOp rounding);
  void widenBodyOperation(Operation *op);

  func::FuncOp function;
  IRRewriter rewriter;
  bool beforeReductions;
  /// What results were before they were rounded.
  DenseMap<Value, Value> wide;
  /// Halves that something is computed from.
  DenseMap<Value, Value> extended;
  SmallVector<Operation *> roundings;
};

} // namespace

Value Widening::getWide(Value half) {
  if (Value known = wide.lookup(half))
    return known;
  if (Value known = extended.lookup(half))
    return known;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(half);
  Location loc = half.getLoc();
  Operation *op = half.getDefiningOp();
  Value result;
  FloatAttr scalar;
  if (isa_and_nonnull<tensor::EmptyOp>(op))
    result = createEmpty(half);
  else if (auto fill = dyn_cast_or_null<linalg::FillOp>(op);
           fill && fill->getNumResults() == 1)
    result = linalg::FillOp::create(rewriter, loc, getWide(fill.value()),
                                    createEmpty(half))
                 .getResult(0);
  else if (isHalfScalar(half) && matchPattern(half, m_Constant(&scalar)))
    result = arith::ConstantOp::create(
        rewriter, loc,
        FloatAttr::get(rewriter.getF32Type(), toFloat32(scalar.getValue())));
  else
    result = convert<arith::ExtFOp>(rewriter, loc, half, widen(half.getType()));
  extended[half] = result;
  return result;
}

bool Widening::isReadOnce(linalg::LinalgOp op, OpOperand &operand) {
  if (!isa<RankedTensorType>(operand.get().getType()) ||
      !op.isDpsInput(&operand) || isComputed(operand.get()) ||
      (beforeReductions && op.getNumReductionLoops() != 0))
    return false;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (!map.isProjectedPermutation())
    return false;
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  for (auto [loop, extent] : llvm::enumerate(extents))
    if (extent != 1 && !map.isFunctionOfDim(loop))
      return false;
  return true;
}

bool Widening::canWiden(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || isa<linalg::FillOp>(op))
    return false;
  bool computes = false;
  for (Operation &inside : op.getBlock()->without_terminator()) {
    if (inside.getNumRegions() != 0 || isa<arith::BitcastOp>(inside))
      return false;
    bool isArithmetic =
        OpTrait::hasElementwiseMappableTraits(&inside) &&
        isa<arith::ArithDialect, math::MathDialect>(inside.getDialect());
    bool hasHalves = llvm::any_of(inside.getOperands(), isHalfScalar);
    if (hasHalves && !isArithmetic)
      return false;
    computes |=
        isArithmetic &&
        (hasHalves || llvm::any_of(inside.getResults(), isHalfScalar)) &&
        !isa<arith::ExtFOp, arith::TruncFOp>(inside);
    // A product of halves in f32 reads each of them often.
    computes |= op.getNumReductionLoops() != 0 && hasHalves;
  }
  return computes || llvm::any_of(op->getOperands(), [&](Value operand) {
           return isComputed(operand);
         });
}

bool Widening::canWiden(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return canWiden(structured);
  if (!llvm::any_of(op->getOperands(), isHalf))
    return false;
  // A convolution looks for its padding right before itself.
  if (isa<tensor::PadOp>(op))
    return true;
  return isa<tensor::CollapseShapeOp, tensor::ConcatOp, tensor::ExpandShapeOp,
             tensor::ExtractSliceOp>(op) &&
         llvm::any_of(op->getOperands(),
                      [&](Value operand) { return isComputed(operand); });
}

void Widening::widenBodyOperation(Operation *op) {
  if (auto extension = dyn_cast<arith::ExtFOp>(op);
      extension && extension.getIn().getType() == extension.getType()) {
    rewriter.replaceOp(op, extension.getIn());
    return;
  }
  if (auto constant = dyn_cast<arith::ConstantOp>(op);
      constant && isHalfScalar(constant)) {
    auto value = cast<FloatAttr>(constant.getValue());
    constant.setValueAttr(
        FloatAttr::get(rewriter.getF32Type(), toFloat32(value.getValue())));
    constant.getResult().setType(rewriter.getF32Type());
    return;
  }
  bool keeps =
      isa<arith::TruncFOp>(op) || !OpTrait::hasElementwiseMappableTraits(op);
  for (Value result : op->getResults()) {
    if (!isHalfScalar(result))
      continue;
    if (!keeps) {
      result.setType(rewriter.getF32Type());
      continue;
    }
    rewriter.setInsertionPointAfter(op);
    auto again = arith::ExtFOp::create(rewriter, op->getLoc(),
                                       rewriter.getF32Type(), result);
    rewriter.replaceAllUsesExcept(result, again, again);
  }
}

/// Of `operands`, which are those of the block's operation, the ones that are
/// half are extended here.
void Widening::widenBody(Block &body, ArrayRef<Value> operands) {
  SmallVector<Operation *> before;
  for (Operation &op : body)
    before.push_back(&op);
  for (auto [index, argument] : llvm::enumerate(body.getArguments())) {
    if (!isHalfScalar(argument))
      continue;
    if (index >= operands.size() || !isHalf(operands[index])) {
      argument.setType(rewriter.getF32Type());
      continue;
    }
    rewriter.setInsertionPointToStart(&body);
    auto extension = arith::ExtFOp::create(rewriter, argument.getLoc(),
                                           rewriter.getF32Type(), argument);
    rewriter.replaceAllUsesExcept(argument, extension, extension);
  }
  for (Operation *op : before) {
    for (OpOperand &operand : op->getOpOperands())
      if (isHalfScalar(operand.get()) && !isa<arith::ExtFOp>(op))
        operand.set(getWide(operand.get())); // captured from outside
    widenBodyOperation(op);
  }
}

void Widening::widenOperation(Operation *op) {
  rewriter.setInsertionPoint(op);
  SmallVector<Value> operands;
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  for (OpOperand &operand : op->getOpOperands()) {
    Value value = operand.get();
    bool isOverwritten = structured && structured.isDpsInit(&operand) &&
                         !structured.payloadUsesValueFromOperand(&operand);
    if (!isHalf(value))
      operands.push_back(value);
    else if (isOverwritten)
      operands.push_back(createEmpty(value));
    else if (structured && isReadOnce(structured, operand))
      operands.push_back(value);
    else
      operands.push_back(getWide(value));
  }
  rewriter.setInsertionPoint(op);
  Operation *clone = rewriter.clone(*op);
  clone->setOperands(operands);
  for (Value result : clone->getResults())
    result.setType(widen(result.getType()));
  for (Region &region : clone->getRegions())
    for (Block &block : region)
      widenBody(block,
                structured ? ArrayRef<Value>(operands) : ArrayRef<Value>());
  rewriter.setInsertionPointAfter(clone);
  for (auto [before, after] :
       llvm::zip_equal(op->getResults(), clone->getResults())) {
    if (before.getType() == after.getType()) {
      rewriter.replaceAllUsesWith(before, after);
      continue;
    }
    Value rounded = convert<arith::TruncFOp>(rewriter, op->getLoc(), after,
                                             before.getType());
    roundings.push_back(rounded.getDefiningOp());
    wide[rounded] = after;
    rewriter.replaceAllUsesWith(before, rounded);
  }
  rewriter.eraseOp(op);
}

/// Their parts fuse with extensions and roundings, and have schedules.
void Widening::decomposeSoftmaxes() {
  SmallVector<linalg::SoftmaxOp> softmaxes;
  function.walk([&](linalg::SoftmaxOp op) {
    if (isHalf(op.getInput()) && op->getNumResults() == 1)
      softmaxes.push_back(op);
  });
  for (linalg::SoftmaxOp op : softmaxes) {
    rewriter.setInsertionPoint(op);
    FailureOr<SmallVector<Value>> parts = op.decomposeOperation(rewriter);
    if (succeeded(parts))
      rewriter.replaceOp(op, *parts);
  }
}

/// Lets the elementwise operation whose only reader rounds do so itself.
void Widening::roundInProducer(linalg::GenericOp rounding) {
  auto producer = rounding.getInputs()[0].getDefiningOp<linalg::GenericOp>();
  if (!producer || producer->getNumResults() != 1 || !producer->hasOneUse() ||
      producer.getNumReductionLoops() != 0 ||
      producer.payloadUsesValueFromOperand(producer.getDpsInitOperand(0)))
    return;
  // The rounding's destination is made behind the producer.
  producer->moveBefore(rounding);
  producer.setDpsInitOperand(0, rounding.getOutputs()[0]);
  Type element = getElementTypeOrSelf(rounding.getType(0));
  producer.getRegionOutputArgs()[0].setType(element);
  Operation *yield = producer.getBlock()->getTerminator();
  rewriter.setInsertionPoint(yield);
  yield->setOperand(0, arith::TruncFOp::create(rewriter, rounding.getLoc(),
                                               element, yield->getOperand(0)));
  producer->getResult(0).setType(rounding.getType(0));
  rewriter.replaceOp(rounding, producer->getResult(0));
}

void Widening::run() {
  decomposeSoftmaxes();
  SmallVector<Operation *> found;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<linalg::LinalgOp>(op)) {
      found.push_back(op);
      return WalkResult::skip();
    }
    found.push_back(op);
    return isa<tensor::PadOp>(op) ? WalkResult::skip() : WalkResult::advance();
  });
  for (Operation *op : found)
    if (op != function && canWiden(op))
      widenOperation(op);
  for (Operation *op : llvm::reverse(roundings)) {
    if (op->use_empty())
      rewriter.eraseOp(op);
    else if (auto generic = dyn_cast<linalg::GenericOp>(op))
      roundInProducer(generic);
  }
}

void chameleon::widenHalfPrecision(func::FuncOp function,
                                   bool beforeReductions) {
  if (!function.isDeclaration())
    Widening(function, beforeReductions).run();
}
