//===- KernelBuilder.cpp - addresses and epilogues inside of GPU kernels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Divisions have 32 bits, since 64 take ten times as long; offsets have 64, so
// that constants end up in the addresses of instructions.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/KernelBuilder.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

static Value makeConstant(OpBuilder &b, Location loc, Type type,
                          int64_t value) {
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, value));
}

Value KernelBuilder::materialize(Int x) {
  if (x.constant == 0)
    return x.value;
  return b.createOrFold<arith::AddIOp>(
      loc, x.value, makeConstant(b, loc, x.value.getType(), x.constant));
}

Int KernelBuilder::add(Int x, Int y) {
  Int sum(x.constant + y.constant);
  sum.value = !x.value   ? y.value
              : !y.value ? x.value
                         : b.createOrFold<arith::AddIOp>(loc, x.value, y.value);
  return sum;
}

Int KernelBuilder::mul(Int x, int64_t factor) {
  Int product(x.constant * factor);
  if (!x.value || factor == 0)
    return product;
  product.value =
      factor == 1
          ? x.value
          : b.createOrFold<arith::MulIOp>(
                loc, x.value, makeConstant(b, loc, x.value.getType(), factor));
  return product;
}

Int KernelBuilder::div(Int x, int64_t divisor) {
  if (!x.value)
    return x.constant / divisor;
  if (divisor == 1)
    return x;
  return Int(b.createOrFold<arith::DivUIOp>(
      loc, materialize(x), makeConstant(b, loc, x.value.getType(), divisor)));
}

Int KernelBuilder::rem(Int x, int64_t divisor) {
  if (!x.value)
    return x.constant % divisor;
  if (divisor == 1)
    return 0;
  return Int(b.createOrFold<arith::RemUIOp>(
      loc, materialize(x), makeConstant(b, loc, x.value.getType(), divisor)));
}

std::pair<Int, Int> KernelBuilder::divRem(Int x, int64_t bound,
                                          int64_t divisor) {
  int64_t quotient = x.constant / divisor, rest = x.constant % divisor;
  if (rest != 0 && (divisor % bound != 0 || rest % bound != 0))
    return {div(x, divisor), rem(x, divisor)};
  x.constant = 0;
  if (bound <= divisor)
    return {Int(quotient), add(x, rest)};
  return {add(div(x, divisor), quotient), rem(x, divisor)};
}

Int KernelBuilder::min(Int x, int64_t limit) {
  if (!x.value)
    return std::min(x.constant, limit);
  return Int(b.createOrFold<arith::MinUIOp>(
      loc, materialize(x), makeConstant(b, loc, x.value.getType(), limit)));
}

Int KernelBuilder::toOffset(Int position) {
  if (position.value)
    position.value = b.createOrFold<arith::IndexCastOp>(loc, b.getIndexType(),
                                                        position.value);
  return position;
}

Value KernelBuilder::index(Int offset) {
  return offset.value ? materialize(offset)
                      : makeConstant(b, loc, b.getIndexType(), offset.constant);
}

Value KernelBuilder::position(Int position) {
  return position.value
             ? materialize(position)
             : makeConstant(b, loc, b.getI32Type(), position.constant);
}

Value KernelBuilder::less(Int x, int64_t limit) {
  if (!x.value) {
    if (x.constant >= 0 && x.constant < limit)
      return {};
    return arith::ConstantOp::create(b, loc, b.getBoolAttr(false));
  }
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult,
                               materialize(x),
                               makeConstant(b, loc, x.value.getType(), limit));
}

