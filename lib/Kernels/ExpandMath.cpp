//===- ExpandMath.cpp - elementary functions as straight-line code
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/ExpandMath.h"
#include "MathExpansions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

//===----------------------------------------------------------------------===//
// Numbers for MathExpansions.h that are values of the IR
//===----------------------------------------------------------------------===//

namespace {

Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return vector.clone(element);
  return element;
}

/// A value and where to go on building.
struct Operand {
  OpBuilder *builder;
  Location location;
  Value value;

  Type type() const { return value.getType(); }
  template <typename Op, typename... Arguments>
  Value create(Arguments... arguments) const {
    return Op::create(*builder, location, arguments...);
  }
  Operand with(Value other) const { return {builder, location, other}; }

  Value makeConstant(TypedAttr scalar) const {
    if (auto vector = dyn_cast<VectorType>(type()))
      scalar = DenseElementsAttr::get(vector, Attribute(scalar));
    return create<arith::ConstantOp>(scalar);
  }
  Operand makeInteger(int64_t number) const {
    return with(makeConstant(
        builder->getIntegerAttr(getElementTypeOrSelf(type()), number)));
  }
  Operand makeFloat(double number) const {
    return with(makeConstant(
        builder->getFloatAttr(getElementTypeOrSelf(type()), number)));
  }
};

struct Bool : Operand {};

/// What Int and Long share; constants are of the value's type.
template <typename Derived>
struct Integer : Operand {
  Derived constant(int64_t number) const { return {makeInteger(number)}; }

#define CHAMELEON_INTEGER_OPERATOR(SIGN, OP)                                   \
  friend Derived operator SIGN(Derived a, Derived b) {                         \
    return {a.with(a.template create<arith::OP>(a.value, b.value))};           \
  }                                                                            \
  friend Derived operator SIGN(Derived a, int64_t b) {                         \
    return a SIGN a.constant(b);                                               \
  }
  CHAMELEON_INTEGER_OPERATOR(+, AddIOp)
  CHAMELEON_INTEGER_OPERATOR(-, SubIOp)
  CHAMELEON_INTEGER_OPERATOR(*, MulIOp)
  CHAMELEON_INTEGER_OPERATOR(&, AndIOp)
  CHAMELEON_INTEGER_OPERATOR(|, OrIOp)
  CHAMELEON_INTEGER_OPERATOR(^, XOrIOp)
  CHAMELEON_INTEGER_OPERATOR(<<, ShLIOp)
  CHAMELEON_INTEGER_OPERATOR(>>, ShRSIOp)
#undef CHAMELEON_INTEGER_OPERATOR
  friend Derived operator-(int64_t a, Derived b) { return b.constant(a) - b; }
  friend Bool operator==(Derived a, int64_t b) {
    return {a.with(a.template create<arith::CmpIOp>(
        arith::CmpIPredicate::eq, a.value, a.constant(b).value))};
  }
};

struct Int : Integer<Int> {};
struct Long : Integer<Long> {};

template <typename Derived>
struct FloatingPoint : Operand {
  Derived constant(double number) const { return {makeFloat(number)}; }

#define CHAMELEON_FLOAT_OPERATOR(SIGN, OP)                                     \
  friend Derived operator SIGN(Derived a, Derived b) {                         \
    return {a.with(a.template create<arith::OP>(a.value, b.value))};           \
  }
  CHAMELEON_FLOAT_OPERATOR(+, AddFOp)
  CHAMELEON_FLOAT_OPERATOR(-, SubFOp)
  CHAMELEON_FLOAT_OPERATOR(*, MulFOp)
  CHAMELEON_FLOAT_OPERATOR(/, DivFOp)
#undef CHAMELEON_FLOAT_OPERATOR
  friend Derived operator-(Derived a) {
    return {a.with(a.template create<arith::NegFOp>(a.value))};
  }

#define CHAMELEON_FLOAT_COMPARISON(SIGN, PREDICATE)                            \
  friend Bool operator SIGN(Derived a, Derived b) {                            \
    return {a.with(a.template create<arith::CmpFOp>(                           \
        arith::CmpFPredicate::PREDICATE, a.value, b.value))};                  \
  }
  CHAMELEON_FLOAT_COMPARISON(<, OLT)
  CHAMELEON_FLOAT_COMPARISON(>, OGT)
  CHAMELEON_FLOAT_COMPARISON(==, OEQ)
#undef CHAMELEON_FLOAT_COMPARISON

