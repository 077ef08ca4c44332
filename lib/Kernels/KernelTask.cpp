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
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/AffineExprVisitor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace chameleon;

/// `expr` as sum(coefficients * loops) + constant.
static bool getLinear(AffineExpr expr, unsigned loops,
                      SmallVectorImpl<int64_t> &coefficients,
                      int64_t &constant) {
  if (!expr.isPureAffine())
    return false;
  bool isLinear = true;
  expr.walk([&](AffineExpr part) {
    isLinear &= part.getKind() != AffineExprKind::FloorDiv &&
                part.getKind() != AffineExprKind::CeilDiv &&
                part.getKind() != AffineExprKind::Mod &&
                part.getKind() != AffineExprKind::SymbolId;
  });
  if (!isLinear)
    return false;
  MLIRContext *context = expr.getContext();
  auto valueAt = [&](int loop) {
    SmallVector<AffineExpr> point(loops, getAffineConstantExpr(0, context));
    if (loop >= 0)
      point[loop] = getAffineConstantExpr(1, context);
    return cast<AffineConstantExpr>(
               simplifyAffineExpr(expr.replaceDims(point), 0, 0))
        .getValue();
  };
  constant = valueAt(-1);
  coefficients.clear();
  for (unsigned loop = 0; loop < loops; ++loop)
    coefficients.push_back(valueAt(loop) - constant);
  return true;
}

void Access::setShape(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> pitches = computeStrides(shape);
  offset = 0;
  strides.assign(strides.size(), 0);
  for (auto [index, pitch] : llvm::zip_equal(indices, pitches)) {
    for (auto [stride, coefficient] :
         llvm::zip_equal(strides, index.coefficients))
      stride += coefficient * pitch;
    offset += index.constant * pitch;
  }
}

std::optional<Access> chameleon::getAccess(Value tensor, AffineMap map,
                                           unsigned loops) {
  Access access;
  access.strides.assign(loops, 0);
  auto pad = tensor.getDefiningOp<tensor::PadOp>();
  if (pad) {
    Value padding = pad.getConstantPaddingValue();
    if (!padding || !pad.getLow().empty() || !pad.getHigh().empty() ||
        pad.getNofold() || !matchPattern(padding, m_Constant(&access.padding)))
      pad = {};
  }
  access.tensor = pad ? pad.getSource() : tensor;
  auto type = dyn_cast<RankedTensorType>(access.tensor.getType());
  if (!type || !type.hasStaticShape() ||
      !llvm::isInt<31>(type.getNumElements()) ||
      !type.getElementType().isIntOrFloat() ||
      type.getElementType().isInteger(1))
    return std::nullopt;
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    SmallVector<int64_t> coefficients;
    int64_t constant;
    if (!getLinear(expr, loops, coefficients, constant))
      return std::nullopt;
    if (pad) {
      constant -= pad.getStaticLow()[dim];
      if (pad.getStaticLow()[dim] != 0 || pad.getStaticHigh()[dim] != 0)
        access.bounds.push_back({coefficients, constant, type.getDimSize(dim)});
    }
    access.indices.push_back({coefficients, constant});
  }
  access.setShape(type.getShape());
  return access;
}

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
  if (anchor.hasIndexSemantics())
    return std::string("expects a body without linalg.index");
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
    task.inputs.back() = getAccess(
        operand->get(), anchor.getMatchingIndexingMap(operand), loops);
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
        if (auto fill = tensor.getDefiningOp<linalg::FillOp>())
          tensor = fill.getResult(0);
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

//===----------------------------------------------------------------------===//
// Operations that make kernels of tasks
//===----------------------------------------------------------------------===//

DiagnosedSilenceableFailure chameleon::lowerToKernels(
    Operation *op, transform::TransformResults &results,
    transform::TransformState &state,
    llvm::function_ref<std::string(const KernelTask &task,
                                   SmallVectorImpl<Operation *> &launches)>
        lower) {
  SmallVector<Operation *> launches;
  for (Operation *target : state.getPayloadOps(op->getOperand(0))) {
    std::string reason = "expects a structured operation";
    if (auto anchor = dyn_cast<linalg::LinalgOp>(target)) {
      std::variant<KernelTask, std::string> analyzed =
          KernelTask::analyze(anchor);
      auto *task = std::get_if<KernelTask>(&analyzed);
      reason = task ? lower(*task, launches) : std::get<std::string>(analyzed);
      if (reason.empty())
        continue;
    }
    DiagnosedSilenceableFailure failure =
        emitSilenceableFailure(op->getLoc(), reason);
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(op->getOpResult(0), launches);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::getLoweringEffects(
    Operation *op,
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  MutableArrayRef<OpOperand> operands = op->getOpOperands();
  transform::consumesHandle(operands.take_front(), effects);
  transform::onlyReadsHandle(operands.drop_front(), effects);
  transform::producesHandle(op->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
