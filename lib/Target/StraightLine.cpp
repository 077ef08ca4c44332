//===- StraightLine.cpp - loops and branches as lists of operations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StraightLine.h"
#include "chameleon/Target/ScalarOperands.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

/// A longer list takes longer to compile than anybody waits.
static constexpr int64_t mostOperations = 1 << 16;

/// The trip count, if it is constant and the list is not too long.
static std::optional<int64_t> getTrips(scf::ForOp loop) {
  std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound()),
                         upper = getConstantIntValue(loop.getUpperBound()),
                         step = getConstantIntValue(loop.getStep());
  if (!lower || !upper || !step || *step <= 0)
    return std::nullopt;
  int64_t trips =
      *upper <= *lower ? 0 : llvm::divideCeilSigned(*upper - *lower, *step);
  int64_t operations = 0;
  loop.getBody()->walk([&](Operation *) { ++operations; });
  if (trips > mostOperations / operations)
    return std::nullopt;
  return trips;
}

/// A copy of `op` before the insertion point, folded where that leaves nothing
/// to compute.
static void cloneOrFold(OpBuilder &builder, Operation &op, IRMapping &mapping) {
  Operation *clone = builder.clone(op, mapping);
  SmallVector<Value> folded;
  if (op.getNumRegions() == 0 && op.getNumResults() != 0 && isPure(clone) &&
      succeeded(builder.tryFold(clone, folded)) && !folded.empty()) {
    mapping.map(op.getResults(), folded);
    clone->erase();
  }
}

static void unroll(IRRewriter &rewriter, scf::ForOp loop, int64_t trips) {
  rewriter.setInsertionPoint(loop);
  SmallVector<Value> carried(loop.getInitArgs());
  APInt lower, step;
  matchPattern(loop.getLowerBound(), m_ConstantInt(&lower));
  matchPattern(loop.getStep(), m_ConstantInt(&step));
  for (int64_t trip = 0; trip < trips; ++trip) {
    IRMapping mapping;
    Type type = loop.getInductionVar().getType();
    mapping.map(
        loop.getInductionVar(),
        arith::ConstantOp::create(
            rewriter, loop.getLoc(),
            rewriter.getIntegerAttr(type, lower.getSExtValue() +
                                              trip * step.getSExtValue()))
            .getResult());
    mapping.map(loop.getRegionIterArgs(), carried);
    for (Operation &op : loop.getBody()->without_terminator())
      cloneOrFold(rewriter, op, mapping);
    for (auto [value, next] :
         llvm::zip(loop.getBody()->getTerminator()->getOperands(), carried))
      next = mapping.lookupOrDefault(value);
  }
  rewriter.replaceOp(loop, carried);
}

/// Whether a branch may be computed though it is not taken.
static bool isHarmless(Block &block) {
  return llvm::all_of(block.without_terminator(), [](Operation &op) {
    if (auto structured = dyn_cast<linalg::LinalgOp>(op))
      return structured.hasPureTensorSemantics();
    return isPure(&op) || isa<func::CallOp, scf::IfOp>(op);
  });
}

static Value select(OpBuilder &builder, Location loc, Value condition,
                    Value yes, Value no) {
  auto type = dyn_cast<RankedTensorType>(yes.getType());
  if (!type)
    return arith::SelectOp::create(builder, loc, condition, yes, no);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> parallel(type.getRank(),
                                            utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, TypeRange(type), ValueRange{yes, no}, empty,
             ArrayRef<AffineMap>{identity, identity, identity}, parallel,
             [&](OpBuilder &inner, Location at, ValueRange elements) {
               linalg::YieldOp::create(
                   inner, at,
                   arith::SelectOp::create(inner, at, condition, elements[0],
                                           elements[1])
                       .getResult());
             })
      .getResult(0);
}

/// Whether all results can be selected; an `scf.if` without results computes
/// nothing that anybody reads.
static bool canSelect(scf::IfOp branch) {
  return llvm::all_of(branch.getResultTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor ? tensor.hasStaticShape() : type.isIntOrIndexOrFloat();
  });
}

static bool flatten(IRRewriter &rewriter, scf::IfOp branch) {
  SmallVector<Value> results;
  APInt constant;
  auto inlineBlock = [&](Block *block) {
    SmallVector<Value> yielded(block->getTerminator()->getOperands());
    rewriter.eraseOp(block->getTerminator());
    rewriter.inlineBlockBefore(block, branch);
    return yielded;
  };
  if (matchPattern(branch.getCondition(), m_ConstantInt(&constant))) {
    bool isTaken = !constant.isZero();
    if (isTaken || branch.elseBlock())
      results = inlineBlock(isTaken ? branch.thenBlock() : branch.elseBlock());
    rewriter.replaceOp(branch, results);
    return true;
  }
  if (!canSelect(branch) || !isHarmless(*branch.thenBlock()) ||
      (branch.elseBlock() && !isHarmless(*branch.elseBlock())))
    return false;
  if (branch.getNumResults() != 0) {
    SmallVector<Value> yes = inlineBlock(branch.thenBlock()),
                       no = inlineBlock(branch.elseBlock());
    rewriter.setInsertionPoint(branch);
    for (auto [first, second] : llvm::zip_equal(yes, no))
      results.push_back(select(rewriter, branch.getLoc(), branch.getCondition(),
                               first, second));
  }
  rewriter.replaceOp(branch, results);
  return true;
}

void chameleon::makeStraightLine(func::FuncOp function) {
  if (function.isDeclaration() || !function.getBody().hasOneBlock())
    return;
  IRRewriter rewriter(function.getContext());
  Block &body = function.getBody().front();
  bool hasChanged = false;
  for (Operation *op = &body.front(); op;) {
    Operation *before = op->getPrevNode(), *next = op->getNextNode();
    bool isFlat = false;
    if (auto loop = dyn_cast<scf::ForOp>(op)) {
      if (std::optional<int64_t> trips = getTrips(loop)) {
        unroll(rewriter, loop, *trips);
        isFlat = true;
      }
    } else if (auto branch = dyn_cast<scf::IfOp>(op)) {
      isFlat = flatten(rewriter, branch);
    }
    // What takes the place of a loop may hold others.
    op = !isFlat ? next : before ? before->getNextNode() : &body.front();
    hasChanged |= isFlat;
  }
  if (!hasChanged)
    return;
  readScalarsFromTensors(function);
  // Slices along a loop have become slices at constants.
  RewritePatternSet patterns(function.getContext());
  tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns,
                                                      function.getContext());
  tensor::InsertSliceOp::getCanonicalizationPatterns(patterns,
                                                     function.getContext());
  (void)applyPatternsGreedily(function, std::move(patterns));
}
