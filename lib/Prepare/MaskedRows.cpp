//===- MaskedRows.cpp - rows that are masked as a whole, without booleans
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PyTorch's attention gives zeros where a row of scores is nothing but -inf:
//
//   %m = generic { cmpf oeq, x, -inf }            // a boolean a score
//   %r = generic { andi } over the row
//   %y = generic { select(r, 0, softmax(x)) }
//
// A row is all -inf if its maximum is (NaN: maximumf says NaN, and that is no
// more equal to -inf than it was). So the first two become one maximum, which
// runs on vectors of floats, and %y compares.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace chameleon;

/// The value whose elements are compared with -inf, if that is all that
/// `compared` is.
static Value getComparedWithMinusInfinity(Value compared) {
  auto generic = compared.getDefiningOp<linalg::GenericOp>();
  if (!isElementwise(generic) || generic.getNumDpsInputs() != 1 ||
      !generic.getIndexingMapsArray()[0].isIdentity())
    return {};
  auto compare = dyn_cast_or_null<arith::CmpFOp>(getOnlyBodyOperation(generic));
  if (!compare || compare.getPredicate() != arith::CmpFPredicate::OEQ ||
      compare.getLhs() != generic.getBody()->getArgument(0))
    return {};
  std::optional<llvm::APFloat> bound = getFloatConstant(compare.getRhs());
  if (!bound || !bound->isInfinity() || !bound->isNegative())
    return {};
  return generic.getDpsInputs()[0];
}

/// Does `generic` say of each row whether all its booleans are true?
static bool isConjunction(linalg::GenericOp generic) {
  if (!generic.hasPureTensorSemantics() || generic->getNumResults() != 1 ||
      generic.getNumDpsInputs() != 1 || generic.getNumReductionLoops() == 0)
    return false;
  auto conjunction =
      dyn_cast_or_null<arith::AndIOp>(getOnlyBodyOperation(generic));
  if (!conjunction || !conjunction.getType().isInteger(1))
    return false;
  Block *body = generic.getBody();
  Value value = body->getArgument(0), accumulator = body->getArgument(1);
  bool usesBoth =
      (conjunction.getLhs() == value && conjunction.getRhs() == accumulator) ||
      (conjunction.getLhs() == accumulator && conjunction.getRhs() == value);
  Value start = getFillValue(generic.getDpsInits()[0]);
  return usesBoth && start && matchPattern(start, m_One());
}

/// The readers that can compare for themselves; nothing if one cannot.
static std::optional<SmallVector<OpOperand *>> getReaders(Value rows) {
  SmallVector<OpOperand *> readers;
  for (OpOperand &use : rows.getUses()) {
    auto reader = dyn_cast<linalg::GenericOp>(use.getOwner());
    if (!reader || !reader.isDpsInput(&use))
      return std::nullopt;
    readers.push_back(&use);
  }
  return readers;
}

void chameleon::foldMaskedRows(func::FuncOp function) {
  SmallVector<linalg::GenericOp> conjunctions;
  function.walk([&](linalg::GenericOp generic) {
    if (isConjunction(generic))
      conjunctions.push_back(generic);
  });
  OpBuilder builder(function.getContext());
  for (linalg::GenericOp generic : conjunctions) {
    Value scores = getComparedWithMinusInfinity(generic.getDpsInputs()[0]);
    std::optional<SmallVector<OpOperand *>> readers =
        getReaders(generic.getResult(0));
    if (!scores || !readers)
      continue;
    Location location = generic.getLoc();
    auto element = cast<FloatType>(
        cast<RankedTensorType>(scores.getType()).getElementType());
    auto type =
        cast<RankedTensorType>(generic.getResult(0).getType()).clone(element);
    auto lowest = builder.getFloatAttr(
        element, llvm::APFloat::getInf(element.getFloatSemantics(),
                                       /*Negative=*/true));
    builder.setInsertionPoint(generic);
    Value start =
        createFilled(builder, location, type,
                     arith::ConstantOp::create(builder, location, lowest));
    auto maximum = linalg::GenericOp::create(
        builder, location, type, scores, start, generic.getIndexingMapsArray(),
        generic.getIteratorTypesArray(),
        [](OpBuilder &nested, Location at, ValueRange arguments) {
          Value larger =
              arith::MaximumFOp::create(nested, at, arguments[0], arguments[1]);
          linalg::YieldOp::create(nested, at, larger);
        });
    for (OpOperand *use : *readers) {
      auto reader = cast<linalg::GenericOp>(use->getOwner());
      BlockArgument argument =
          reader.getBody()->getArgument(use->getOperandNumber());
      use->set(maximum.getResult(0));
      argument.setType(element);
      builder.setInsertionPointToStart(reader.getBody());
      auto isMasked = arith::CmpFOp::create(
          builder, location, arith::CmpFPredicate::OEQ, argument,
          arith::ConstantOp::create(builder, location, lowest));
      argument.replaceAllUsesExcept(isMasked, isMasked);
    }
    generic.erase();
  }
}
