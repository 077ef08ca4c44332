//===- GPULoops.cpp - loops that move memory more than they compute
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elementwise operations, reductions, pooling and products with vectors move
// memory more than they compute: one thread computes a vector of results, or
// several threads share its reduction.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPULoops.h"
#include "Epilogue.h"
#include "GPURowChain.h"
#include "IndexedReads.h"
#include "chameleon/Kernels/NeutralElement.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

namespace {

constexpr int64_t mostUnrolled = 64;

class LoopsKernel {
public:
  LoopsKernel(RewriterBase &rewriter, const KernelTask &task,
              const GPULoopParameters &p, const GPUHooks &hooks)
      : b(rewriter), loc(task.anchor.getLoc()), kernel(rewriter, loc, hooks),
        limits(hooks.getLimits(task.anchor)), warp(limits.warpThreads),
        task(task), p(p), reads(kernel, this->task) {}

  /// Why it cannot be done; empty if it can.
  std::string analyze();
  Operation *build();

private:
  /// Whether threads can share the reduction; sets combiner and neutral.
  bool findCombiner();
  struct Input {
    const Access *access = nullptr;
    Value buffer, line;
    Place start;
    SmallVector<Run> columnRuns, depthRuns;
    bool isVector = false, isUniform = false;
  };
  Input makeInput(const Access &access);
  int64_t getBlocks() const {
    return llvm::divideCeil(columnCount / width, p.threads / p.sharing);
  }
  Value loadAt(const Input &input, const Place &place, int64_t lanes);
  Value read(const Input &input, Int column, Int step);
  /// The accumulators after one step of the reduction.
  Value computeStep(Int column, Int step, Value accumulators);
  Value reduce(Int column, Value initial);
  Value combine(Value x, Value y);
  /// The sum over the threads that share a reduction; whole in those of share
  /// 0.
  Value combineThreads(Value partial);

  RewriterBase &b;
  Location loc;
  KernelBuilder kernel;
  GPULimits limits;
  int64_t warp;
  KernelTask task;
  GPULoopParameters p;
  Group columns, depth;
  int64_t columnCount = 1, depthCount = 1, width = 1;
  Type element;
  Operation *combiner = nullptr; ///< in the body
  TypedAttr neutral;
  bool sharesAreNeighbours = false;
  std::optional<Access> initialTensor;
  Attribute initialConstant;
  SmallVector<Input, 0> inputs;
  std::optional<Input> initialInput;
  std::optional<EpilogueBuilder> epilogue;
  IndexedReads reads;
  Value shared;
  Int thread, share, item; ///< item: of the block's vectors
};

} // namespace

std::string GPULoopParameters::verify(const GPULimits &limits) const {
  if (threads > limits.blockThreads)
    return llvm::formatv("{0} threads, expected at most {1}", threads,
                         limits.blockThreads);
  if (sharing > threads || !llvm::isPowerOf2_64(sharing) ||
      threads % sharing != 0)
    return llvm::formatv("{0} threads share a reduction, expected a power of "
                         "two that divides {1}",
                         sharing, threads);
  if (threads % limits.warpThreads != 0)
    return llvm::formatv("{0} threads, expected whole warps of {1}", threads,
                         limits.warpThreads);
  return "";
}

bool LoopsKernel::findCombiner() {
  linalg::LinalgOp op = task.anchor;
  combiner = op.getBlock()->getTerminator()->getOperand(0).getDefiningOp();
  BlockArgument carried = op.getMatchingBlockArgument(op.getDpsInitOperand(0));
  if (depth.empty() || !combiner || combiner->getNumOperands() != 2 ||
      !carried.hasOneUse() || *carried.user_begin() != combiner)
    return false;
  std::optional<TypedAttr> found = findNeutralElement(combiner);
  if (found)
    neutral = *found;
  return found.has_value();
}

