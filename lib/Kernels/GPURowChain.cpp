//===- GPURowChain.cpp - a chain of operations over rows as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neighbouring threads share a row and take vectors of it in turns. Elements
// are computed when a reduction or the end asks for them; every thread of a row
// knows the values of that row.
//
//===----------------------------------------------------------------------===//

#include "GPURowChain.h"
#include "RowMember.h"
#include "chameleon/Kernels/KernelBuilder.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

namespace {

constexpr int64_t mostKept = 64, mostLanes = 4;

/// What is read from outside the chain.
struct Input {
  Value tensor; ///< without reshapes
  int64_t offset = 0;
  SmallVector<Run> rowRuns, columnRuns;
  bool isVector = false;  ///< lanes are one after the other
  bool isUniform = false; ///< one element for each row
  Value buffer, line;
  Int start;       ///< of the row
  Value ofThisRow; ///< if uniform
};

/// A vector of a row, and what is known of its elements.
struct Slot {
  Int column;
  Value exists; ///< null: always
  llvm::DenseMap<Operation *, Value> values;
  llvm::DenseMap<unsigned, Value> inputs;
};

class RowChainKernel {
public:
  RowChainKernel(RewriterBase &rewriter, const RowChain &chain,
                 const GPULoopParameters &p, const GPUHooks &hooks)
      : b(rewriter), loc(chain.getAnchor().getLoc()),
        kernel(rewriter, loc, hooks),
        limits(hooks.getLimits(chain.getAnchor())), warp(limits.warpThreads),
        chain(chain), p(p) {}

  std::string analyze();
  Operation *build();

private:
  unsigned addInput(const RowMember &member, const Access &access);
  Value read(unsigned input, Slot &slot);
  Value widen(Value ofRow, int64_t lanes);
  /// What the operation computes from: elements of the slot (null: of the row).
  IRMapping mapInputs(const RowMember &member, Slot *slot);
  Value computeWhole(const RowMember &member, Slot &slot);
  Value computeReduction(const RowMember &member);
  /// Calls `body` with each slot of this thread and what it returned for the
  /// slot before; returns the last.
  Value forEachSlot(Value carried,
                    llvm::function_ref<Value(Slot &, Value)> body);
  Value combine(const RowMember &member, Value x, Value y);
  Value combineLanes(const RowMember &member, Value vector);
  Value combineThreads(const RowMember &member, Value partial);
  void store(Int row, Value rowExists);

  RewriterBase &b;
  Location loc;
  KernelBuilder kernel;
  GPULimits limits;
  int64_t warp;
  const RowChain &chain;
  GPULoopParameters p;
  SmallVector<RowMember, 0> members;
  llvm::DenseMap<Operation *, unsigned> memberOf;
  SmallVector<Input, 0> inputs;
  /// Of each operand of each member, which input it is.
  SmallVector<SmallVector<unsigned>> inputOf;
  int64_t width = 1, vectors = 1, numReductions = 0;
  Type element; ///< of reductions
  Operation *root = nullptr;
  Value destination, destinationLine, shared;
  Int share, item;
  llvm::DenseMap<Operation *, Value> rowValues;
  SmallVector<Slot, 0> slots; ///< kept; none: each is computed when needed
};

} // namespace

std::string RowChainKernel::analyze() {
  if (std::string reason = p.verify(limits); !reason.empty())
    return reason;
  if (std::string reason = checkCount(chain.rows, "rows"); !reason.empty())
    return reason;
  if (std::string reason = checkCount(chain.columns, "columns");
      !reason.empty())
    return reason;
  for (linalg::LinalgOp op : chain.operations) {
    std::optional<RowMember> member =
        RowMember::analyze(op, chain.rows, chain.columns);
    assert(member && "a chain consists of members");
    memberOf[op] = members.size();
    if (member->kind == RowMember::Kind::Reduction) {
      ++numReductions;
      Type here = getElementTypeOrSelf(op->getResult(0).getType());
      if (element && element != here)
        return "expects reductions of one type";
      element = here;
    }
    members.push_back(std::move(*member));
  }
  const RowMember &last = members.back();
  linalg::LinalgOp rootOp = last.op;
  OpOperand *init = rootOp.getDpsInitOperand(0);
  root = rootOp;
  Value own = init->get();
  if (auto fill = own.getDefiningOp<linalg::FillOp>())
    own = fill.getOutputs()[0];
  destination = findPlace(root, own);
  std::optional<Access> access = getAccess(
      destination, rootOp.getMatchingIndexingMap(init), last.sizes.size());
  if (!access || !access->bounds.empty())
    return "cannot address the result";
  width = mostLanes;
  while (width > p.lanes || chain.columns % width != 0)
    width /= 2;
  vectors = chain.columns / width;
  return "";
}

