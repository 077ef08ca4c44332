//===- MemoryPlan.cpp - buffers with static shapes share one piece of memory
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryPlan.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <map>
#include <numeric>

using namespace mlir;

namespace chameleon {

/// A cache line, and the widest vector.
static constexpr int64_t alignment = 64;

MemoryPlan planBuffers(ArrayRef<BufferLifetime> buffers) {
  MemoryPlan plan;
  plan.offsets.assign(buffers.size(), 0);
  SmallVector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::make_pair(-buffers[a].bytes, a) <
           std::make_pair(-buffers[b].bytes, b);
  });
  auto rounded = [&](size_t i) {
    return static_cast<int64_t>(llvm::alignTo(buffers[i].bytes, alignment));
  };
  SmallVector<size_t> placed; // by offset
  for (size_t buffer : order) {
    int64_t best = -1, bestGap = std::numeric_limits<int64_t>::max(), end = 0;
    for (size_t other : placed) {
      if (buffers[other].last < buffers[buffer].first ||
          buffers[buffer].last < buffers[other].first)
        continue;
      int64_t gap = plan.offsets[other] - end;
      if (gap >= rounded(buffer) && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = std::max(end, plan.offsets[other] + rounded(other));
    }
    plan.offsets[buffer] = best < 0 ? end : best;
    plan.bytes = std::max(plan.bytes, plan.offsets[buffer] + rounded(buffer));
    placed.insert(llvm::upper_bound(placed, buffer,
                                    [&](size_t a, size_t b) {
                                      return plan.offsets[a] < plan.offsets[b];
                                    }),
                  buffer);
  }
  return plan;
}

namespace {

/// Who calls whom, and from where.
class Calls {
public:
  explicit Calls(ModuleOp module) {
    SymbolTableCollection tables;
    module.walk([&](func::CallOp call) {
      auto caller = call->getParentOfType<func::FuncOp>();
      auto callee = tables.lookupNearestSymbolFrom<func::FuncOp>(
          call, call.getCalleeAttr());
      if (!caller || !callee)
        return;
      callees[caller].insert(callee);
      if (call->getParentOfType<scf::ForallOp>() ||
          call->getParentOfType<scf::ParallelOp>())
        shared.insert(callee);
    });
    for (Operation *function : llvm::to_vector(shared))
      markShared(function);
  }

  /// The longest chain of calls from here; nothing if the function may run
  /// while it runs.
  std::optional<unsigned> depth(Operation *function) {
    if (shared.contains(function))
      return std::nullopt;
    auto [known, isNew] = depths.try_emplace(function, std::nullopt);
    if (!isNew)
      return known->second; // nothing while it is on the path: recursion
    unsigned result = 0;
    for (Operation *callee : callees[function]) {
      // A callee in parallel loops keeps its own buffers and has no depth of
      // its own.
      std::optional<unsigned> below = depth(callee);
      if (!below && !shared.contains(callee))
        return std::nullopt;
      result = std::max(result, below ? *below + 1 : 0);
    }
    depths[function] = result;
    return result;
  }

private:
  void markShared(Operation *function) {
    for (Operation *callee : callees[function])
      if (shared.insert(callee))
        markShared(callee);
  }

  DenseMap<Operation *, SetVector<Operation *>> callees;
  SetVector<Operation *> shared;
  DenseMap<Operation *, std::optional<unsigned>> depths;
};

struct PlannedBlock {
  SmallVector<memref::AllocOp> allocations;
  MemoryPlan plan;
};

struct PlannedFunction {
  PlannedBlock body;
  unsigned depth;
};

} // namespace

/// The size in bytes of what can be placed; nothing for the rest.
static std::optional<int64_t> getStaticBytes(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() ||
      type.getMemorySpace() || !type.getElementType().isIntOrIndexOrFloat())
    return std::nullopt;
  return type.getNumElements() * getStorageBytes(type.getElementType());
}

