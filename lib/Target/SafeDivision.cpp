//===- SafeDivision.cpp - divisions of integers that never trap
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Padding, lanes of vectors beyond the end, and whatever was moved out of a
// condition divide by anything. A host traps where the result would not matter.
//
//===----------------------------------------------------------------------===//

#include "PrepareForCPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace chameleon {

static bool isSigned(Operation *op) {
  return isa<arith::CeilDivSIOp, arith::DivSIOp, arith::FloorDivSIOp,
             arith::RemSIOp>(op);
}

static bool isDivision(Operation *op) {
  return isSigned(op) ||
         isa<arith::CeilDivUIOp, arith::DivUIOp, arith::RemUIOp>(op);
}

/// Whether the divisor is known to trap for no dividend.
static bool isSafe(Value divisor, bool isSigned) {
  APInt value;
  return matchPattern(divisor, m_ConstantInt(&value)) && !value.isZero() &&
         !(isSigned && value.isAllOnes());
}

void makeDivisionsSafe(func::FuncOp function) {
  function.walk([](Operation *op) {
    if (!isDivision(op) || isSafe(op->getOperand(1), isSigned(op)))
      return;
    OpBuilder b(op);
    Location loc = op->getLoc();
    Value dividend = op->getOperand(0), divisor = op->getOperand(1);
    Type type = divisor.getType(), element = getElementTypeOrSelf(type);
    unsigned bits = element.isIndex() ? IndexType::kInternalStorageBitWidth
                                      : element.getIntOrFloatBitWidth();
    auto constant = [&](const APInt &value) -> Value {
      TypedAttr attribute = b.getIntegerAttr(element, value);
      if (auto vector = dyn_cast<VectorType>(type))
        attribute = SplatElementsAttr::get(vector, Attribute(attribute));
      return arith::ConstantOp::create(b, loc, attribute);
    };
    auto equals = [&](Value value, const APInt &other) -> Value {
      return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, value,
                                   constant(other));
    };
    Value traps = equals(divisor, APInt::getZero(bits));
    // The smallest number has no negative: divided by one it is what wrapping
    // around makes of it.
    if (isSigned(op))
      traps = arith::OrIOp::create(
          b, loc, traps,
          arith::AndIOp::create(
              b, loc, equals(divisor, APInt::getAllOnes(bits)),
              equals(dividend, APInt::getSignedMinValue(bits))));
    op->setOperand(1, arith::SelectOp::create(
                          b, loc, traps, constant(APInt(bits, 1)), divisor));
  });
}

} // namespace chameleon
