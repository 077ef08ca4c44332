//===- Graph.cpp - questions about a model's graph that several patterns ask
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// See Graph.h for the contracts.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;

namespace {

bool isConstantDerived(Value value,
                       llvm::SmallPtrSetImpl<Operation *> &visited) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (!visited.insert(op).second)
    return true;
  if (op->hasTrait<OpTrait::ConstantLike>())
    return true;
  if (!isMemoryEffectFree(op))
    return false;
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  auto recurse = [&](Value operand) {
    return isConstantDerived(operand, visited);
  };
  return llvm::all_of(op->getOperands(), recurse) &&
         llvm::all_of(captured, recurse);
}

} // namespace

bool chameleon::isConstantDerived(Value value) {
  llvm::SmallPtrSet<Operation *, 16> visited;
  return ::isConstantDerived(value, visited);
}

bool chameleon::isAllParallel(Operation *op) {
  auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op);
  return linalgOp && linalgOp.getNumParallelLoops() == linalgOp.getNumLoops();
}

bool chameleon::isElementwise(linalg::GenericOp generic) {
  return generic && generic.hasPureTensorSemantics() &&
         generic->getNumResults() == 1 && isAllParallel(generic) &&
         generic.getIndexingMapsArray().back().isIdentity();
}

bool chameleon::isAnchor(Operation *op) {
  auto linalgOp = dyn_cast_or_null<linalg::LinalgOp>(op);
  return linalgOp && linalgOp.getNumReductionLoops() != 0;
}

Operation *chameleon::getOnlyBodyOperation(linalg::GenericOp generic) {
  Block *body = generic.getBody();
  if (!llvm::hasNItems(body->getOperations(), 2))
    return nullptr;
  Operation *only = &body->front();
  if (only->getNumResults() != 1 ||
      body->getTerminator()->getNumOperands() != 1 ||
      body->getTerminator()->getOperand(0) != only->getResult(0))
    return nullptr;
  return only;
}

std::optional<llvm::APFloat> chameleon::getFloatConstant(Value value) {
  FloatAttr attribute;
  if (matchPattern(value, m_Constant(&attribute)))
    return attribute.getValue();
  return std::nullopt;
}

Value chameleon::getFillValue(Value destination) {
  while (Operation *op = destination.getDefiningOp()) {
    if (auto fill = dyn_cast<linalg::FillOp>(op))
      return fill.value();
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
      break;
    destination = op->getOperand(0);
  }
  return {};
}

bool chameleon::isZeroFilled(Value destination) {
  Value scalar = getFillValue(destination);
  if (!scalar)
    return false;
  if (std::optional<llvm::APFloat> constant = getFloatConstant(scalar))
    return constant->isZero();
  return matchPattern(scalar, m_Zero());
}

Value chameleon::createEmpty(OpBuilder &builder, Location location,
                             RankedTensorType type) {
  return tensor::EmptyOp::create(builder, location, type.getShape(),
                                 type.getElementType());
}

Value chameleon::createFilled(OpBuilder &builder, Location location,
                              RankedTensorType type, Value scalar) {
  Value empty = createEmpty(builder, location, type);
  return linalg::FillOp::create(builder, location, scalar, empty).getResult(0);
}

Value chameleon::createZero(OpBuilder &builder, Location location,
                            RankedTensorType type) {
  Value zero = arith::ConstantOp::create(
      builder, location, builder.getZeroAttr(type.getElementType()));
  return createFilled(builder, location, type, zero);
}

Value chameleon::createElementwise(
    OpBuilder &builder, Location location, RankedTensorType type,
    ValueRange inputs, ArrayRef<AffineMap> maps,
    llvm::function_ref<Value(OpBuilder &, Location, ValueRange)> element) {
  Value empty = createEmpty(builder, location, type);
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, location, type, inputs, empty, allMaps, iterators,
             [&](OpBuilder &nested, Location at, ValueRange arguments) {
               linalg::YieldOp::create(
                   nested, at, element(nested, at, arguments.drop_back()));
             })
      .getResult(0);
}

void chameleon::separateDestinations(func::FuncOp function) {
  OpBuilder builder(function.getContext());
  // Puts a private copy of the operation before the user, or moves it there if
  // nobody else uses it.
  auto isolate = [&](OpOperand &operand) -> Operation * {
    Operation *source = operand.get().getDefiningOp();
    Operation *user = operand.getOwner();
    if (operand.get().hasOneUse()) {
      source->moveBefore(user);
      return source;
    }
    builder.setInsertionPoint(user);
    Operation *copy = builder.clone(*source);
    operand.set(copy->getResult(0));
    return copy;
  };
  SmallVector<DestinationStyleOpInterface> users;
  function.walk([&](DestinationStyleOpInterface op) { users.push_back(op); });
  for (DestinationStyleOpInterface user : users) {
    if (isa<linalg::FillOp>(user) || !user.hasPureTensorSemantics())
      continue;
    for (OpOperand &destination : user.getDpsInitsMutable()) {
      Operation *source = destination.get().getDefiningOp();
      if (!isa_and_nonnull<linalg::FillOp, tensor::EmptyOp>(source))
        continue;
      Operation *own = isolate(destination);
      if (auto fill = dyn_cast<linalg::FillOp>(own))
        if (fill.hasPureTensorSemantics() &&
            fill.getOutputs()[0].getDefiningOp<tensor::EmptyOp>())
          isolate(fill.getDpsInitsMutable()[0]);
    }
  }
}

void chameleon::cleanUp(func::FuncOp function) {
  MLIRContext *context = function.getContext();
  RewritePatternSet patterns(context);
  constexpr StringLiteral dialects[] = {"arith", "linalg", "math", "tensor"};
  for (StringRef dialect : dialects)
    if (Dialect *loaded = context->getLoadedDialect(dialect))
      loaded->getCanonicalizationPatterns(patterns);
  for (RegisteredOperationName name : context->getRegisteredOperations())
    if (llvm::is_contained(dialects, name.getDialectNamespace()))
      name.getCanonicalizationPatterns(patterns, context);
  GreedyRewriteConfig config;
  config.setMaxIterations(4).setUseTopDownTraversal();
  (void)applyPatternsGreedily(function, std::move(patterns), config);
  IRRewriter rewriter(context);
  DominanceInfo dominance(function);
  eliminateCommonSubExpressions(rewriter, dominance, function);
}