/// The allocations in a block with their lifetimes in steps of its operations.
static PlannedBlock planBlock(Block &body, BufferViewFlowAnalysis &aliases) {
  PlannedBlock result;
  DenseMap<Operation *, int64_t> steps;
  for (Operation &operation : body)
    steps.try_emplace(&operation, steps.size());
  SmallVector<BufferLifetime> lifetimes;
  for (auto alloc : body.getOps<memref::AllocOp>()) {
    std::optional<int64_t> bytes = getStaticBytes(alloc);
    if (!bytes || alloc->use_empty())
      continue;
    BufferLifetime lifetime{*bytes, std::numeric_limits<int64_t>::max(), 0};
    bool escapes = false;
    for (Value alias : aliases.resolve(alloc.getMemref()))
      for (Operation *user : alias.getUsers()) {
        Operation *ancestor = body.findAncestorOpInBlock(*user);
        escapes |= !ancestor || isa<func::ReturnOp, memref::DeallocOp>(user);
        if (!ancestor)
          continue;
        lifetime.first = std::min(lifetime.first, steps.lookup(ancestor));
        lifetime.last = std::max(lifetime.last, steps.lookup(ancestor));
      }
    if (escapes)
      continue;
    result.allocations.push_back(alloc);
    lifetimes.push_back(lifetime);
  }
  result.plan = planBuffers(lifetimes);
  return result;
}

/// Replaces allocations by parts of what `getMemory` makes where each was.
static void placeBuffers(PlannedBlock &block, OpBuilder &builder,
                         function_ref<Value(Location)> getMemory) {
  for (auto [alloc, offset] :
       llvm::zip_equal(block.allocations, block.plan.offsets)) {
    builder.setInsertionPoint(alloc);
    Value memory = getMemory(alloc.getLoc());
    Value start =
        arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset);
    Value view = memref::ViewOp::create(
        builder, alloc.getLoc(), alloc.getType(), memory, start, ValueRange());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }
}

void planMemory(ModuleOp module) {
  Calls calls(module);
  SmallVector<PlannedFunction> functions;
  std::map<unsigned, int64_t> bytes; // of the arena of each depth
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration() || !function.getBody().hasOneBlock())
      continue;
    if (std::optional<unsigned> depth = calls.depth(function)) {
      BufferViewFlowAnalysis aliases(function);
      PlannedBlock body = planBlock(function.getBody().front(), aliases);
      if (!body.allocations.empty())
        bytes[*depth] = std::max(bytes[*depth], body.plan.bytes);
      functions.push_back({std::move(body), *depth});
    }
  }
  SymbolTable symbols(module);
  std::map<unsigned, memref::GlobalOp> arenas;
  OpBuilder builder(module.getContext());
  for (auto [depth, size] : bytes) {
    auto type = MemRefType::get({std::max<int64_t>(size, alignment)},
                                builder.getI8Type());
    auto arena = memref::GlobalOp::create(
        builder, module.getLoc(), "chameleon_arena_" + std::to_string(depth),
        builder.getStringAttr("private"), type, builder.getUnitAttr(),
        /*constant=*/false, builder.getI64IntegerAttr(alignment));
    symbols.insert(arena, module.getBody()->begin());
    arenas[depth] = arena;
  }
  for (PlannedFunction &function : functions)
    placeBuffers(function.body, builder, [&](Location location) -> Value {
      memref::GlobalOp arena = arenas[function.depth];
      return memref::GetGlobalOp::create(builder, location, arena.getType(),
                                         arena.getSymName());
    });
}

bool belongsToThread(memref::AllocOp alloc) {
  return isa<scf::ForallOp, scf::ParallelOp>(alloc->getParentOp()) &&
         getStaticBytes(alloc);
}

void planThreadMemory(func::FuncOp function) {
  SmallVector<Block *> bodies;
  function.walk([&](memref::AllocOp alloc) {
    if (belongsToThread(alloc) &&
        !llvm::is_contained(bodies, alloc->getBlock()))
      bodies.push_back(alloc->getBlock());
  });
  if (bodies.empty())
    return;
  BufferViewFlowAnalysis aliases(function);
  SmallVector<PlannedBlock> plans;
  for (Block *body : bodies)
    plans.push_back(planBlock(*body, aliases));
  OpBuilder builder(function.getContext());
  for (auto [body, plan] : llvm::zip_equal(bodies, plans)) {
    if (plan.allocations.empty())
      continue;
    Location location = function.getLoc();
    builder.setInsertionPointToStart(body);
    Value memory = memref::AllocOp::create(
        builder, location,
        MemRefType::get({std::max(plan.plan.bytes, alignment)},
                        builder.getI8Type()),
        builder.getI64IntegerAttr(alignment));
    builder.setInsertionPoint(body->getTerminator());
    memref::DeallocOp::create(builder, location, memory);
    placeBuffers(plan, builder, [&](Location) { return memory; });
  }
}

} // namespace chameleon
