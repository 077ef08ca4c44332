//===- CPURegisterTile.cpp - the part of a matrix product kept in registers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CPUContractionKernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace chameleon;

Value CPUContractionKernel::computeTile(const CPUOperand &lhs,
                                        const CPUOperand &rhs,
                                        Value accumulators, Value rowPanel,
                                        Value columnPanel, Value from,
                                        Value to) {
  int64_t vectors = columns / lanes;
  AffineExpr panel = rewriter.getAffineDimExpr(0);
  SmallVector<Value> positions, initial;
  for (int64_t row = 0; row < rows; ++row)
    positions.push_back(asValue(apply(panel * rows + row, {rowPanel})));
  for (int64_t vector = 0; vector < vectors; ++vector)
    positions.push_back(
        asValue(apply(panel * columns + vector * lanes, {columnPanel})));
  auto forEach = [&](function_ref<void(int64_t, int64_t)> body) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t vector = 0; vector < vectors; ++vector)
        body(row, vector);
  };
  forEach([&](int64_t row, int64_t vector) {
    initial.push_back(read(accumulators,
                           {positions[row], positions[rows + vector]}, lanes,
                           /*inBounds=*/true));
  });
  auto loop = scf::ForOp::create(rewriter, loc, from, to, constant(1), initial);
  {
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(loop.getBody());
    Value step = loop.getInductionVar();
    AffineExpr difference =
        rewriter.getAffineDimExpr(0) - rewriter.getAffineDimExpr(1);
    auto stepIn = [&](const CPUOperand &operand) {
      return operand.origin ? asValue(apply(difference, {step, operand.origin}))
                            : step;
    };
    auto panelIn = [&](const CPUOperand &operand, Value panel) {
      if (!operand.firstPanel)
        return panel;
      return asValue(
          apply(rewriter.getAffineDimExpr(0) + rewriter.getAffineDimExpr(1),
                {panel, operand.firstPanel}));
    };
    Value lhsStep = stepIn(lhs), rhsStep = stepIn(rhs),
          lhsPanel = panelIn(lhs, rowPanel),
          rhsPanel = panelIn(rhs, columnPanel);
    SmallVector<Value> right, sums;
    for (int64_t vector = 0; vector < vectors; ++vector) {
      SmallVector<Value> at =
          rhs.packed
              ? SmallVector<Value>{rhsPanel, rhsStep, constant(vector * lanes)}
              : SmallVector<Value>{rhsStep, positions[rows + vector]};
      right.push_back(read(rhs.value, at, lanes, /*inBounds=*/true));
    }
    auto type = VectorType::get({lanes}, getElementTypeOrSelf(lhs.value));
    Value left;
    forEach([&](int64_t row, int64_t vector) {
      if (vector == 0) {
        SmallVector<Value> at;
        if (!lhs.packed)
          at = {positions[row], lhsStep};
        else if (lhs.depthInside)
          at = {lhsPanel, constant(row), lhsStep};
        else
          at = {lhsPanel, lhsStep, constant(row)};
        left = vector::BroadcastOp::create(
            rewriter, loc, type,
            tensor::ExtractOp::create(rewriter, loc, lhs.value, at));
      }
      sums.push_back(atom->emit(
          rewriter, contraction, swapped ? right[vector] : left,
          swapped ? left : right[vector], loop.getRegionIterArg(sums.size())));
    });
    scf::YieldOp::create(rewriter, loc, sums);
  }
  forEach([&](int64_t row, int64_t vector) {
    accumulators = write(loop.getResult(row * vectors + vector), accumulators,
                         {positions[row], positions[rows + vector]});
  });
  return accumulators;
}