unsigned RowChainKernel::addInput(const RowMember &member,
                                  const Access &access) {
  Input input;
  input.tensor = withoutReshapes(access.tensor);
  input.offset = access.offset;
  input.rowRuns = access.getRuns(member.sizes, member.rows);
  input.columnRuns = access.getRuns(member.sizes, member.columns);
  input.isUniform = llvm::all_of(
      input.columnRuns, [](const Run &run) { return run.stride == 0; });
  input.isVector =
      access.getLanes(member.sizes, member.columns, {&member.rows}) >= width;
  auto equal = [](ArrayRef<Run> x, ArrayRef<Run> y) {
    return llvm::equal(x, y, [](const Run &a, const Run &b) {
      return a.size == b.size && a.stride == b.stride;
    });
  };
  for (auto [number, known] : llvm::enumerate(inputs))
    if (known.tensor == input.tensor && known.offset == input.offset &&
        equal(known.rowRuns, input.rowRuns) &&
        equal(known.columnRuns, input.columnRuns))
      return number;
  input.buffer = getBuffer(b, loc, input.tensor, /*isRead=*/true);
  inputs.push_back(std::move(input));
  return inputs.size() - 1;
}

Value RowChainKernel::read(unsigned number, Slot &slot) {
  Input &input = inputs[number];
  if (input.isUniform)
    return widen(input.ofThisRow, width);
  Value &known = slot.inputs[number];
  if (known)
    return known;
  auto load = [&](Int column, int64_t lanes) {
    Int offset =
        kernel.add(input.start, kernel.place(input.columnRuns, column).offset);
    return kernel.load(input.line, kernel.index(offset), lanes);
  };
  if (input.isVector)
    return known = load(slot.column, width);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < width; ++lane)
    elements.push_back(
        kernel.elementOf(load(kernel.add(slot.column, lane), 1), 0));
  return known = vector::FromElementsOp::create(
             b, loc, VectorType::get({width}, elements.front().getType()),
             elements);
}

Value RowChainKernel::widen(Value ofRow, int64_t lanes) {
  return lanes == 1 ? ofRow : kernel.splat(kernel.elementOf(ofRow, 0), lanes);
}

IRMapping RowChainKernel::mapInputs(const RowMember &member, Slot *slot) {
  IRMapping mapping;
  int64_t lanes = slot ? width : 1;
  ArrayRef<unsigned> numbers = inputOf[memberOf.lookup(member.op)];
  for (auto [number, operand] :
       llvm::enumerate(member.op.getDpsInputOperands())) {
    BlockArgument argument = member.op.getMatchingBlockArgument(operand);
    if (argument.use_empty())
      continue;
    Operation *producer = withoutReshapes(operand->get()).getDefiningOp();
    auto known = memberOf.find(producer);
    Value value;
    if (!member.inputs[number])
      value = kernel.splat(operand->get(), lanes);
    else if (known == memberOf.end())
      value = slot ? read(numbers[number], *slot)
                   : inputs[numbers[number]].ofThisRow;
    else if (members[known->second].kind == RowMember::Kind::Whole)
      value = computeWhole(members[known->second], *slot);
    else
      value = widen(rowValues.lookup(producer), lanes);
    mapping.map(argument, value);
  }
  return mapping;
}

Value RowChainKernel::computeWhole(const RowMember &member, Slot &slot) {
  if (Value known = slot.values.lookup(member.op))
    return known;
  IRMapping mapping = mapInputs(member, &slot);
  Value value = kernel.cloneBody(member.op, mapping, width);
  slot.values[member.op] = value;
  return value;
}

