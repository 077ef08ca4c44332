//===- ScalarOperands.cpp - scalars among tensors become tensors of rank 0
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conversions of a scalar go into the bodies that read it, where they cost
// nothing; other arithmetic on scalars becomes a structured operation of rank
// 0, which runs once, where the tensors are.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/ScalarOperands.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/CastInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace chameleon {

static bool isScalar(Type type) { return type.isIntOrIndexOrFloat(); }

static bool isConstant(Value value) {
  Operation *producer = value.getDefiningOp();
  return producer && producer->hasTrait<OpTrait::ConstantLike>();
}

/// Arithmetic from scalars to one scalar.
static bool isArithmetic(Operation *op) {
  return op && op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         op->getNumOperands() > 0 && isMemoryEffectFree(op) &&
         llvm::all_of(op->getOperandTypes(), isScalar);
}

namespace {

/// Gives scalars their tensors of rank 0.
class ScalarReader {
public:
  explicit ScalarReader(MLIRContext *context) : rewriter(context) {}

  void rewrite(linalg::GenericOp generic);
  void rewrite(linalg::FillOp fill);
  void rewrite(tensor::FromElementsOp tensor);

private:
  /// A tensor of rank 0 that holds the scalar, made where it is computed.
  Value getTensor(Value scalar);
  Value makeTensor(Value scalar);
  /// What `scalar` is converted from.
  static Value skipConversions(Value scalar);
  /// `scalar` within a body whose argument `leaf` is what it is converted from.
  Value convert(Value scalar, Value leaf);

  IRRewriter rewriter;
  DenseMap<Value, Value> tensors;
};

} // namespace

Value ScalarReader::skipConversions(Value scalar) {
  while (isa_and_nonnull<CastOpInterface>(scalar.getDefiningOp()) &&
         isArithmetic(scalar.getDefiningOp()))
    scalar = scalar.getDefiningOp()->getOperand(0);
  return scalar;
}

Value ScalarReader::convert(Value scalar, Value leaf) {
  if (skipConversions(scalar) == scalar)
    return leaf;
  Operation *conversion = scalar.getDefiningOp();
  IRMapping mapping;
  mapping.map(conversion->getOperand(0),
              convert(conversion->getOperand(0), leaf));
  return rewriter.clone(*conversion, mapping)->getResult(0);
}

Value ScalarReader::getTensor(Value scalar) {
  if (Value known = tensors.lookup(scalar))
    return known;
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(scalar);
  Value tensor = makeTensor(scalar);
  tensors[scalar] = tensor;
  return tensor;
}

Value ScalarReader::makeTensor(Value scalar) {
  Location location = scalar.getLoc();
  auto type = RankedTensorType::get({}, scalar.getType());
  Operation *producer = scalar.getDefiningOp();
  if (auto extract = dyn_cast_or_null<tensor::ExtractOp>(producer)) {
    auto source = cast<RankedTensorType>(extract.getTensor().getType());
    if (source.getRank() == 0)
      return extract.getTensor();
    SmallVector<OpFoldResult> offsets =
        getAsOpFoldResult(ValueRange(extract.getIndices()));
    SmallVector<OpFoldResult> ones(source.getRank(), rewriter.getIndexAttr(1));
    if (llvm::all_of(offsets, [](OpFoldResult offset) {
          return getConstantIntValue(offset).has_value();
        }))
      return tensor::ExtractSliceOp::create(
          rewriter, location, type, extract.getTensor(), offsets, ones, ones);
  }
  if (!isArithmetic(producer))
    return tensor::FromElementsOp::create(rewriter, location, type,
                                          ValueRange{scalar});
  Value empty = tensor::EmptyOp::create(rewriter, location, ArrayRef<int64_t>(),
                                        scalar.getType());
  auto generic = linalg::GenericOp::create(
      rewriter, location, TypeRange(type), ValueRange(), empty,
      rewriter.getMultiDimIdentityMap(0), ArrayRef<utils::IteratorType>(),
      [&](OpBuilder &builder, Location at, ValueRange) {
        linalg::YieldOp::create(builder, at,
                                builder.clone(*producer)->getResult(0));
      });
  rewrite(generic);
  return generic.getResult(0);
}

void ScalarReader::rewrite(linalg::GenericOp generic) {
  if (!generic.hasPureTensorSemantics())
    return;
  // Simplification inlines operands of rank 0.
  for (auto extract : llvm::make_early_inc_range(
           generic.getBody()->getOps<tensor::ExtractOp>()))
    if (llvm::all_of(extract->getOperands(), [&](Value operand) {
          return operand.getParentRegion() != &generic.getRegion();
        }))
      rewriter.moveOpBefore(extract, generic);
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(generic.getRegion(), captured);
  auto isRead = [](Value value) {
    return isScalar(value.getType()) && !isConstant(value);
  };
  captured.remove_if([&](Value value) { return !isRead(value); });
  Block *body = generic.getBody();
  unsigned place = generic.getNumDpsInputs();
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  for (Value scalar : captured) {
    Value leaf = skipConversions(scalar);
    Value tensor = getTensor(leaf);
    rewriter.setInsertionPointToStart(body);
    Value element = convert(
        scalar, body->insertArgument(place, leaf.getType(), scalar.getLoc()));
    scalar.replaceUsesWithIf(element, [&](OpOperand &use) {
      return generic->isProperAncestor(use.getOwner()) &&
             use.getOwner() != element.getDefiningOp();
    });
    generic.getInputsMutable().append(tensor);
    maps.insert(maps.begin() + place++,
                AffineMap::get(generic.getNumLoops(), 0, generic.getContext()));
  }
  generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  // Scalars among the operands have such a map already.
  for (OpOperand *operand : generic.getDpsInputOperands())
    if (isRead(operand->get()))
      operand->set(getTensor(operand->get()));
}

