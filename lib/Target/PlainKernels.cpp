//===- PlainKernels.cpp - one kernel for each structured operation
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parallel loops become one linear index of 32 bits where that is enough;
// the reduction loops carry the results in registers.
//
//===----------------------------------------------------------------------===//

#include "PlainKernels.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace {

constexpr int64_t threadsOfBlock = 256;

class PlainKernel {
public:
  explicit PlainKernel(linalg::LinalgOp op)
      : op(op), loc(op.getLoc()), builder(op), sizes(op.getStaticLoopRanges()) {
  }
  LogicalResult build();

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }
  /// Sets the variables of the parallel loops from the number of the element.
  void delinearize(Value element, int64_t elements);
  Value load(OpOperand &operand);
  SmallVector<Value> indicesOf(OpOperand &operand);
  /// The body of the operation, on `results` in the place of what it writes.
  SmallVector<Value> compute(ArrayRef<Value> results);
  SmallVector<Value> reduce(ArrayRef<unsigned> loops, ArrayRef<Value> results);

  linalg::LinalgOp op;
  Location loc;
  OpBuilder builder;
  SmallVector<int64_t> sizes;
  SmallVector<Value> variables;
};

} // namespace

void PlainKernel::delinearize(Value element, int64_t elements) {
  // Divisions of 64 bits are slow.
  Type type =
      llvm::isInt<32>(elements) ? builder.getI32Type() : builder.getI64Type();
  Value rest = arith::IndexCastUIOp::create(builder, loc, type, element);
  for (unsigned loop = sizes.size(); loop-- > 0;) {
    if (linalg::isReductionIterator(op.getIteratorTypesArray()[loop]))
      continue;
    Value size = arith::ConstantOp::create(
        builder, loc, builder.getIntegerAttr(type, sizes[loop]));
    Value position = arith::RemUIOp::create(builder, loc, rest, size);
    rest = arith::DivUIOp::create(builder, loc, rest, size);
    variables[loop] = arith::IndexCastUIOp::create(
        builder, loc, builder.getIndexType(), position);
  }
}

SmallVector<Value> PlainKernel::indicesOf(OpOperand &operand) {
  SmallVector<OpFoldResult> loops(variables.begin(), variables.end());
  SmallVector<Value> indices;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (unsigned i = 0; i < map.getNumResults(); ++i)
    indices.push_back(getValueOrCreateConstantIndexOp(
        builder, loc,
        affine::makeComposedFoldedAffineApply(builder, loc, map.getSubMap({i}),
                                              loops)));
  return indices;
}

Value PlainKernel::load(OpOperand &operand) {
  if (!isa<MemRefType>(operand.get().getType()))
    return operand.get();
  return memref::LoadOp::create(builder, loc, operand.get(),
                                indicesOf(operand));
}

SmallVector<Value> PlainKernel::compute(ArrayRef<Value> results) {
  Block *body = op.getBlock();
  IRMapping mapping;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (op.isDpsInit(&operand))
      mapping.map(argument,
                  results[operand.getOperandNumber() - op.getNumDpsInputs()]);
    else if (!argument.use_empty())
      mapping.map(argument, load(operand));
  }
  for (Operation &inner : body->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      mapping.map(index.getResult(), variables[index.getDim()]);
    else
      builder.clone(inner, mapping);
  }
  return llvm::map_to_vector(
      body->getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

SmallVector<Value> PlainKernel::reduce(ArrayRef<unsigned> loops,
                                       ArrayRef<Value> results) {
  if (loops.empty())
    return compute(results);
  auto loop =
      scf::ForOp::create(builder, loc, constant(0),
                         constant(sizes[loops.front()]), constant(1), results);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  variables[loops.front()] = loop.getInductionVar();
  SmallVector<Value> carried(loop.getRegionIterArgs());
  scf::YieldOp::create(builder, loc, reduce(loops.drop_front(), carried));
  return SmallVector<Value>(loop.getResults());
}

LogicalResult PlainKernel::build() {
  if (llvm::any_of(sizes, ShapedType::isDynamic))
    return op->emitError("has a dynamic size, expected static shapes");
  int64_t elements = 1;
  SmallVector<unsigned> reductions;
  for (auto [loop, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (linalg::isReductionIterator(iterator))
      reductions.push_back(loop);
    else
      elements *= sizes[loop];
  }
  if (elements == 0) {
    op->erase();
    return success();
  }
  Value one = constant(1);
  auto launch = gpu::LaunchOp::create(
      builder, loc, constant(llvm::divideCeil(elements, threadsOfBlock)), one,
      one, constant(threadsOfBlock), one, one);
  builder.setInsertionPointToStart(&launch.getBody().front());
  variables.resize(sizes.size());
  Value element = arith::AddIOp::create(
      builder, loc,
      arith::MulIOp::create(builder, loc, launch.getBlockIds().x,
                            constant(threadsOfBlock)),
      launch.getThreadIds().x);
  Value inside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                       element, constant(elements));
  auto guard = scf::IfOp::create(builder, loc, inside);
  gpu::TerminatorOp::create(builder, loc);
  builder.setInsertionPointToStart(guard.thenBlock());
  delinearize(element, elements);
  // Loops carry results even where the body does not read them: of several
  // iterations the last one counts.
  SmallVector<Value> results;
  for (OpOperand &init : op.getDpsInitsMutable())
    results.push_back(reductions.empty() &&
                              op.getMatchingBlockArgument(&init).use_empty()
                          ? Value()
                          : load(init));
  results = reduce(reductions, results);
  for (auto [init, result] : llvm::zip_equal(op.getDpsInitsMutable(), results))
    memref::StoreOp::create(builder, loc, result, init.get(), indicesOf(init));
  op->erase();
  return success();
}

LogicalResult chameleon::buildPlainKernels(ModuleOp module) {
  SmallVector<memref::CopyOp> copies;
  module.walk([&](memref::CopyOp copy) { copies.push_back(copy); });
  for (memref::CopyOp copy : copies) {
    OpBuilder builder(copy);
    if (copy.getSource() != copy.getTarget())
      linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(),
                             copy.getTarget());
    copy.erase();
  }
  SmallVector<linalg::LinalgOp> operations;
  module.walk([&](linalg::LinalgOp op) {
    if (!op->getParentOfType<gpu::LaunchOp>())
      operations.push_back(op);
  });
  for (linalg::LinalgOp op : operations) {
    if (!op.hasPureBufferSemantics())
      return op->emitError("is on tensors, expected buffers");
    if (failed(PlainKernel(op).build()))
      return failure();
  }
  return success();
}