std::string LoopsKernel::analyze() {
  linalg::LinalgOp op = task.anchor;
  for (Operation &inner : op.getBlock()->without_terminator())
    if (std::string reason = IndexedReads::check(inner); !reason.empty())
      return reason;
  element = getElementTypeOrSelf(op->getResult(0).getType());
  for (unsigned loop = 0; loop < task.sizes.size(); ++loop) {
    if (task.sizes[loop] == 1)
      continue;
    bool isReduction = task.isReduction(loop);
    (isReduction ? depth : columns).push_back(loop);
    (isReduction ? depthCount : columnCount) *= task.sizes[loop];
  }
  llvm::sort(columns, [&](unsigned x, unsigned y) {
    return std::pair(-task.destination.strides[x], x) <
           std::pair(-task.destination.strides[y], y);
  });
  // Whether an element is padding is compared in 32 bits.
  for (const std::optional<Access> &input : task.inputs)
    for (auto [loop, size] : llvm::enumerate(task.sizes))
      if (input && input->isBounded(loop))
        if (std::string reason = checkCount(size, "positions in padding");
            !reason.empty())
          return reason;
  if (std::string reason = p.verify(limits); !reason.empty())
    return reason;
  // Vectors of results: as long as the result has them.
  width = task.destination.getLanes(task.sizes, columns, {});
  while (width > p.lanes)
    width /= 2;
  if (!findCombiner())
    p.sharing = 1;
  // So many results that a grid has no blocks left for sharing.
  while (p.sharing > 1 && !checkCount(getBlocks(), "blocks").empty())
    p.sharing /= 2;
  if (std::string reason = checkCount(getBlocks(), "blocks"); !reason.empty())
    return reason;
  // Neighbouring threads read neighbouring elements.
  auto isContiguous = [&](ArrayRef<unsigned> loops) {
    return llvm::any_of(task.inputs, [&](const std::optional<Access> &input) {
      return input && llvm::any_of(loops, [&](unsigned loop) {
               return input->strides[loop] == 1;
             });
    });
  };
  sharesAreNeighbours = isContiguous(depth) && !isContiguous(columns);
  // The reduction starts here, not in the epilogue.
  std::swap(initialTensor, task.initialTensor);
  std::swap(initialConstant, task.initialConstant);
  return "";
}

LoopsKernel::Input LoopsKernel::makeInput(const Access &access) {
  Input input;
  input.access = &access;
  input.columnRuns = access.getRuns(task.sizes, columns);
  input.depthRuns = access.getRuns(task.sizes, depth);
  input.isVector = !access.computed &&
                   access.getLanes(task.sizes, columns, {&depth}) >= width;
  input.isUniform =
      !access.computed && llvm::all_of(columns, [&](unsigned loop) {
        return access.strides[loop] == 0 && !access.isBounded(loop);
      });
  input.buffer = task.getBuffer(b, access, /*isRead=*/true);
  return input;
}

Value LoopsKernel::loadAt(const Input &input, const Place &place,
                          int64_t lanes) {
  Value exists = kernel.inBounds(*input.access, place);
  Value offset = kernel.index(place.offset);
  if (exists)
    offset = arith::SelectOp::create(b, loc, exists, offset, kernel.index(0));
  Value vector = kernel.load(input.line, offset, lanes);
  if (!exists)
    return vector;
  Value padding = arith::ConstantOp::create(
      b, loc,
      DenseElementsAttr::get(cast<ShapedType>(vector.getType()),
                             input.access->padding));
  return arith::SelectOp::create(b, loc, exists, vector, padding);
}

Value LoopsKernel::read(const Input &input, Int column, Int step) {
  Place base = kernel.add(input.start, kernel.place(input.depthRuns, step));
  auto at = [&](Int column) {
    return kernel.add(base, kernel.place(input.columnRuns, column));
  };
  if (input.isVector)
    return loadAt(input, at(column), width);
  if (input.isUniform)
    return kernel.splat(kernel.elementOf(loadAt(input, at(column), 1), 0),
                        width);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < width; ++lane) {
    Int here = kernel.add(column, lane);
    elements.push_back(input.access->computed
                           ? reads.load(*input.access, input.line, here, step)
                           : kernel.elementOf(loadAt(input, at(here), 1), 0));
  }
  return vector::FromElementsOp::create(
      b, loc, VectorType::get({width}, elements.front().getType()), elements);
}