void ScalarReader::rewrite(tensor::FromElementsOp tensor) {
  if (tensor.getType().getRank() != 0)
    return;
  Value scalar = tensor.getElements().front();
  if (isArithmetic(scalar.getDefiningOp()) ||
      scalar.getDefiningOp<tensor::ExtractOp>())
    rewriter.replaceOp(tensor, getTensor(scalar));
}

void ScalarReader::rewrite(linalg::FillOp fill) {
  if (!fill.hasPureTensorSemantics() || !isScalar(fill.value().getType()) ||
      isConstant(fill.value()))
    return;
  rewriter.setInsertionPoint(fill);
  FailureOr<linalg::GenericOp> generic =
      linalg::generalizeNamedOp(rewriter, fill);
  if (succeeded(generic))
    rewrite(*generic);
}

void readScalarsFromTensors(func::FuncOp function) {
  SmallVector<Operation *> operations;
  function.walk([&](Operation *op) {
    if (isa<linalg::GenericOp, linalg::FillOp, tensor::FromElementsOp>(op))
      operations.push_back(op);
  });
  ScalarReader reader(function.getContext());
  for (Operation *op : operations)
    llvm::TypeSwitch<Operation *>(op)
        .Case<linalg::GenericOp, linalg::FillOp, tensor::FromElementsOp>(
            [&](auto known) { reader.rewrite(known); });
}

/// Passes what `function` takes and returns in tensors, in it and its calls.
static void passScalars(func::FuncOp function, ArrayRef<func::CallOp> calls) {
  auto wrap = [](Type type) -> Type {
    return isScalar(type) ? RankedTensorType::get({}, type) : type;
  };
  OpBuilder builder(function.getContext());
  Block &entry = function.getBody().front();
  for (unsigned number = 0; number < entry.getNumArguments(); ++number) {
    BlockArgument scalar = entry.getArgument(number);
    if (!isScalar(scalar.getType()))
      continue;
    BlockArgument tensor =
        entry.insertArgument(number, wrap(scalar.getType()), scalar.getLoc());
    for (Operation *user : llvm::make_early_inc_range(scalar.getUsers()))
      if (isa<tensor::FromElementsOp>(user) &&
          user->getResult(0).getType() == tensor.getType()) {
        user->getResult(0).replaceAllUsesWith(tensor);
        user->erase();
      }
    builder.setInsertionPointToStart(&entry);
    scalar.replaceAllUsesWith(tensor::ExtractOp::create(
        builder, scalar.getLoc(), tensor, ValueRange()));
    entry.eraseArgument(number + 1);
  }
  auto makeTensors = [&](Operation *user) {
    builder.setInsertionPoint(user);
    for (OpOperand &operand : user->getOpOperands())
      if (isScalar(operand.get().getType()))
        operand.set(tensor::FromElementsOp::create(
            builder, user->getLoc(), wrap(operand.get().getType()),
            ValueRange{operand.get()}));
  };
  function.walk([&](func::ReturnOp op) { makeTensors(op); });
  function.setType(builder.getFunctionType(
      llvm::map_to_vector(function.getArgumentTypes(), wrap),
      llvm::map_to_vector(function.getResultTypes(), wrap)));
  for (func::CallOp call : calls) {
    makeTensors(call);
    builder.setInsertionPointAfter(call);
    for (Value result : call.getResults()) {
      if (!isScalar(result.getType()))
        continue;
      result.setType(wrap(result.getType()));
      Value element = tensor::ExtractOp::create(builder, call.getLoc(), result,
                                                ValueRange());
      result.replaceAllUsesExcept(element, element.getDefiningOp());
    }
  }
}

void passScalarsAsTensors(ModuleOp module) {
  SymbolTableCollection tables;
  DenseMap<func::FuncOp, SmallVector<func::CallOp>> calls;
  module.walk([&](func::CallOp call) {
    if (auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
            call, call.getCalleeAttr()))
      calls[callee].push_back(call);
  });
  for (auto function : module.getOps<func::FuncOp>()) {
    auto types = llvm::concat<const Type>(function.getArgumentTypes(),
                                          function.getResultTypes());
    if (!function.isDeclaration() && llvm::any_of(types, isScalar) &&
        llvm::any_of(types, llvm::IsaPred<RankedTensorType>))
      passScalars(function, calls[function]);
  }
}

} // namespace chameleon
