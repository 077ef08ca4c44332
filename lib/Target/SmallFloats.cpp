//===- SmallFloats.cpp - floats of eight bits and fewer, by integers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three steps: arithmetic moves to f32 between conversions, conversions and
// constants become integer code, and whatever only moves values has its types
// changed.
//
//===----------------------------------------------------------------------===//

#include "SmallFloats.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace chameleon {

static FloatType getSmallFloat(Type type) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  bool isValue = isa<VectorType, FloatType>(type);
  return isValue && element && element.getWidth() <= 8 ? element : FloatType();
}

static bool isSmall(Value value) {
  return static_cast<bool>(getSmallFloat(value.getType()));
}

static Type withElement(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

/// The type with integers of as many bits in the place of small floats.
static Type toBits(Type type) {
  FloatType element = getSmallFloat(type);
  return element ? withElement(type, IntegerType::get(type.getContext(),
                                                      element.getWidth()))
                 : type;
}

namespace {

/// What there is to know of a small float.
struct Format {
  explicit Format(FloatType type)
      : semantics(type.getFloatSemantics()), width(type.getWidth()),
        mantissa(APFloat::semanticsPrecision(semantics) - 1),
        bias(1 - APFloat::semanticsMinExponent(semantics)),
        hasInfinity(APFloat::semanticsHasInf(semantics)),
        hasNaN(APFloat::semanticsHasNaN(semantics)) {
    largest = codeOf(APFloat::getLargest(semantics));
    if (hasInfinity)
      infinity = codeOf(APFloat::getInf(semantics));
    if (hasNaN)
      notANumber = codeOf(APFloat::getNaN(semantics));
    isScale = !APFloat::semanticsHasSignedRepr(semantics);
    signBit = int64_t(1) << (width - 1);
    // Whose NaN has the code that minus zero would have.
    hasMinusZero = notANumber != signBit;
  }
  static int64_t codeOf(const APFloat &value) {
    return value.bitcastToAPInt().getZExtValue();
  }

  const llvm::fltSemantics &semantics;
  int64_t width, mantissa, bias;
  bool hasInfinity, hasNaN, hasMinusZero;
  bool isScale; ///< f8E8M0FNU: the exponent of an f32 and nothing else
  int64_t largest, infinity = 0, notANumber = 0, signBit;
};

/// Integer and float code on scalars or vectors of one shape.
class Emitter {
public:
  Emitter(OpBuilder &b, Location loc, Type shape)
      : b(b), loc(loc), shape(shape) {}

  Value integer(Type element, int64_t value) {
    return constant(element, b.getIntegerAttr(
                                 element, APInt(element.getIntOrFloatBitWidth(),
                                                value, /*isSigned=*/false,
                                                /*implicitTrunc=*/true)));
  }
  Value number(FloatType element, double value) {
    return constant(element, b.getFloatAttr(element, value));
  }
  template <typename OpT>
  Value binary(Value x, int64_t y) {
    return OpT::create(b, loc, x,
                       integer(getElementTypeOrSelf(x.getType()), y));
  }
  template <typename OpT>
  Value convert(Type element, Value x) {
    return OpT::create(b, loc, withElement(shape, element), x);
  }
  Value compare(arith::CmpIPredicate predicate, Value x, int64_t y) {
    return arith::CmpIOp::create(b, loc, predicate, x,
                                 integer(getElementTypeOrSelf(x.getType()), y));
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, loc, condition, x, y);
  }

  /// The f32 of a code of this format.
  Value extend(const Format &format, Value code);
  /// The code of an f32 or f64.
  Value round(const Format &format, Value wide);

private:
  Value roundScale(const Format &format, Value wide);
  Value constant(Type element, TypedAttr attribute) {
    Type type = withElement(shape, element);
    if (auto vector = dyn_cast<VectorType>(type))
      attribute = SplatElementsAttr::get(vector, Attribute(attribute));
    return arith::ConstantOp::create(b, loc, attribute);
  }

  OpBuilder &b;
  Location loc;
  Type shape;
};

} // namespace