Value LoopsKernel::computeStep(Int column, Int step, Value accumulators) {
  linalg::LinalgOp op = task.anchor;
  IRMapping mapping;
  unsigned next = 0;
  for (auto [number, operand] : llvm::enumerate(op.getDpsInputOperands())) {
    BlockArgument argument = op.getMatchingBlockArgument(operand);
    if (!task.inputs[number]) {
      mapping.map(argument, kernel.splat(operand->get(), width));
      continue;
    }
    const Input &input = inputs[next++];
    if (!argument.use_empty())
      mapping.map(argument, read(input, column, step));
  }
  if (accumulators)
    mapping.map(op.getMatchingBlockArgument(op.getDpsInitOperand(0)),
                accumulators);
  return kernel.cloneBody(op, mapping, width, [&](Operation &inner) {
    return reads.compute(inner, mapping, column, step, width);
  });
}

Value LoopsKernel::reduce(Int column, Value initial) {
  if (depth.empty())
    return computeStep(column, 0, initial);
  if (p.sharing == 1 && depthCount <= mostUnrolled) {
    for (int64_t step = 0; step < depthCount; ++step)
      initial = computeStep(column, step, initial);
    return initial;
  }
  auto loop = scf::ForOp::create(b, loc, kernel.index(kernel.toOffset(share)),
                                 kernel.index(depthCount),
                                 kernel.index(p.sharing), initial);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Int step = kernel.fromIndex(loop.getInductionVar(), depthCount);
  scf::YieldOp::create(b, loc,
                       computeStep(column, step, loop.getRegionIterArg(0)));
  return loop.getResult(0);
}

Value LoopsKernel::combine(Value x, Value y) {
  IRMapping mapping;
  mapping.map(combiner->getOperand(0), x);
  mapping.map(combiner->getOperand(1), y);
  Operation *clone = b.clone(*combiner, mapping);
  clone->getResult(0).setType(x.getType());
  return clone->getResult(0);
}

Value LoopsKernel::combineThreads(Value partial) {
  int64_t groups = p.sharing; ///< partial results left for each vector
  if (sharesAreNeighbours) {
    // Within a warp by shuffles.
    for (int64_t distance = std::min(p.sharing, warp) / 2; distance > 0;
         distance /= 2) {
      SmallVector<Value> elements;
      for (int64_t lane = 0; lane < width; ++lane)
        elements.push_back(
            kernel.exchange(kernel.elementOf(partial, lane), distance));
      partial = combine(
          partial, vector::FromElementsOp::create(
                       b, loc, cast<VectorType>(partial.getType()), elements));
    }
    groups = llvm::divideCeil(p.sharing, warp);
  }
  if (groups == 1)
    return partial;
  // [group][vector of the block], each of `width` elements.
  int64_t items = p.threads / p.sharing;
  Int group = sharesAreNeighbours ? kernel.div(share, warp) : share;
  auto slot = [&](Int group) {
    return kernel.index(kernel.mul(
        kernel.toOffset(kernel.add(kernel.mul(group, items), item)), width));
  };
  {
    OpBuilder::InsertionGuard guard(b);
    if (sharesAreNeighbours) {
      auto first =
          scf::IfOp::create(b, loc, kernel.less(kernel.rem(share, warp), 1));
      b.setInsertionPointToStart(first.thenBlock());
    }
    kernel.store(partial, shared, slot(group));
  }
  kernel.hooks.barrier(b, loc);
  for (int64_t other = 0; other < groups; ++other) {
    Value part = kernel.load(shared, slot(other), width);
    partial = other == 0 ? part : combine(partial, part);
  }
  return partial;
}