  friend Derived fma(Derived a, Derived b, Derived c) {
    return {a.with(a.template create<math::FmaOp>(a.value, b.value, c.value))};
  }
};

struct Double : FloatingPoint<Double> {};
struct Float : FloatingPoint<Float> {
  using Int = ::Int;
  using Long = ::Long;
  using Double = ::Double;
  using Bool = ::Bool;
};

Bool operator&(Bool a, Bool b) {
  return {a.with(a.create<arith::AndIOp>(a.value, b.value))};
}
Bool operator|(Bool a, Bool b) {
  return {a.with(a.create<arith::OrIOp>(a.value, b.value))};
}

Float abs(Float a) { return {a.with(a.create<math::AbsFOp>(a.value))}; }
Float sqrt(Float a) { return {a.with(a.create<math::SqrtOp>(a.value))}; }
Float floor(Float a) { return {a.with(a.create<math::FloorOp>(a.value))}; }
Float copysign(Float a, Float b) {
  return {a.with(a.create<math::CopySignOp>(a.value, b.value))};
}

template <typename T>
T select(Bool condition, T a, T b) {
  return {a.with(
      a.template create<arith::SelectOp>(condition.value, a.value, b.value))};
}

template <typename To, typename Op, typename From>
To convert(From a, Type element) {
  return {
      a.with(a.template create<Op>(withElement(a.type(), element), a.value))};
}
Int asInt(Float a) {
  return convert<Int, arith::BitcastOp>(a, a.builder->getI32Type());
}
Float asFloat(Int a) {
  return convert<Float, arith::BitcastOp>(a, a.builder->getF32Type());
}
Long asLong(Double a) {
  return convert<Long, arith::BitcastOp>(a, a.builder->getI64Type());
}
Double asDouble(Long a) {
  return convert<Double, arith::BitcastOp>(a, a.builder->getF64Type());
}
Float toFloat(Int a) {
  return convert<Float, arith::SIToFPOp>(a, a.builder->getF32Type());
}
Int toInt(Float a) {
  return convert<Int, arith::FPToSIOp>(a, a.builder->getI32Type());
}
Double toDouble(Float a) {
  return convert<Double, arith::ExtFOp>(a, a.builder->getF64Type());
}
template <typename T>
Double toDouble(Integer<T> a) {
  return convert<Double, arith::SIToFPOp>(a, a.builder->getF64Type());
}
Float toSingle(Double a) {
  return convert<Float, arith::TruncFOp>(a, a.builder->getF32Type());
}
Long toLongUnsigned(Int a) {
  return convert<Long, arith::ExtUIOp>(a, a.builder->getI64Type());
}
Int toInt32(Long a) {
  return convert<Int, arith::TruncIOp>(a, a.builder->getI32Type());
}

/// What `makeParts` computes instead of the values where the condition holds
/// for any lane.
template <typename Function>
void branch(Bool condition, Function makeParts, Float &rest, Float &error,
            Int &count) {
  OpBuilder &builder = *condition.builder;
  Location location = condition.location;
  Value any = condition.value;
  if (auto vector = dyn_cast<VectorType>(any.getType())) {
    auto flat = VectorType::get({vector.getNumElements()}, builder.getI1Type());
    if (flat != vector)
      any = vector::ShapeCastOp::create(builder, location, flat, any);
    any = vector::ReductionOp::create(builder, location,
                                      vector::CombiningKind::OR, any);
  }
  auto ifOp = scf::IfOp::create(
      builder, location, TypeRange{rest.type(), error.type(), count.type()},
      any, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(ifOp.thenBlock());
    auto parts = makeParts();
    scf::YieldOp::create(
        builder, location,
        ValueRange{select(condition, parts.rest, rest).value,
                   select(condition, parts.error, error).value,
                   select(condition, parts.count, count).value});
    builder.setInsertionPointToStart(ifOp.elseBlock());
    scf::YieldOp::create(builder, location,
                         ValueRange{rest.value, error.value, count.value});
  }
  rest.value = ifOp.getResult(0);
  error.value = ifOp.getResult(1);
  count.value = ifOp.getResult(2);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

bool isFloat32(Type type) { return getElementTypeOrSelf(type).isF32(); }

template <typename Op, Float (*function)(Float)>
struct ExpandUnary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getType()))
      return failure();
    Float x{{{&rewriter, op.getLoc(), op.getOperand()}}};
    rewriter.replaceOp(op, function(x).value);
    return success();
  }
};

