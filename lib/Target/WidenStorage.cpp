//===- WidenStorage.cpp - buffers of what memory can hold
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three steps: structured operations and accesses work on storage types and
// convert what they read and write, constants change their data, and then all
// values that are buffers change their types, wherever they come from.
//
//===----------------------------------------------------------------------===//

#include "WidenStorage.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace chameleon {

/// The type with buffers of storage types in the place of others.
static Type widenType(Type type) {
  auto buffer = dyn_cast<BaseMemRefType>(type);
  if (!buffer)
    return type;
  Type storage = getStorageType(buffer.getElementType());
  return storage == buffer.getElementType()
             ? type
             : Type(buffer.cloneWith(std::nullopt, storage));
}

static bool isWidened(Value value) {
  return widenType(value.getType()) != value.getType();
}

static Type withElement(Type type, Type element) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.clone(element) : element;
}

/// The integer type of as many bits.
static Type bitsOf(Type element) {
  return IntegerType::get(element.getContext(),
                          element.getIntOrFloatBitWidth());
}

/// Whether the bits beyond the width are zeros, not copies of the sign.
static bool isZeroExtended(Type element) {
  return !isa<IntegerType>(element) || element.isInteger(1) ||
         element.isUnsignedInteger();
}

/// From `value`, a scalar or a vector, to what memory holds of it.
static Value toStorage(OpBuilder &b, Location loc, Value value) {
  Type element = getElementTypeOrSelf(value.getType()),
       storage = getStorageType(element);
  Type bits = withElement(value.getType(), bitsOf(element));
  if (isa<FloatType>(element))
    value = arith::BitcastOp::create(b, loc, bits, value);
  else if (bits != value.getType())
    value =
        UnrealizedConversionCastOp::create(b, loc, bits, value).getResult(0);
  if (bitsOf(element) == storage)
    return value;
  Type wide = withElement(value.getType(), storage);
  if (isZeroExtended(element))
    return arith::ExtUIOp::create(b, loc, wide, value);
  return arith::ExtSIOp::create(b, loc, wide, value);
}

/// From what memory holds to a value of type `type`.
static Value fromStorage(OpBuilder &b, Location loc, Type type, Value value) {
  Type element = getElementTypeOrSelf(type), bits = bitsOf(element);
  if (getElementTypeOrSelf(value.getType()) != bits)
    value = arith::TruncIOp::create(b, loc, withElement(type, bits), value);
  if (element == bits)
    return value;
  if (isa<FloatType>(element))
    return arith::BitcastOp::create(b, loc, type, value);
  return UnrealizedConversionCastOp::create(b, loc, type, value).getResult(0);
}

/// Has all users of `value`, which memory holds, take what it is of type
/// `type`.
static void narrowUses(OpBuilder &b, Value value, Type type) {
  SmallVector<OpOperand *> uses =
      llvm::map_to_vector(value.getUses(), [](OpOperand &use) { return &use; });
  if (uses.empty())
    return;
  Value narrow = fromStorage(b, value.getLoc(), type, value);
  for (OpOperand *use : uses)
    use->set(narrow);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// Makes the body convert what it is given and what it yields.
static LogicalResult widenStructured(RewriterBase &rewriter,
                                     linalg::LinalgOp op) {
  rewriter.setInsertionPoint(op);
  if (!isa<linalg::GenericOp>(op)) {
    FailureOr<linalg::GenericOp> generic =
        linalg::generalizeNamedOp(rewriter, op);
    if (failed(generic))
      return op->emitError("has no general form, which elements narrower than "
                           "a byte need");
    op = cast<linalg::LinalgOp>(generic->getOperation());
  }
  Block *body = op.getBlock();
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isWidened(operand.get()))
      continue;
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    Type element = argument.getType();
    argument.setType(getStorageType(element));
    rewriter.setInsertionPointToStart(body);
    narrowUses(rewriter, argument, element);
    if (!op.isDpsInit(&operand))
      continue;
    OpOperand *yielded = op.getMatchingYieldValue(&operand);
    rewriter.setInsertionPoint(body->getTerminator());
    yielded->set(toStorage(rewriter, op.getLoc(), yielded->get()));
  }
  return success();
}

