//===- KernelBuilder.cpp - integers, addresses and memory inside of GPU kernels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Divisions have 32 bits where that is enough, since 64 take ten times as long;
// offsets have 64, so that constants end up in the addresses of instructions.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/KernelBuilder.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

std::string chameleon::checkCount(int64_t count, StringRef what) {
  return count <= mostPositions
             ? ""
             : llvm::formatv("has {0} {1}, expected at most {2}", count, what,
                             mostPositions)
                   .str();
}

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
  if (position.value && !position.value.getType().isIndex())
    position.value = b.createOrFold<arith::IndexCastOp>(loc, b.getIndexType(),
                                                        position.value);
  return position;
}

Int KernelBuilder::toWord(Int position) {
  if (position.value && position.value.getType().isIndex())
    position.value =
        b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), position.value);
  return position;
}

Value KernelBuilder::index(Int offset) {
  return offset.value ? materialize(offset)
                      : makeConstant(b, loc, b.getIndexType(), offset.constant);
}

Int KernelBuilder::fromIndex(Value index) {
  return Int(b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), index));
}

Int KernelBuilder::fromIndex(Value index, int64_t count) {
  return count <= mostPositions ? fromIndex(index) : Int(index);
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
      if (coefficient != 0)
        position = add(position, mul(toWord(here), coefficient));
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
  int64_t bytes = getStorageBytes(element) * lanes;
  return vector::LoadOp::create(b, loc, VectorType::get({lanes}, element), line,
                                offset, /*nontemporal=*/false,
                                llvm::MaybeAlign(bytes));
}

void KernelBuilder::store(Value vector, Value line, Value offset) {
  auto type = cast<VectorType>(vector.getType());
  int64_t bytes =
      getStorageBytes(type.getElementType()) * type.getNumElements();
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

Value KernelBuilder::sum(Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::AddFOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

// The hardware exchanges registers of 32 bits.
Value KernelBuilder::exchange(Value scalar, int64_t distance) {
  Type type = scalar.getType();
  if (type.isIndex())
    return arith::IndexCastOp::create(
        b, loc, type,
        exchange(arith::IndexCastOp::create(b, loc, b.getI64Type(), scalar),
                 distance));
  unsigned bits = type.getIntOrFloatBitWidth();
  if (bits == 32)
    return hooks.shuffle(b, loc, scalar, distance);
  Type whole = b.getIntegerType(bits), word = b.getI32Type();
  Value integer = isa<FloatType>(type)
                      ? arith::BitcastOp::create(b, loc, whole, scalar)
                      : scalar;
  if (bits < 32) {
    integer = arith::TruncIOp::create(
        b, loc, whole,
        exchange(arith::ExtUIOp::create(b, loc, word, integer), distance));
  } else {
    Value result, width = makeConstant(b, loc, whole, 32);
    for (unsigned done = 0; done < bits; done += 32) {
      Value part =
          exchange(arith::TruncIOp::create(b, loc, word, integer), distance);
      part = arith::ExtUIOp::create(b, loc, whole, part);
      if (done != 0)
        part = arith::ShLIOp::create(b, loc, part,
                                     makeConstant(b, loc, whole, done));
      result = result ? arith::OrIOp::create(b, loc, result, part) : part;
      integer = arith::ShRUIOp::create(b, loc, integer, width);
    }
    integer = result;
  }
  return isa<FloatType>(type) ? arith::BitcastOp::create(b, loc, type, integer)
                              : integer;
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Value KernelBuilder::cloneBody(
    linalg::LinalgOp op, IRMapping &mapping, int64_t width,
    llvm::function_ref<Value(Operation &)> computeOther) {
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (Value other = computeOther ? computeOther(inner) : Value()) {
      mapping.map(inner.getResult(0), other);
      continue;
    }
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
                                     hooks.getSharedSpace(b.getContext())));
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