template <typename Op, Float (*function)(Float, Float)>
struct ExpandBinary : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getType()))
      return failure();
    Float x{{{&rewriter, op.getLoc(), op.getLhs()}}},
        y{{{&rewriter, op.getLoc(), op.getRhs()}}};
    rewriter.replaceOp(op, function(x, y).value);
    return success();
  }
};

/// Powers that are a product or two, or null.
Value multiplyPower(Float x, double exponent) {
  if (exponent == 0)
    return x.constant(1).value;
  if (exponent == 1)
    return x.value;
  if (exponent == -1)
    return (x.constant(1) / x).value;
  if (exponent == 2)
    return (x * x).value;
  if (exponent == 3)
    return (x * x * x).value;
  return {};
}

/// Before the general expansion.
struct PowerOfConstant : OpRewritePattern<math::PowFOp> {
  explicit PowerOfConstant(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override {
    FloatAttr scalar;
    DenseFPElementsAttr elements;
    std::optional<APFloat> exponent;
    if (matchPattern(op.getRhs(), m_Constant(&scalar)))
      exponent = scalar.getValue();
    else if (matchPattern(op.getRhs(), m_Constant(&elements)) &&
             elements.isSplat())
      exponent = elements.getSplatValue<APFloat>();
    if (!exponent || !isFloat32(op.getType()))
      return failure();
    Float x{{{&rewriter, op.getLoc(), op.getLhs()}}};
    Value result = multiplyPower(x, exponent->convertToFloat());
    if (!result)
      return failure();
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// Before upstream's products of constant exponents, however many.
struct ExpandFPowI : OpRewritePattern<math::FPowIOp> {
  explicit ExpandFPowI(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(math::FPowIOp op,
                                PatternRewriter &rewriter) const override {
    if (!isFloat32(op.getType()))
      return failure();
    Float x{{{&rewriter, op.getLoc(), op.getLhs()}}};
    Int y{{{&rewriter, op.getLoc(), op.getRhs()}}};
    APInt exponent;
    Value result;
    if (matchPattern(y.value, m_ConstantInt(&exponent)))
      result = multiplyPower(x, exponent.roundToDouble(/*isSigned=*/true));
    rewriter.replaceOp(
        op, result ? result : chameleon::math_expansions::powi(x, y).value);
    return success();
  }
};

/// Square and multiply, bit by bit. Of a negative exponent the integral part:
/// 1 for 1, ±1 for -1, else 0.
struct ExpandIPowI : OpRewritePattern<math::IPowIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::IPowIOp op,
                                PatternRewriter &rewriter) const override {
    Location location = op.getLoc();
    Int base{{{&rewriter, location, op.getLhs()}}},
        exponent{{{&rewriter, location, op.getRhs()}}};
    Type element = getElementTypeOrSelf(op.getType());
    if (!element.isSignlessInteger() || element.getIntOrFloatBitWidth() < 2)
      return failure();
    unsigned width = element.getIntOrFloatBitWidth();
    Value zero = arith::ConstantIndexOp::create(rewriter, location, 0),
          bits = arith::ConstantIndexOp::create(rewriter, location, width),
          one = arith::ConstantIndexOp::create(rewriter, location, 1);
    auto loop = scf::ForOp::create(
        rewriter, location, zero, bits, one,
        ValueRange{base.constant(1).value, base.value, exponent.value},
        [&](OpBuilder &builder, Location location, Value, ValueRange carried) {
          auto at = [&](unsigned index) {
            return Int{{{&builder, location, carried[index]}}};
          };
          Int power = at(0), square = at(1), rest = at(2);
          Int next = select((rest & 1) == 1, power * square, power);
          Int shifted = {rest.with(
              rest.create<arith::ShRUIOp>(rest.value, rest.constant(1).value))};
          scf::YieldOp::create(
              builder, location,
              ValueRange{next.value, (square * square).value, shifted.value});
        });
    Int power = {base.with(loop.getResult(0))};
    // All bits of a negative exponent are those of one that is odd or even.
    Int sign = select((exponent & 1) == 1, base, base.constant(1));
    Int inverse =
        select(base == -1, sign, select(base == 1, base, base.constant(0)));
    Bool negative = (exponent >> (width - 1)) == -1;
    rewriter.replaceOp(op, select(negative, inverse, power).value);
    return success();
  }
};

/// Narrow types are computed in f32 and rounded once.
template <typename Op>
struct Widen : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Type type = op->getResult(0).getType();
    auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
    if (!element || element.getWidth() >= 32)
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (isa<FloatType>(getElementTypeOrSelf(operand.getType())))
        operand = arith::ExtFOp::create(
            rewriter, op.getLoc(),
            withElement(operand.getType(), rewriter.getF32Type()), operand);
      operands.push_back(operand);
    }
    Operation *wide = rewriter.create(
        op.getLoc(), op->getName().getIdentifier(), operands,
        TypeRange{withElement(type, rewriter.getF32Type())}, op->getAttrs());
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, wide->getResult(0));
    return success();
  }
};