Value RowChainKernel::forEachSlot(
    Value carried, llvm::function_ref<Value(Slot &, Value)> body) {
  for (Slot &slot : slots)
    carried = body(slot, carried);
  if (!slots.empty())
    return carried;
  auto loop = scf::ForOp::create(b, loc, kernel.index(kernel.toOffset(share)),
                                 kernel.index(vectors), kernel.index(p.sharing),
                                 carried ? ValueRange(carried) : ValueRange());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Slot slot;
  slot.column = kernel.mul(kernel.fromIndex(loop.getInductionVar()), width);
  Value next = body(slot, carried ? loop.getRegionIterArg(0) : Value());
  if (!carried)
    return {};
  scf::YieldOp::create(b, loc, next);
  return loop.getResult(0);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

Value RowChainKernel::combine(const RowMember &member, Value x, Value y) {
  IRMapping mapping;
  mapping.map(member.combiner->getOperand(0), x);
  mapping.map(member.combiner->getOperand(1), y);
  Operation *clone = b.clone(*member.combiner, mapping);
  clone->getResult(0).setType(x.getType());
  return clone->getResult(0);
}

Value RowChainKernel::combineLanes(const RowMember &member, Value vector) {
  SmallVector<Value> parts;
  auto single = VectorType::get({1}, element);
  for (int64_t lane = 0; lane < width; ++lane)
    parts.push_back(vector::FromElementsOp::create(
        b, loc, single, kernel.elementOf(vector, lane)));
  for (; parts.size() > 1; parts.resize(parts.size() / 2))
    for (size_t i = 0; i < parts.size() / 2; ++i)
      parts[i] = combine(member, parts[i], parts[i + parts.size() / 2]);
  return parts.front();
}

/// As a butterfly within a warp, through shared memory among warps. Each
/// reduction has shared memory of its own, so that one barrier will do.
Value RowChainKernel::combineThreads(const RowMember &member, Value partial) {
  for (int64_t distance = std::min(p.sharing, warp) / 2; distance > 0;
       distance /= 2) {
    Value other = kernel.exchange(kernel.elementOf(partial, 0), distance);
    partial = combine(member, partial,
                      vector::FromElementsOp::create(
                          b, loc, cast<VectorType>(partial.getType()), other));
  }
  int64_t groups = llvm::divideCeil(p.sharing, warp);
  if (groups == 1)
    return partial;
  int64_t begin = numReductions++ * (p.threads / warp);
  auto slotOf = [&](Int group) {
    return kernel.index(kernel.add(
        kernel.toOffset(kernel.add(kernel.mul(item, groups), group)), begin));
  };
  {
    OpBuilder::InsertionGuard guard(b);
    auto first =
        scf::IfOp::create(b, loc, kernel.less(kernel.rem(share, warp), 1));
    b.setInsertionPointToStart(first.thenBlock());
    kernel.store(partial, shared, slotOf(kernel.div(share, warp)));
  }
  kernel.hooks.barrier(b, loc);
  for (int64_t group = 0; group < groups; ++group) {
    Value part = kernel.load(shared, slotOf(group), 1);
    partial = group == 0 ? part : combine(member, partial, part);
  }
  return partial;
}

Value RowChainKernel::computeReduction(const RowMember &member) {
  auto constant = [&](Attribute value, int64_t lanes) -> Value {
    return arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(VectorType::get({lanes}, element), value));
  };
  BlockArgument carried =
      member.op.getMatchingBlockArgument(member.op.getDpsInitOperand(0));
  Value sum = forEachSlot(
      constant(member.neutral, width), [&](Slot &slot, Value before) -> Value {
        IRMapping mapping = mapInputs(member, &slot);
        mapping.map(carried, before);
        Value after = kernel.cloneBody(member.op, mapping, width);
        return slot.exists
                   ? arith::SelectOp::create(b, loc, slot.exists, after, before)
                   : after;
      });
  sum = combineThreads(member, combineLanes(member, sum));
  return combine(member, constant(member.initial, 1), sum);
}

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

