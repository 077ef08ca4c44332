//===- Epilogue.cpp - what follows the reduction of a kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace chameleon;

EpilogueBuilder::EpilogueBuilder(KernelBuilder &kernel, const KernelTask &task,
                                 Group batch, Group rows, Group columns)
    : kernel(kernel), task(task), batch(std::move(batch)),
      rows(std::move(rows)), columns(std::move(columns)) {
  lanes = task.destination.getLanes(task.sizes, this->columns,
                                    {&this->batch, &this->rows});
  for (unsigned loop : this->rows)
    rowCount *= task.sizes[loop];
  for (unsigned loop : this->columns)
    columnCount *= task.sizes[loop];
}

EpilogueBuilder::Operand EpilogueBuilder::makeOperand(const Access &access) {
  Operand operand{&access, {}, {}, {}, {}, {}};
  operand.rowRuns = access.getRuns(task.sizes, rows);
  operand.columnRuns = access.getRuns(task.sizes, columns);
  operand.isVector =
      access.getLanes(task.sizes, columns, {&batch, &rows}) >= lanes;
  operand.isUniform = llvm::all_of(
      columns, [&](unsigned loop) { return access.strides[loop] == 0; });
  operand.buffer = task.getBuffer(kernel.b, access, /*isRead=*/true);
  return operand;
}

void EpilogueBuilder::createBuffers() {
  for (const EpilogueStep &step : task.epilogue)
    for (const std::optional<Access> &access : step.accesses)
      if (access)
        operands.push_back(makeOperand(*access));
  if (task.initialTensor)
    initial = makeOperand(*task.initialTensor);
  destinationBuffer =
      task.getBuffer(kernel.b, task.destination, /*isRead=*/false);
  destination.access = &task.destination;
  destination.buffer = destinationBuffer;
  destination.rowRuns = task.destination.getRuns(task.sizes, rows);
  destination.columnRuns = task.destination.getRuns(task.sizes, columns);
}

void EpilogueBuilder::openKernel(Int batchIndex) {
  auto open = [&](Operand &operand) {
    operand.line = kernel.flatten(operand.buffer);
    operand.batch = kernel.add(
        KernelBuilder::start(*operand.access),
        kernel.place(operand.access->getRuns(task.sizes, batch), batchIndex));
  };
  for (Operand &operand : operands)
    open(operand);
  if (initial)
    open(*initial);
  open(destination);
}

Place EpilogueBuilder::placeOf(const Operand &operand, Int row, Int column) {
  return kernel.add(
      kernel.add(operand.batch, kernel.place(operand.rowRuns, row)),
      kernel.place(operand.columnRuns, column));
}

Value EpilogueBuilder::read(const Operand &operand, Int row, Int column,
                            int64_t width) {
  auto at = [&](Int column) {
    return kernel.index(placeOf(operand, row, column).offset);
  };
  if (operand.isVector)
    return kernel.load(operand.line, at(column), width);
  if (operand.isUniform)
    return kernel.splat(
        kernel.elementOf(kernel.load(operand.line, at(column), 1), 0), width);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < width; ++lane)
    elements.push_back(kernel.elementOf(
        kernel.load(operand.line, at(kernel.add(column, lane)), 1), 0));
  return vector::FromElementsOp::create(
      kernel.b, kernel.loc,
      VectorType::get({width}, elements.front().getType()), elements);
}

Value EpilogueBuilder::compute(Value vector, Int row, Int column,
                               int64_t width) {
  OpBuilder &b = kernel.b;
  Operation *combiner =
      task.anchor.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
  auto add = [&](Value other) -> Value {
    if (isa_and_nonnull<arith::OrIOp>(combiner))
      return arith::OrIOp::create(b, kernel.loc, vector, other);
    return kernel.sum(vector, other);
  };
  if (initial)
    vector = add(read(*initial, row, column, width));
  if (task.initialConstant && !isZero(task.initialConstant))
    vector = add(arith::ConstantOp::create(
        b, kernel.loc,
        DenseElementsAttr::get(cast<ShapedType>(vector.getType()),
                               task.initialConstant)));
  unsigned next = 0;
  for (const EpilogueStep &step : task.epilogue) {
    IRMapping mapping;
    linalg::LinalgOp op = step.op;
    for (OpOperand &operand : op->getOpOperands()) {
      unsigned number = operand.getOperandNumber();
      BlockArgument argument = op.getMatchingBlockArgument(&operand);
      if (number == step.chained)
        mapping.map(argument, vector);
      else if (step.accesses[number])
        mapping.map(argument, read(operands[next++], row, column, width));
      else if (!isa<ShapedType>(operand.get().getType()))
        mapping.map(argument, kernel.splat(operand.get(), width));
    }
    vector = kernel.cloneBody(op, mapping, width);
  }
  return vector;
}

void EpilogueBuilder::emit(ArrayRef<SmallVector<Value>> vectors,
                           ArrayRef<Int> rowIndices,
                           ArrayRef<Int> columnIndices, int64_t width,
                           bool checkRows, bool checkColumns) {
  OpBuilder &b = kernel.b;
  int64_t part = std::min(width, lanes);
  for (auto [row, rowVectors] : llvm::zip_equal(rowIndices, vectors)) {
    Value rowExists = checkRows ? kernel.less(row, rowCount) : Value();
    // What does not exist is computed on the last row or column that does.
    Int safeRow = checkRows ? kernel.min(row, rowCount - 1) : row;
    for (auto [column, vector] : llvm::zip_equal(columnIndices, rowVectors)) {
      for (int64_t lane = 0; lane < width; lane += part) {
        Int first = kernel.add(column, lane);
        Value exists = kernel.both(
            rowExists,
            checkColumns ? kernel.less(first, columnCount) : Value());
        Int safeColumn =
            checkColumns ? kernel.min(first, columnCount - part) : first;
        Value values = vector;
        if (part != width)
          values = vector::ExtractStridedSliceOp::create(
              b, kernel.loc, vector, ArrayRef<int64_t>{lane},
              ArrayRef<int64_t>{part}, ArrayRef<int64_t>{1});
        values = compute(values, safeRow, safeColumn, part);
        OpBuilder::InsertionGuard guard(b);
        if (exists) {
          auto branch = scf::IfOp::create(b, kernel.loc, exists);
          b.setInsertionPointToStart(branch.thenBlock());
        }
        kernel.store(
            values, destination.line,
            kernel.index(placeOf(destination, safeRow, safeColumn).offset));
      }
    }
  }
}
