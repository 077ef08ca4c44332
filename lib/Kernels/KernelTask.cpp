//===- KernelTask.cpp - a task as GPU kernels see it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Analysis only reads the payload: a task of another form is left as it is.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/KernelTask.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace chameleon;

/// The elementwise operation that alone uses `value` and computes on the same
/// elements.
static linalg::LinalgOp getStep(Value value) {
  if (!value.hasOneUse())
    return {};
  OpOperand &use = *value.use_begin();
  auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
  if (!user || user->getBlock() != value.getDefiningOp()->getBlock() ||
      user.getNumReductionLoops() != 0 || user->getNumResults() != 1 ||
      !user.isDpsInput(&use) || user.hasIndexSemantics())
    return {};
  AffineMap map = user.getMatchingIndexingMap(&use);
  if (map != user.getIndexingMapMatchingResult(user->getResult(0)) ||
      !map.isPermutation())
    return {};
  bool isElementwise = true;
  for (Operation &inner : user.getBlock()->without_terminator())
    isElementwise &= OpTrait::hasElementwiseMappableTraits(&inner) ||
                     inner.hasTrait<OpTrait::ConstantLike>();
  return isElementwise ? user : linalg::LinalgOp();
}

Value chameleon::findPlace(Operation *&root, Value destination) {
  Value result = root->getResult(0);
  if (!result.hasOneUse())
    return destination;
  auto placed =
      dyn_cast<bufferization::MaterializeInDestinationOp>(*result.user_begin());
  if (!placed || placed->getNumResults() != 1 || placed.getSource() != result)
    return destination;
  root = placed;
  return placed.getDest();
}

