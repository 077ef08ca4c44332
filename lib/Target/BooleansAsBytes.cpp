//===- BooleansAsBytes.cpp - vectors of booleans, as memory holds them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A buffer has a byte for each boolean, but LLVM packs a vector of them into
// bits: what loads or stores such a vector works on bytes instead.
//
//===----------------------------------------------------------------------===//

#include "PrepareForCPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace chameleon {

namespace {

class BooleanRewriter {
public:
  explicit BooleanRewriter(MLIRContext *context)
      : rewriter(context), byte(rewriter.getI8Type()) {}

  static bool isBoolean(Value buffer) {
    auto type = dyn_cast<MemRefType>(buffer.getType());
    return type && type.getElementType().isInteger(1);
  }

  /// Replaces `read`, which has `base` among its operands, by one of bytes.
  void rewriteRead(Operation *read, OpOperand &base, OpOperand *padding) {
    rewriter.setInsertionPoint(read);
    Value nothing = padding ? toBytes(padding->get()) : Value();
    Operation *clone = cloneOnBytes(read, base);
    if (padding)
      clone->setOperand(padding->getOperandNumber(), nothing);
    clone->getResult(0).setType(typeOf(read->getResult(0).getType(), byte));
    rewriter.replaceOpWithNewOp<arith::TruncIOp>(
        read, read->getResult(0).getType(), clone->getResult(0));
  }

  void rewriteWrite(Operation *write, OpOperand &base, OpOperand &value) {
    rewriter.setInsertionPoint(write);
    Value bytes = toBytes(value.get());
    Operation *clone = cloneOnBytes(write, base);
    clone->setOperand(value.getOperandNumber(), bytes);
    rewriter.eraseOp(write);
  }

private:
  static Type typeOf(Type type, Type element) {
    auto vector = dyn_cast<VectorType>(type);
    return vector ? vector.clone(element) : element;
  }

  Value toBytes(Value booleans) {
    return arith::ExtUIOp::create(rewriter, booleans.getLoc(),
                                  typeOf(booleans.getType(), byte), booleans);
  }

  /// The same buffer: to LLVM both are one pointer.
  Operation *cloneOnBytes(Operation *access, OpOperand &base) {
    auto type = cast<MemRefType>(base.get().getType());
    auto view = UnrealizedConversionCastOp::create(
        rewriter, access->getLoc(),
        TypeRange{MemRefType::get(type.getShape(), byte, type.getLayout(),
                                  type.getMemorySpace())},
        ValueRange{base.get()});
    Operation *clone = rewriter.clone(*access);
    clone->setOperand(base.getOperandNumber(), view.getResult(0));
    return clone;
  }

  IRRewriter rewriter;
  Type byte;
};

} // namespace

void storeBooleansAsBytes(func::FuncOp function) {
  BooleanRewriter rewriter(function.getContext());
  function.walk([&](Operation *op) {
    if (auto read = dyn_cast<vector::TransferReadOp>(op)) {
      if (BooleanRewriter::isBoolean(read.getBase()))
        rewriter.rewriteRead(read, read.getBaseMutable(),
                             &read.getPaddingMutable());
    } else if (auto write = dyn_cast<vector::TransferWriteOp>(op)) {
      if (BooleanRewriter::isBoolean(write.getBase()))
        rewriter.rewriteWrite(write, write.getBaseMutable(),
                              write.getValueToStoreMutable());
    } else if (auto load = dyn_cast<vector::LoadOp>(op)) {
      if (BooleanRewriter::isBoolean(load.getBase()))
        rewriter.rewriteRead(load, load.getBaseMutable(), nullptr);
    } else if (auto store = dyn_cast<vector::StoreOp>(op)) {
      if (BooleanRewriter::isBoolean(store.getBase()))
        rewriter.rewriteWrite(store, store.getBaseMutable(),
                              store.getValueToStoreMutable());
    }
  });
}

} // namespace chameleon