Operation *LoopsKernel::build() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(task.root);
  for (const std::optional<Access> &access : task.inputs)
    if (access)
      inputs.push_back(makeInput(*access));
  if (initialTensor)
    initialInput = makeInput(*initialTensor);
  epilogue.emplace(kernel, task, Group(), Group(), columns);
  epilogue->createBuffers();
  reads.createBuffers(columns, depth);
  int64_t items = p.threads / p.sharing;
  auto launch = kernel.createLaunch(
      getBlocks(), p.threads, p.sharing == 1 ? 0 : p.threads * width, element);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&launch.getBody().front());
    if (p.sharing != 1)
      shared = launch.getWorkgroupAttributions().front();
    thread = kernel.fromIndex(launch.getThreadIds().x);
    if (sharesAreNeighbours) {
      share = kernel.rem(thread, p.sharing);
      item = kernel.div(thread, p.sharing);
    } else {
      item = kernel.rem(thread, items);
      share = kernel.div(thread, items);
    }
    if (p.sharing == 1)
      share = 0;
    Int block = kernel.fromIndex(launch.getBlockIds().x, columnCount);
    bool isWide = block.value.getType().isIndex();
    Int column = kernel.mul(kernel.add(kernel.mul(block, items),
                                       isWide ? kernel.toOffset(item) : item),
                            width);
    bool isPartial = columnCount / width % items != 0;
    // Threads beyond the end repeat the last vector, and do not store it.
    Int safe = isPartial ? kernel.min(column, columnCount - width) : column;
    for (Input &input : inputs) {
      input.line = kernel.flatten(input.buffer);
      input.start = KernelBuilder::start(*input.access);
    }
    reads.openKernel();
    auto type = VectorType::get({width}, element);
    Value initial;
    if (initialInput) {
      initialInput->line = kernel.flatten(initialInput->buffer);
      initialInput->start = KernelBuilder::start(*initialInput->access);
      initial = read(*initialInput, safe, 0);
    } else if (initialConstant) {
      initial = arith::ConstantOp::create(
          b, loc, DenseElementsAttr::get(type, initialConstant));
    }
    Value result;
    if (p.sharing == 1) {
      result = reduce(safe, initial);
    } else {
      result = combineThreads(
          reduce(safe, arith::ConstantOp::create(
                           b, loc, DenseElementsAttr::get(type, neutral))));
      result = combine(initial, result);
      auto first = scf::IfOp::create(b, loc, kernel.less(share, 1));
      b.setInsertionPointToStart(first.thenBlock());
    }
    SmallVector<SmallVector<Value>> results = {{result}};
    epilogue->openKernel(0);
    epilogue->emit(results, {Int(0)}, {column}, width, /*checkRows=*/false,
                   isPartial);
  }
  task.finish(b, epilogue->getDestinationBuffer());
  return launch;
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

/// The chain that becomes one kernel with the task: more than a reduction and
/// what follows it.
static std::optional<RowChain> findChain(const KernelTask &task) {
  std::optional<RowChain> chain;
  if (isRowReduction(task.anchor))
    chain = RowChain::containing(task.anchor);
  if (chain && chain->operations.size() <= 1 + task.epilogue.size())
    chain.reset();
  return chain;
}

std::string chameleon::checkGPULoops(const KernelTask &task,
                                     const GPULoopParameters &p,
                                     const GPUHooks &hooks) {
  if (std::optional<RowChain> chain = findChain(task))
    return checkRowChain(*chain, p, hooks);
  IRRewriter rewriter(task.anchor->getContext());
  return LoopsKernel(rewriter, task, p, hooks).analyze();
}

std::string chameleon::lowerGPULoops(RewriterBase &rewriter,
                                     const KernelTask &task,
                                     const GPULoopParameters &p,
                                     const GPUHooks &hooks,
                                     SmallVectorImpl<Operation *> &launches) {
  if (std::optional<RowChain> chain = findChain(task))
    return lowerRowChain(rewriter, *chain, p, hooks, launches);
  LoopsKernel kernel(rewriter, task, p, hooks);
  std::string reason = kernel.analyze();
  if (reason.empty())
    launches.push_back(kernel.build());
  return reason;
}