void RowChainKernel::store(Int row, Value rowExists) {
  const RowMember &last = members.back();
  auto storeIf = [&](Value exists, Value value, Int offset) {
    OpBuilder::InsertionGuard guard(b);
    if (exists) {
      auto branch = scf::IfOp::create(b, loc, exists);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    kernel.store(value, destinationLine, kernel.index(offset));
  };
  if (last.kind != RowMember::Kind::Whole) {
    storeIf(kernel.both(rowExists, kernel.less(share, 1)),
            rowValues.lookup(last.op), kernel.toOffset(row));
    return;
  }
  Int start = kernel.mul(kernel.toOffset(row), chain.columns);
  forEachSlot(Value(), [&](Slot &slot, Value) {
    storeIf(kernel.both(rowExists, slot.exists), computeWhole(last, slot),
            kernel.add(start, kernel.toOffset(slot.column)));
    return Value();
  });
}

Operation *RowChainKernel::build() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(root);
  for (const RowMember &member : members) {
    SmallVector<unsigned> &numbers = inputOf.emplace_back();
    for (auto [number, access] : llvm::enumerate(member.inputs)) {
      bool isOutside =
          access &&
          !memberOf.contains(
              withoutReshapes(member.op->getOperand(number)).getDefiningOp());
      numbers.push_back(isOutside ? addInput(member, *access) : 0);
    }
  }
  Value buffer = getBuffer(b, loc, destination, /*isRead=*/false);
  int64_t rowsOfBlock = p.threads / p.sharing;
  bool usesShared = p.sharing > warp;
  auto launch = kernel.createLaunch(
      llvm::divideCeil(chain.rows, rowsOfBlock), p.threads,
      usesShared ? numReductions * (p.threads / warp) : 0, element);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&launch.getBody().front());
    if (usesShared)
      shared = launch.getWorkgroupAttributions().front();
    numReductions = 0;
    Int thread = kernel.fromIndex(launch.getThreadIds().x);
    share = kernel.rem(thread, p.sharing);
    item = kernel.div(thread, p.sharing);
    Int row = kernel.add(
        kernel.mul(kernel.fromIndex(launch.getBlockIds().x), rowsOfBlock),
        item);
    bool isPartial = chain.rows % rowsOfBlock != 0;
    Value rowExists = isPartial ? kernel.less(row, chain.rows) : Value();
    // Threads beyond the last row compute it again, and do not store it.
    if (isPartial)
      row = kernel.min(row, chain.rows - 1);
    for (Input &input : inputs) {
      input.line = kernel.flatten(input.buffer);
      input.start = kernel.add(Int(input.offset),
                               kernel.place(input.rowRuns, row).offset);
      if (input.isUniform)
        input.ofThisRow = kernel.load(input.line, kernel.index(input.start), 1);
    }
    destinationLine = kernel.flatten(buffer);
    int64_t count = llvm::divideCeil(vectors, p.sharing);
    if (count * width <= mostKept)
      for (int64_t number = 0; number < count; ++number) {
        Slot &slot = slots.emplace_back();
        Int vector = kernel.add(share, number * p.sharing);
        if ((number + 1) * p.sharing > vectors) {
          slot.exists = kernel.less(vector, vectors);
          vector = kernel.min(vector, vectors - 1);
        }
        slot.column = kernel.mul(vector, width);
      }
    for (const RowMember &member : members) {
      if (member.kind == RowMember::Kind::Reduction) {
        rowValues[member.op] = computeReduction(member);
      } else if (member.kind == RowMember::Kind::Row) {
        IRMapping mapping = mapInputs(member, nullptr);
        rowValues[member.op] = kernel.cloneBody(member.op, mapping, 1);
      }
    }
    store(row, rowExists);
  }
  SmallVector<Operation *> operations(chain.operations.begin(),
                                      chain.operations.end());
  replaceByBuffer(b, root, buffer, operations);
  return launch;
}

std::string chameleon::checkRowChain(const RowChain &chain,
                                     const GPULoopParameters &p,
                                     const GPUHooks &hooks) {
  IRRewriter rewriter(chain.getAnchor()->getContext());
  return RowChainKernel(rewriter, chain, p, hooks).analyze();
}

std::string chameleon::lowerRowChain(RewriterBase &rewriter,
                                     const RowChain &chain,
                                     const GPULoopParameters &p,
                                     const GPUHooks &hooks,
                                     SmallVectorImpl<Operation *> &launches) {
  RowChainKernel kernel(rewriter, chain, p, hooks);
  std::string reason = kernel.analyze();
  if (reason.empty())
    launches.push_back(kernel.build());
  return reason;
}