template <typename... Ops>
void addWidening(RewritePatternSet &patterns) {
  patterns.add<Widen<Ops>...>(patterns.getContext());
}

} // namespace

void chameleon::populateMathExpansions(RewritePatternSet &patterns) {
  namespace m = math_expansions;
  patterns.add<ExpandUnary<math::AcosOp, m::acos<Float>>,
               ExpandUnary<math::AcoshOp, m::acosh<Float>>,
               ExpandUnary<math::AsinOp, m::asin<Float>>,
               ExpandUnary<math::AsinhOp, m::asinh<Float>>,
               ExpandUnary<math::AtanOp, m::atan<Float>>,
               ExpandUnary<math::AtanhOp, m::atanh<Float>>,
               ExpandUnary<math::CbrtOp, m::cbrt<Float>>,
               ExpandUnary<math::CosOp, m::cos<Float>>,
               ExpandUnary<math::CoshOp, m::cosh<Float>>,
               ExpandUnary<math::ErfOp, m::erf<Float>>,
               ExpandUnary<math::ErfcOp, m::erfc<Float>>,
               ExpandUnary<math::ExpOp, m::exp<Float>>,
               ExpandUnary<math::Exp2Op, m::exp2<Float>>,
               ExpandUnary<math::ExpM1Op, m::expm1<Float>>,
               ExpandUnary<math::LogOp, m::log<Float>>,
               ExpandUnary<math::Log10Op, m::log10<Float>>,
               ExpandUnary<math::Log1pOp, m::log1p<Float>>,
               ExpandUnary<math::Log2Op, m::log2<Float>>,
               ExpandUnary<math::RsqrtOp, m::rsqrt<Float>>,
               ExpandUnary<math::SinOp, m::sin<Float>>,
               ExpandUnary<math::SinhOp, m::sinh<Float>>,
               ExpandUnary<math::TanOp, m::tan<Float>>,
               ExpandUnary<math::TanhOp, m::tanh<Float>>,
               ExpandBinary<math::Atan2Op, m::atan2<Float>>,
               ExpandBinary<math::PowFOp, m::pow<Float>>, ExpandFPowI,
               ExpandIPowI, PowerOfConstant>(patterns.getContext());
  addWidening<math::AcosOp, math::AcoshOp, math::AsinOp, math::AsinhOp,
              math::AtanOp, math::AtanhOp, math::Atan2Op, math::CbrtOp,
              math::CosOp, math::CoshOp, math::ErfOp, math::ErfcOp, math::ExpOp,
              math::Exp2Op, math::ExpM1Op, math::FPowIOp, math::LogOp,
              math::Log10Op, math::Log1pOp, math::Log2Op, math::PowFOp,
              math::RsqrtOp, math::SinOp, math::SinhOp, math::TanOp,
              math::TanhOp>(patterns);
}