Value KernelBuilder::both(Value x, Value y) {
  if (!x || !y)
    return x ? x : y;
  return arith::AndIOp::create(b, loc, x, y);
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

SmallVector<Run> KernelBuilder::getRuns(ArrayRef<int64_t> sizes,
                                        const Access &access,
                                        const Group &group) {
  SmallVector<Run> runs; // innermost first
  for (unsigned loop : llvm::reverse(group)) {
    Run run{sizes[loop], access.strides[loop], {}};
    for (const Bound &bound : access.bounds)
      run.bounds.push_back(bound.coefficients[loop]);
    if (!runs.empty() && !run.isBounded() && !runs.back().isBounded() &&
        run.stride == runs.back().stride * runs.back().size)
      runs.back().size *= run.size;
    else
      runs.push_back(run);
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

Place KernelBuilder::place(ArrayRef<Run> runs, Int linear) {
  Place result;
  if (!runs.empty())
    result.position.assign(runs.front().bounds.size(), Int());
  for (unsigned i = runs.size(); i-- > 0;) {
    Int here = i == 0 ? linear : rem(linear, runs[i].size);
    if (i != 0)
      linear = div(linear, runs[i].size);
    result.offset = add(result.offset, mul(toOffset(here), runs[i].stride));
    for (auto [position, coefficient] :
         llvm::zip_equal(result.position, runs[i].bounds))
      position = add(position, mul(here, coefficient));
  }
  return result;
}

Place KernelBuilder::start(const Access &access) {
  Place result;
  result.offset = access.offset;
  for (const Bound &bound : access.bounds)
    result.position.push_back(bound.constant);
  return result;
}

Place KernelBuilder::add(const Place &x, const Place &y) {
  Place result = x;
  result.offset = add(x.offset, y.offset);
  for (unsigned i = 0; i < result.position.size() && i < y.position.size(); ++i)
    result.position[i] = add(x.position[i], y.position[i]);
  return result;
}

Value KernelBuilder::inBounds(const Access &access, const Place &place) {
  Value result;
  for (auto [bound, position] : llvm::zip(access.bounds, place.position))
    result = both(result, less(position, bound.size));
  return result;
}

int64_t KernelBuilder::getLanes(ArrayRef<int64_t> sizes, const Access &access,
                                const Group &group,
                                ArrayRef<const Group *> others) {
  SmallVector<Run> runs = getRuns(sizes, access, group);
  if (runs.empty() || runs.back().stride != 1 || runs.back().isBounded())
    return 1;
  int64_t bytes = access.getElementType().getIntOrFloatBitWidth() / 8;
  int64_t lanes = std::max<int64_t>(16 / bytes, 1);
  auto limit = [&](int64_t value) {
    while (value % lanes != 0)
      lanes /= 2;
  };
  // The last vector of a line may end in the zeros behind it.
  if (access.slack == 0 || group.size() != 1)
    limit(runs.back().size);
  limit(access.offset);
  for (const Run &run : ArrayRef<Run>(runs).drop_back())
    limit(run.stride);
  for (const Group *other : others)
    for (unsigned loop : *other)
      limit(access.strides[loop]);
  return lanes;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value KernelBuilder::flatten(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto line = MemRefType::get({type.getNumElements()}, type.getElementType());
  return memref::ReinterpretCastOp::create(
      b, loc, line, buffer, /*offset=*/0,
      ArrayRef<int64_t>{type.getNumElements()}, ArrayRef<int64_t>{1});
}

Value KernelBuilder::load(Value line, Value offset, int64_t lanes) {
  Type element = cast<MemRefType>(line.getType()).getElementType();
  int64_t bytes = element.getIntOrFloatBitWidth() / 8 * lanes;
  return vector::LoadOp::create(b, loc, VectorType::get({lanes}, element), line,
                                offset, /*nontemporal=*/false,
                                llvm::MaybeAlign(bytes));
}

void KernelBuilder::store(Value vector, Value line, Value offset) {
  auto type = cast<VectorType>(vector.getType());
  int64_t bytes = type.getElementTypeBitWidth() / 8 * type.getNumElements();
  vector::StoreOp::create(b, loc, vector, line, offset, /*nontemporal=*/false,
                          llvm::MaybeAlign(bytes));
}

Value KernelBuilder::zero(Type type) {
  return arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
}

Value KernelBuilder::splat(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(
      b, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value KernelBuilder::elementOf(Value vector, int64_t lane) {
  return vector::ExtractOp::create(b, loc, vector, lane);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value KernelBuilder::cloneBody(linalg::LinalgOp op, IRMapping &mapping,
                               int64_t width) {
  for (Operation &inner : op.getBlock()->without_terminator()) {
    for (Value value : inner.getOperands())
      if (!mapping.contains(value))
        mapping.map(value, splat(value, width));
    Operation *clone = b.clone(inner, mapping);
    if (inner.hasTrait<OpTrait::ConstantLike>()) {
      mapping.map(inner.getResult(0), splat(clone->getResult(0), width));
      continue;
    }
    for (OpResult result : clone->getResults())
      result.setType(VectorType::get({width}, result.getType()));
  }
  Value yielded = op.getBlock()->getTerminator()->getOperand(0);
  return mapping.contains(yielded) ? mapping.lookup(yielded)
                                   : splat(yielded, width);
}

gpu::LaunchOp KernelBuilder::createLaunch(int64_t blocks, int64_t threads,
                                          int64_t sharedElements, Type element,
                                          int64_t cluster) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value one = constant(1);
  SmallVector<Type> memory;
  if (sharedElements != 0)
    memory.push_back(MemRefType::get({sharedElements}, element,
                                     MemRefLayoutAttrInterface(),
                                     b.getI64IntegerAttr(3)));
  Value clusterX, single;
  if (cluster > 1) {
    clusterX = constant(cluster);
    single = one;
  }
  auto launch = gpu::LaunchOp::create(
      b, loc, constant(blocks), one, one, constant(threads), one, one,
      /*dynamicSharedMemorySize=*/Value(), /*asyncTokenType=*/Type(),
      /*asyncDependencies=*/ValueRange(), memory,
      /*privateAttributions=*/TypeRange(), clusterX, single, single);
  OpBuilder::InsertionGuard guard(b);
  Block &body = launch.getBody().front();
  // Upstream's builder forgets the arguments of clusters.
  unsigned attributions = memory.size();
  while (body.getNumArguments() <
         launch.getNumConfigRegionAttributes() + attributions)
    body.insertArgument(body.getNumArguments() - attributions, b.getIndexType(),
                        loc);
  b.setInsertionPointToStart(&body);
  gpu::TerminatorOp::create(b, loc);
  return launch;
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

// Release and acquire are what these do unless told otherwise.
void KernelBuilder::arriveInCluster() {
  NVVM::ClusterArriveOp::create(b, loc, b.getUnitAttr());
}

void KernelBuilder::waitForCluster() {
  NVVM::ClusterWaitOp::create(b, loc, b.getUnitAttr());
}

// There is no memref of another block's memory: from here on it is a pointer.
Value KernelBuilder::sharedOf(Value shared, int64_t member) {
  Value address = arith::IndexCastOp::create(
      b, loc, b.getI64Type(),
      memref::ExtractAlignedPointerAsIndexOp::create(b, loc, shared));
  auto here = LLVM::LLVMPointerType::get(
           b.getContext(),
           static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared)),
       there = LLVM::LLVMPointerType::get(
           b.getContext(),
           static_cast<unsigned>(NVVM::NVVMMemorySpace::SharedCluster));
  return NVVM::MapaOp::create(b, loc, there,
                              LLVM::IntToPtrOp::create(b, loc, here, address),
                              makeConstant(b, loc, b.getI32Type(), member));
}

Value KernelBuilder::loadShared(Value pointer, Value offset, Type element,
                                int64_t lanes) {
  Value position = arith::IndexCastOp::create(b, loc, b.getI64Type(), offset);
  Value address =
      LLVM::GEPOp::create(b, loc, pointer.getType(), element, pointer,
                          ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(position)});
  unsigned bytes = element.getIntOrFloatBitWidth() / 8 * lanes;
  return LLVM::LoadOp::create(b, loc, VectorType::get({lanes}, element),
                              address, bytes);
}

//===----------------------------------------------------------------------===//
// Epilogue
//===----------------------------------------------------------------------===//

EpilogueBuilder::EpilogueBuilder(KernelBuilder &kernel, const KernelTask &task,
                                 Group batch, Group rows, Group columns)
    : kernel(kernel), task(task), batch(std::move(batch)),
      rows(std::move(rows)), columns(std::move(columns)) {
  lanes = KernelBuilder::getLanes(task.sizes, task.destination, this->columns,
                                  {&this->batch, &this->rows});
  for (unsigned loop : this->rows)
    rowCount *= task.sizes[loop];
  for (unsigned loop : this->columns)
    columnCount *= task.sizes[loop];
}

EpilogueBuilder::Operand EpilogueBuilder::makeOperand(const Access &access) {
  Operand operand{&access, {}, {}, {}, {}, {}};
  operand.rowRuns = KernelBuilder::getRuns(task.sizes, access, rows);
  operand.columnRuns = KernelBuilder::getRuns(task.sizes, access, columns);
  operand.isVector = KernelBuilder::getLanes(task.sizes, access, columns,
                                             {&batch, &rows}) >= lanes;
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
  destination.rowRuns =
      KernelBuilder::getRuns(task.sizes, task.destination, rows);
  destination.columnRuns =
      KernelBuilder::getRuns(task.sizes, task.destination, columns);
}

void EpilogueBuilder::openKernel(Int batchIndex) {
  auto open = [&](Operand &operand) {
    operand.line = kernel.flatten(operand.buffer);
    operand.batch = kernel.add(
        KernelBuilder::start(*operand.access),
        kernel.place(KernelBuilder::getRuns(task.sizes, *operand.access, batch),
                     batchIndex));
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
  if (initial)
    vector = arith::AddFOp::create(b, kernel.loc, vector,
                                   read(*initial, row, column, width));
  if (auto constant = dyn_cast_or_null<FloatAttr>(task.initialConstant);
      constant && !constant.getValue().isZero())
    vector = arith::AddFOp::create(
        b, kernel.loc, vector,
        arith::ConstantOp::create(
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