std::variant<KernelTask, std::string>
KernelTask::analyze(linalg::LinalgOp anchor) {
  KernelTask task;
  task.anchor = anchor;
  if (!anchor.hasPureTensorSemantics() || anchor->getNumResults() != 1)
    return std::string("expects an operation on tensors with one result");
  task.sizes = anchor.getStaticLoopRanges();
  if (llvm::any_of(task.sizes, ShapedType::isDynamic))
    return std::string("expects static shapes");
  unsigned loops = task.sizes.size();
  auto refuse = [](OpOperand &operand) {
    return "cannot address operand " +
           std::to_string(operand.getOperandNumber()) + " of '" +
           operand.getOwner()->getName().getStringRef().str() + "'";
  };
  for (OpOperand *operand : anchor.getDpsInputOperands()) {
    task.inputs.emplace_back();
    if (!isa<ShapedType>(operand->get().getType()))
      continue;
    AffineMap map = anchor.getMatchingIndexingMap(operand);
    task.inputs.back() = getAccess(operand->get(), map, loops);
    if (!task.inputs.back())
      task.inputs.back() = getComputedAccess(operand->get(), map, loops);
    if (!task.inputs.back())
      return refuse(*operand);
  }

  OpOperand *init = anchor.getDpsInitOperand(0);
  AffineMap resultMap = anchor.getMatchingIndexingMap(init);
  if (!resultMap.isProjectedPermutation(/*allowZeroInResults=*/true))
    return refuse(*init);
  Value start = init->get();
  auto fill = start.getDefiningOp<linalg::FillOp>();
  bool readsInit = !anchor.getMatchingBlockArgument(init).use_empty();
  if (fill && readsInit &&
      !matchPattern(fill.getInputs()[0], m_Constant(&task.initialConstant)))
    return std::string("expects a constant fill");
  if (!fill && readsInit) {
    task.initialTensor = getAccess(start, resultMap, loops);
    if (!task.initialTensor)
      return refuse(*init);
  }
  Value destination = fill ? fill.getOutputs()[0] : start;
  // Values to start from that a copy brings to the destination are read where
  // they are.
  if (auto copy = start.getDefiningOp<linalg::CopyOp>(); copy && readsInit) {
    task.initialTensor = getAccess(copy.getInputs()[0], resultMap, loops);
    if (!task.initialTensor)
      return refuse(*init);
    destination = copy.getOutputs()[0];
  }

  // The elementwise operations that follow.
  task.root = anchor;
  while (linalg::LinalgOp op = getStep(task.root->getResult(0))) {
    EpilogueStep step{op, 0, {}};
    AffineMap here = op.getIndexingMapMatchingResult(op->getResult(0));
    // Loop of the step -> expression of the anchor's loops.
    SmallVector<AffineExpr> expressions(op.getNumLoops());
    for (auto [dim, expr] : llvm::enumerate(here.getResults()))
      expressions[cast<AffineDimExpr>(expr).getPosition()] =
          resultMap.getResult(dim);
    for (OpOperand &operand : op->getOpOperands()) {
      step.accesses.emplace_back();
      if (operand.get() == task.root->getResult(0)) {
        step.chained = operand.getOperandNumber();
        continue;
      }
      if (!isa<ShapedType>(operand.get().getType()) ||
          op.getMatchingBlockArgument(&operand).use_empty())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      SmallVector<AffineExpr> results;
      for (AffineExpr expr : map.getResults())
        results.push_back(expr.replaceDims(expressions));
      Value tensor = operand.get();
      if (op.isDpsInit(&operand))
        if (auto copy = tensor.getDefiningOp<linalg::CopyOp>())
          tensor = copy.getInputs()[0];
      step.accesses.back() = getAccess(
          tensor, AffineMap::get(loops, 0, results, op->getContext()), loops);
      if (!step.accesses.back())
        return refuse(operand);
      // Padding is for contractions; elsewhere it stays an operation.
      if (!step.accesses.back()->bounds.empty())
        return refuse(operand);
    }
    destination = op.getDpsInits()[0];
    if (auto fill = destination.getDefiningOp<linalg::FillOp>();
        fill &&
        op.getMatchingBlockArgument(op.getDpsInitOperand(0)).use_empty())
      destination = fill.getOutputs()[0];
    if (auto copy = destination.getDefiningOp<linalg::CopyOp>())
      destination = copy.getOutputs()[0];
    task.epilogue.push_back(std::move(step));
    task.root = op;
  }
  destination = findPlace(task.root, destination);
  std::optional<Access> access = getAccess(destination, resultMap, loops);
  if (!access || !access->bounds.empty())
    return std::string("cannot address the result");
  task.destination = *access;
  return task;
}

Value chameleon::getBuffer(OpBuilder &builder, Location loc, Value tensor,
                           bool isRead) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return bufferization::ToBufferOp::create(
      builder, loc, MemRefType::get(type.getShape(), type.getElementType()),
      tensor, /*read_only=*/isRead);
}

Value KernelTask::getBuffer(OpBuilder &builder, const Access &access,
                            bool isRead) const {
  return chameleon::getBuffer(builder, anchor.getLoc(), access.tensor, isRead);
}

void chameleon::replaceByBuffer(RewriterBase &rewriter, Operation *root,
                                Value buffer,
                                ArrayRef<Operation *> operations) {
  Value result = bufferization::ToTensorOp::create(
      rewriter, root->getLoc(), root->getResult(0).getType(), buffer,
      /*restrict=*/true, /*writable=*/true);
  rewriter.replaceAllUsesWith(root->getResult(0), result);
  SmallVector<Operation *> dead = {root};
  while (!dead.empty()) {
    Operation *op = dead.pop_back_val();
    SetVector<Operation *> producers;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        producers.insert(producer);
    rewriter.eraseOp(op);
    for (Operation *producer : producers)
      if (producer->use_empty() && (llvm::is_contained(operations, producer) ||
                                    isOpTriviallyDead(producer)))
        dead.push_back(producer);
  }
}

void KernelTask::finish(RewriterBase &rewriter, Value buffer) const {
  SmallVector<Operation *> operations = {anchor};
  for (const EpilogueStep &step : epilogue)
    operations.push_back(step.op);
  replaceByBuffer(rewriter, root, buffer, operations);
}