Value Emitter::extend(const Format &format, Value code) {
  Type word = b.getI32Type();
  FloatType f32 = b.getF32Type();
  Value bits = convert<arith::ExtUIOp>(word, code);
  if (format.isScale) {
    // Code 0 is a power of two that f32 has below its normal numbers.
    Value scale =
        select(compare(arith::CmpIPredicate::eq, bits, 0),
               integer(word, 1 << 22), binary<arith::ShLIOp>(bits, 23));
    return convert<arith::BitcastOp>(
        f32, select(compare(arith::CmpIPredicate::eq, bits, format.notANumber),
                    integer(word, 0x7FC00000), scale));
  }
  Value magnitude = binary<arith::AndIOp>(bits, format.signBit - 1);
  Value normal = binary<arith::AddIOp>(
      binary<arith::ShLIOp>(magnitude, 23 - format.mantissa),
      (127 - format.bias) << 23);
  Value tiny = arith::MulFOp::create(
      b, loc, convert<arith::UIToFPOp>(f32, magnitude),
      number(f32, std::ldexp(1.0, 1 - format.bias - format.mantissa)));
  Value result = select(compare(arith::CmpIPredicate::ult, magnitude,
                                int64_t(1) << format.mantissa),
                        convert<arith::BitcastOp>(word, tiny), normal);
  Value notANumber = integer(word, 0x7FC00000);
  if (format.hasInfinity) {
    result =
        select(compare(arith::CmpIPredicate::eq, magnitude, format.infinity),
               integer(word, 0x7F800000), result);
    result =
        select(compare(arith::CmpIPredicate::ugt, magnitude, format.infinity),
               notANumber, result);
  } else if (format.hasNaN) {
    Value compared = format.hasMinusZero ? magnitude : bits;
    result =
        select(compare(arith::CmpIPredicate::eq, compared, format.notANumber),
               notANumber, result);
  }
  Value sign = binary<arith::ShLIOp>(
      binary<arith::AndIOp>(bits, format.signBit), 32 - format.width);
  return convert<arith::BitcastOp>(f32,
                                   arith::OrIOp::create(b, loc, result, sign));
}

Value Emitter::roundScale(const Format &format, Value wide) {
  Type word = b.getI32Type();
  if (!getElementTypeOrSelf(wide.getType()).isF32())
    wide = convert<arith::TruncFOp>(b.getF32Type(), wide);
  // Half a step of the exponent is half the mantissa; what is negative, an
  // infinity or a NaN has an exponent, or a sign before it, beyond the largest.
  Value bits = convert<arith::BitcastOp>(word, wide),
        odd = binary<arith::AndIOp>(binary<arith::ShRUIOp>(bits, 23), 1),
        sum = arith::AddIOp::create(
            b, loc, binary<arith::AddIOp>(bits, (1 << 22) - 1), odd),
        code = binary<arith::ShRUIOp>(sum, 23);
  code = select(compare(arith::CmpIPredicate::ugt, code, format.largest),
                integer(word, format.notANumber), code);
  return convert<arith::TruncIOp>(b.getIntegerType(format.width), code);
}

Value Emitter::round(const Format &format, Value wide) {
  if (format.isScale)
    return roundScale(format, wide);
  auto type = cast<FloatType>(getElementTypeOrSelf(wide.getType()));
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  int64_t width = type.getWidth(),
          mantissa = APFloat::semanticsPrecision(semantics) - 1,
          bias = 1 - APFloat::semanticsMinExponent(semantics);
  Type word = b.getIntegerType(width);
  Value bits = convert<arith::BitcastOp>(word, wide),
        sign = binary<arith::ShRUIOp>(bits, width - 1),
        magnitude = arith::XOrIOp::create(
            b, loc, bits, binary<arith::ShLIOp>(sign, width - 1));
  // Half of what is lost is added, less one where the result is even: a carry
  // is one step of the exponent.
  int64_t lost = mantissa - format.mantissa;
  Value odd = binary<arith::AndIOp>(binary<arith::ShRUIOp>(magnitude, lost), 1);
  Value sum = arith::AddIOp::create(
      b, loc, binary<arith::AddIOp>(magnitude, (int64_t(1) << (lost - 1)) - 1),
      odd);
  Value normal = binary<arith::SubIOp>(binary<arith::ShRUIOp>(sum, lost),
                                       (bias - format.bias) << format.mantissa);
  // Below the smallest normal number the sum with a number whose last bit
  // counts the steps there does the rounding.
  FloatType number = type;
  int64_t smallest = 1 - format.bias;
  Value counter = this->number(
      number, std::ldexp(1.0, smallest - format.mantissa + mantissa));
  Value counted = arith::AddFOp::create(
      b, loc, convert<arith::BitcastOp>(number, magnitude), counter);
  Value tiny =
      arith::SubIOp::create(b, loc, convert<arith::BitcastOp>(word, counted),
                            convert<arith::BitcastOp>(word, counter));
  Value code = select(compare(arith::CmpIPredicate::ult, magnitude,
                              (smallest + bias) << mantissa),
                      tiny, normal);
  int64_t beyond = format.hasInfinity ? format.infinity
                   : format.hasNaN    ? format.notANumber
                                      : format.largest;
  code = select(compare(arith::CmpIPredicate::ugt, code, format.largest),
                integer(word, beyond), code);
  if (!format.hasMinusZero)
    sign = select(compare(arith::CmpIPredicate::eq, code, 0), integer(word, 0),
                  sign);
  code = arith::OrIOp::create(b, loc, code,
                              binary<arith::ShLIOp>(sign, format.width - 1));
  if (format.hasNaN)
    code = select(
        arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, wide, wide),
        integer(word, format.notANumber), code);
  return convert<arith::TruncIOp>(b.getIntegerType(format.width), code);
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// Whether the operation takes values for what they are: bits.
static bool onlyMoves(Operation *op) {
  return isa<arith::BitcastOp, arith::ConstantOp, arith::ExtFOp,
             arith::SelectOp, arith::TruncFOp>(op);
}