/// Makes a read or a write of scalars or vectors convert them.
static void widenAccess(RewriterBase &rewriter, Operation *op) {
  // What a write stores, and what a read has where nothing is.
  using Converted = std::optional<OpOperand *>;
  Converted converted =
      llvm::TypeSwitch<Operation *, Converted>(op)
          .Case<memref::LoadOp, affine::AffineLoadOp, vector::LoadOp>(
              [](auto) { return nullptr; })
          .Case([](vector::TransferReadOp read) {
            return &read.getPaddingMutable();
          })
          .Case<vector::MaskedLoadOp, vector::GatherOp, vector::ExpandLoadOp>(
              [](auto read) { return &read.getPassThruMutable(); })
          .Case<memref::StoreOp, affine::AffineStoreOp>(
              [](auto write) { return &write.getValueMutable(); })
          .Case<vector::StoreOp, vector::MaskedStoreOp, vector::ScatterOp,
                vector::CompressStoreOp, vector::TransferWriteOp>(
              [](auto write) { return &write.getValueToStoreMutable(); })
          .Default([](Operation *) { return std::nullopt; });
  if (!converted || llvm::none_of(op->getOperands(), isWidened))
    return;
  if (OpOperand *value = *converted) {
    rewriter.setInsertionPoint(op);
    value->set(toStorage(rewriter, op->getLoc(), value->get()));
  }
  for (Value result : op->getResults()) {
    Type type = result.getType();
    Type storage = getStorageType(getElementTypeOrSelf(type));
    result.setType(withElement(type, storage));
    rewriter.setInsertionPointAfter(op);
    narrowUses(rewriter, result, type);
  }
}

/// Gives a constant the data that memory holds.
static LogicalResult widenConstant(memref::GlobalOp global) {
  auto elements = dyn_cast_or_null<ElementsAttr>(global.getInitialValueAttr());
  if (!elements)
    return success();
  Type element = elements.getElementType(), storage = getStorageType(element);
  unsigned bits = storage.getIntOrFloatBitWidth();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    auto type = resource.getType().clone(storage);
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    size_t bytes = type.getNumElements() * (bits / 8);
    if (blob && blob->getData().size() != bytes)
      return global.emitError("has ")
             << blob->getData().size() << " bytes of data of type " << element
             << ", expected " << bytes;
    global.setInitialValueAttr(
        DenseResourceElementsAttr::get(type, resource.getRawHandle()));
    return success();
  }
  if (auto floats = dyn_cast<DenseFPElementsAttr>(elements))
    global.setInitialValueAttr(
        floats.mapValues(storage, [&](const APFloat &value) {
          return value.bitcastToAPInt().zext(bits);
        }));
  else if (auto integers = dyn_cast<DenseIntElementsAttr>(elements))
    global.setInitialValueAttr(
        integers.mapValues(storage, [&](const APInt &value) {
          return isZeroExtended(element) ? value.zext(bits) : value.sext(bits);
        }));
  return success();
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

/// Changes the types of all values that `op` defines.
static void widenValues(Operation *op) {
  auto widen = [](Value value) { value.setType(widenType(value.getType())); };
  llvm::for_each(op->getResults(), widen);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::for_each(block.getArguments(), widen);
  if (auto function = dyn_cast<func::FuncOp>(op))
    function.setType(FunctionType::get(
        op->getContext(),
        llvm::map_to_vector(function.getArgumentTypes(), widenType),
        llvm::map_to_vector(function.getResultTypes(), widenType)));
  if (auto global = dyn_cast<memref::GlobalOp>(op))
    global.setType(cast<MemRefType>(widenType(global.getType())));
}

LogicalResult widenStorage(ModuleOp module) {
  IRRewriter rewriter(module.getContext());
  SmallVector<linalg::LinalgOp> structured;
  SmallVector<Operation *> accesses;
  WalkResult constants = module.walk([&](Operation *op) {
    if (auto global = dyn_cast<memref::GlobalOp>(op))
      if (widenType(global.getType()) != global.getType())
        return WalkResult(widenConstant(global));
    if (llvm::none_of(op->getOperands(), isWidened))
      return WalkResult::advance();
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      structured.push_back(linalgOp);
    else
      accesses.push_back(op);
    return WalkResult::advance();
  });
  if (constants.wasInterrupted())
    return failure();
  for (linalg::LinalgOp op : structured)
    if (failed(widenStructured(rewriter, op)))
      return failure();
  for (Operation *op : accesses)
    widenAccess(rewriter, op);
  module.walk(widenValues);
  return success();
}

} // namespace chameleon
