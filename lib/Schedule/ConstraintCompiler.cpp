//===- ConstraintCompiler.cpp - from SMT operations to a constraint program
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstraintCompiler.h"
#include "mlir/Dialect/SMT/IR/SMTOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace chameleon;
using Ref = ConstraintProgram::Ref;
using Kind = ConstraintProgram::Kind;

/// Joins the operands from the left.
static Ref chain(ConstraintProgram &program, Kind kind,
                 ArrayRef<Ref> operands) {
  Ref result = operands.front();
  for (Ref operand : operands.drop_front())
    result = program.make(kind, result, operand);
  return result;
}

static Ref notEqual(ConstraintProgram &program, Ref a, Ref b) {
  return program.make(Kind::Not, program.make(Kind::Equal, a, b));
}

/// The value of an operation without effects, nothing if it has none for given
/// parameters.
static std::optional<Ref> compileValue(Operation &op, ArrayRef<Ref> operands,
                                       ConstraintProgram &program) {
  auto constant = [&](const APInt &value) -> std::optional<Ref> {
    if (value.getSignificantBits() > 64)
      return std::nullopt;
    return program.constant(value.getSExtValue());
  };
  auto join = [&](Kind kind) -> std::optional<Ref> {
    return operands.empty()
               ? std::nullopt
               : std::optional<Ref>(chain(program, kind, operands));
  };
  auto binary = [&](Kind kind) -> std::optional<Ref> {
    return program.make(kind, operands[0], operands[1]);
  };
  return TypeSwitch<Operation *, std::optional<Ref>>(&op)
      .Case([&](smt::IntConstantOp op) { return constant(op.getValue()); })
      .Case([&](smt::BoolConstantOp op) {
        return program.constant(op.getValue());
      })
      .Case([&](smt::IntAddOp) { return join(Kind::Add); })
      .Case([&](smt::IntMulOp) { return join(Kind::Multiply); })
      .Case([&](smt::IntSubOp) { return binary(Kind::Subtract); })
      .Case([&](smt::IntDivOp) { return binary(Kind::Divide); })
      .Case([&](smt::IntModOp) { return binary(Kind::Modulo); })
      .Case([&](smt::IntAbsOp) {
        return program.make(Kind::Absolute, operands[0]);
      })
      .Case([&](smt::IntCmpOp op) {
        auto compare = [&](Kind kind, Ref a, Ref b) {
          return program.make(kind, a, b);
        };
        switch (op.getPred()) {
        case smt::IntPredicate::lt:
          return compare(Kind::Less, operands[0], operands[1]);
        case smt::IntPredicate::le:
          return compare(Kind::LessEqual, operands[0], operands[1]);
        case smt::IntPredicate::gt:
          return compare(Kind::Less, operands[1], operands[0]);
        case smt::IntPredicate::ge:
          return compare(Kind::LessEqual, operands[1], operands[0]);
        }
        llvm_unreachable("unknown predicate");
      })
      .Case([&](smt::EqOp) {
        Ref result = program.constant(1);
        for (Ref operand : operands.drop_front(operands.empty() ? 0 : 1))
          result =
              program.make(Kind::And, result,
                           program.make(Kind::Equal, operands[0], operand));
        return result;
      })
      .Case([&](smt::DistinctOp) {
        Ref result = program.constant(1);
        for (size_t i = 0; i < operands.size(); ++i)
          for (size_t j = 0; j < i; ++j)
            result = program.make(Kind::And, result,
                                  notEqual(program, operands[i], operands[j]));
        return result;
      })
      .Case([&](smt::IteOp) {
        return program.make(Kind::Select, operands[0], operands[1],
                            operands[2]);
      })
      .Case([&](smt::NotOp) { return program.make(Kind::Not, operands[0]); })
      .Case([&](smt::AndOp) { return join(Kind::And); })
      .Case([&](smt::OrOp) { return join(Kind::Or); })
      .Case([&](smt::XOrOp) { return join(Kind::Xor); })
      .Case([&](smt::ImpliesOp) {
        return program.make(Kind::Or, program.make(Kind::Not, operands[0]),
                            operands[1]);
      })
      .Default([](Operation *) { return std::nullopt; });
}

FailureOr<SmallVector<Ref>>
chameleon::compileConstraint(transform::smt::ConstrainParamsOp constraint,
                             ArrayRef<Ref> arguments, Ref guard,
                             ConstraintProgram &program) {
  Block &body = constraint.getBody().front();
  DenseMap<Value, Ref> values;
  for (auto [argument, value] :
       llvm::zip_equal(body.getArguments(), arguments)) {
    if (!isa<smt::IntType, smt::BoolType>(argument.getType()))
      return constraint.emitOpError(
                 "expects parameters of type !smt.int or !smt.bool, found ")
             << argument.getType();
    values[argument] = value;
  }
  SmallVector<Ref> yielded;
  for (Operation &op : body) {
    SmallVector<Ref> operands;
    for (Value operand : op.getOperands()) {
      auto known = values.find(operand);
      if (known == values.end())
        return op.emitOpError("expects operands from within the constraint");
      operands.push_back(known->second);
    }
    if (isa<smt::AssertOp>(op)) {
      Ref condition = program.make(Kind::Or, program.make(Kind::Not, guard),
                                   operands.front());
      program.require(condition, &op);
    } else if (isa<smt::YieldOp>(op)) {
      for (auto [type, value, operand] :
           llvm::zip_equal(op.getOperandTypes(), op.getOperands(), operands)) {
        if (!isa<smt::IntType, smt::BoolType>(type))
          return op.emitOpError(
                     "expects to yield !smt.int or !smt.bool, found ")
                 << type;
        yielded.push_back(operand);
      }
    } else if (std::optional<Ref> value = compileValue(op, operands, program)) {
      values[op.getResult(0)] = *value;
    } else {
      return op.emitOpError(
          "is not supported in the constraints of a schedule, "
          "which are evaluated for given values");
    }
  }
  return yielded;
}