/// Between conversions, in f32.
static void computeInF32(OpBuilder &b, Operation *op) {
  Type f32 = b.getF32Type();
  b.setInsertionPoint(op);
  for (OpOperand &operand : op->getOpOperands())
    if (isSmall(operand.get()))
      operand.set(arith::ExtFOp::create(
          b, op->getLoc(), withElement(operand.get().getType(), f32),
          operand.get()));
  b.setInsertionPointAfter(op);
  for (Value result : op->getResults()) {
    if (!isSmall(result))
      continue;
    Type small = result.getType();
    result.setType(withElement(small, f32));
    auto rounded = arith::TruncFOp::create(b, op->getLoc(), small, result);
    result.replaceAllUsesExcept(rounded, rounded);
  }
}

static void expandExtension(OpBuilder &b, arith::ExtFOp op) {
  b.setInsertionPoint(op);
  Type small = op.getIn().getType(), wide = op.getType();
  Emitter emitter(b, op.getLoc(), small);
  Value bits =
      arith::BitcastOp::create(b, op.getLoc(), toBits(small), op.getIn());
  Value result = emitter.extend(Format(getSmallFloat(small)), bits);
  auto element = cast<FloatType>(getElementTypeOrSelf(wide));
  if (FloatType narrower = getSmallFloat(wide))
    result = arith::BitcastOp::create(b, op.getLoc(), wide,
                                      emitter.round(Format(narrower), result));
  else if (element.getWidth() < 32)
    result = arith::TruncFOp::create(b, op.getLoc(), wide, result);
  else if (element.getWidth() > 32)
    result = arith::ExtFOp::create(b, op.getLoc(), wide, result);
  op.replaceAllUsesWith(result);
  op.erase();
}

static void expandRounding(OpBuilder &b, arith::TruncFOp op) {
  b.setInsertionPoint(op);
  Value wide = op.getIn();
  Emitter emitter(b, op.getLoc(), op.getType());
  if (FloatType wider = getSmallFloat(wide.getType()))
    wide = emitter.extend(
        Format(wider),
        arith::BitcastOp::create(b, op.getLoc(), toBits(wide.getType()), wide));
  else if (cast<FloatType>(getElementTypeOrSelf(wide.getType())).getWidth() <
           32)
    wide = emitter.convert<arith::ExtFOp>(b.getF32Type(), wide);
  Value code = emitter.round(Format(getSmallFloat(op.getType())), wide);
  op.replaceAllUsesWith(
      arith::BitcastOp::create(b, op.getLoc(), op.getType(), code).getResult());
  op.erase();
}

static void changeConstant(arith::ConstantOp op) {
  auto bits = [](const APFloat &value) { return value.bitcastToAPInt(); };
  if (auto number = dyn_cast<FloatAttr>(op.getValue()))
    op.setValueAttr(
        IntegerAttr::get(toBits(op.getType()), bits(number.getValue())));
  else if (auto numbers = dyn_cast<DenseFPElementsAttr>(op.getValue()))
    op.setValueAttr(
        numbers.mapValues(getElementTypeOrSelf(toBits(op.getType())), bits));
}

void expandSmallFloats(Operation *root) {
  SmallVector<Operation *> found;
  root->walk([&](Operation *op) {
    if (llvm::any_of(op->getOperands(), isSmall) ||
        llvm::any_of(op->getResults(), isSmall))
      found.push_back(op);
  });
  if (found.empty())
    return;
  OpBuilder b(root->getContext());
  for (Operation *op : found) {
    bool reduces =
        isa<vector::ReductionOp, vector::MultiDimReductionOp, vector::FMAOp,
            vector::ContractionOp, vector::OuterProductOp>(op);
    if ((OpTrait::hasElementwiseMappableTraits(op) && !onlyMoves(op)) ||
        reduces)
      computeInF32(b, op);
  }
  root->walk([&](Operation *op) {
    if (auto extension = dyn_cast<arith::ExtFOp>(op)) {
      if (isSmall(extension.getIn()))
        expandExtension(b, extension);
    } else if (auto rounding = dyn_cast<arith::TruncFOp>(op)) {
      if (isSmall(rounding.getOut()))
        expandRounding(b, rounding);
    }
  });
  auto change = [](Value value) { value.setType(toBits(value.getType())); };
  root->walk([&](Operation *op) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      if (isSmall(constant))
        changeConstant(constant);
    llvm::for_each(op->getResults(), change);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::for_each(block.getArguments(), change);
  });
  root->walk([](arith::BitcastOp bitcast) {
    if (bitcast.getIn().getType() != bitcast.getType())
      return;
    bitcast.replaceAllUsesWith(bitcast.getIn());
    bitcast.erase();
  });
}

} // namespace chameleon
