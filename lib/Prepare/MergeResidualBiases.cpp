//===- MergeResidualBiases.cpp - every residual epilogue looks the same
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A projection shortcut ends in a bias, and so does the branch beside it. Both
// are vectors of constants, added at load: then the epilogue is that of a
// residual without projection (add, add, maximum), and one schedule serves
// both.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace chameleon;

void chameleon::mergeResidualBiases(func::FuncOp function) {
  SmallVector<linalg::GenericOp> generics;
  function.walk([&](linalg::GenericOp generic) {
    if (isElementwise(generic) && !isConstantDerived(generic.getResult(0)))
      generics.push_back(generic);
  });
  IRRewriter rewriter(function.getContext());
  for (linalg::GenericOp generic : generics) {
    // (a + b1) + (c + b2), all operands of the body's, b1 and b2 constant
    // vectors read alike.
    auto getVector = [&](arith::AddFOp add) -> OpOperand * {
      auto argument = dyn_cast<BlockArgument>(add.getRhs());
      if (!argument || argument.getOwner() != generic.getBody() ||
          !argument.hasOneUse())
        return nullptr;
      OpOperand *operand = generic.getMatchingOpOperand(argument);
      if (!generic.isDpsInput(operand) || !isConstantDerived(operand->get()) ||
          generic.getMatchingIndexingMap(operand).getNumResults() != 1)
        return nullptr;
      return operand;
    };
    for (arith::AddFOp sum :
         llvm::to_vector(generic.getBody()->getOps<arith::AddFOp>())) {
      auto left = sum.getLhs().getDefiningOp<arith::AddFOp>();
      auto right = sum.getRhs().getDefiningOp<arith::AddFOp>();
      if (!left || !right || left == right || !left->hasOneUse() ||
          !right->hasOneUse())
        continue;
      OpOperand *first = getVector(left), *second = getVector(right);
      if (!first || !second ||
          generic.getMatchingIndexingMap(first) !=
              generic.getMatchingIndexingMap(second) ||
          first->get().getType() != second->get().getType())
        continue;
      rewriter.setInsertionPoint(generic);
      AffineMap maps[] = {rewriter.getMultiDimIdentityMap(1),
                          rewriter.getMultiDimIdentityMap(1)};
      Value merged = createElementwise(
          rewriter, generic.getLoc(),
          cast<RankedTensorType>(first->get().getType()),
          {first->get(), second->get()}, maps,
          [](OpBuilder &nested, Location at, ValueRange elements) {
            return arith::AddFOp::create(nested, at, elements[0], elements[1])
                .getResult();
          });
      rewriter.modifyOpInPlace(generic, [&] { first->set(merged); });
      rewriter.replaceOp(right, right.getLhs());
    }
  }
}
