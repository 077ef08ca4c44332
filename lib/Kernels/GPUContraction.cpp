//===- GPUContraction.cpp - a matrix product or convolution as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matrix products and convolutions are one kernel: rows and columns of the
// result are linear indices, and so are the steps of the reduction. A block
// computes a tile; operands come to shared memory by asynchronous copies,
// several steps ahead; a thread keeps its part of the tile in registers.
// Whatever lies beyond an end, in padding too, is copied as zero, so that no
// extent is refused and the inner loop knows of nothing.
//
//===----------------------------------------------------------------------===//

#include "GPUContractionKernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

/// Of the copies of a chunk. More cost instructions (ptxas adds three to each),
/// fewer keep reads waiting: products of 2048 x 2048 take 358, 347, 349 and 357
/// us on an H200 with 1, 2, 4 and 15 parts, a convolution 122, 122 and 109 us
/// with 1, 2 and 4.
static constexpr int64_t mostParts = 4;

SmallVector<Operation *> GPUContractionKernel::build() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(task.root);
  SmallVector<Operation *> launches;
  createBuffer(left, launches);
  createBuffer(right, launches);
  epilogue.emplace(kernel, task, batch, rows, columns);
  epilogue->createBuffers();
  if (p.getPartialSums() > 1)
    partialBuffer = memref::AllocOp::create(
        b, loc,
        MemRefType::get({p.getPartialSums(), batchCount, rowCount, columnCount},
                        element));
  auto tiles = kernel.createLaunch(
      batchCount * rowBlocks * columnBlocks * p.splits, resources.threads,
      resources.sharedSize, element, p.cluster);
  launches.push_back(tiles);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&tiles.getBody().front());
    buildTileKernel(tiles);
  }
  if (p.getPartialSums() > 1) {
    int64_t lanes = epilogue->getLanes();
    auto reduction = kernel.createLaunch(
        llvm::divideCeil(batchCount * rowCount * columnCount / lanes,
                         reductionThreads),
        reductionThreads, 0, element);
    launches.push_back(reduction);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&reduction.getBody().front());
    buildReductionKernel(reduction);
  }
  task.finish(b, epilogue->getDestinationBuffer());
  return launches;
}

void GPUContractionKernel::waitForChunk(int64_t younger) {
  hooks.commitCopies(b, loc);
  hooks.waitForCopies(b, loc, younger);
  hooks.barrier(b, loc);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

SmallVector<Value> GPUContractionKernel::buildChunkLoop() {
  auto constant = [&](int64_t value) { return kernel.index(value); };
  int64_t ahead = p.stages - 1; ///< chunks that are copied before their use
  for (int64_t chunk = 0; chunk < ahead; ++chunk) {
    if (chunk < chunks)
      startChunk(kernel.add(firstChunk, chunk),
                 constant(chunk * resources.stageSize));
    // The last group is committed where it is waited for.
    if (chunk + 1 < ahead)
      hooks.commitCopies(b, loc);
  }
  // Operands along the result need few registers for each step, so that those
  // of the next step, be it in the next chunk, are read while this one's are
  // used.
  bool readsAhead = p.turn && ahead != 0;
  SmallVector<Value> carried = emitter->createAccumulators();
  unsigned sums = carried.size();
  if (readsAhead) {
    waitForChunk(ahead - 1);
    llvm::append_range(carried, emitter->readOperands(constant(0), 0));
  }
  // Stages in a ring: the one that is read, and the one that is written.
  carried.push_back(constant(0));
  carried.push_back(constant(ahead * resources.stageSize));
  auto loop = scf::ForOp::create(b, loc, constant(0), constant(chunks),
                                 constant(1), carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> values(loop.getRegionIterArgs());
  Value writeStage = values.pop_back_val(), readStage = values.pop_back_val();
  SmallVector<Value> operands(llvm::drop_begin(values, sums));
  values.resize(sums);
  Int chunk = kernel.fromIndex(loop.getInductionVar());
  // Copies of the next chunk, a part at each step: all at once would keep what
  // the step reads waiting. Behind the last chunk it comes once more, which
  // costs less than a branch.
  int64_t numSteps =
              llvm::divideCeil(p.tileDepth, resources.steps) - readsAhead,
          numParts =
              ahead == 0 ? 1 : std::clamp(numSteps, int64_t(1), mostParts),
          stepsOfPart = std::max(numSteps / numParts, int64_t(1));
  auto startNext = [&](int64_t part) {
    if (part < numParts)
      startChunk(kernel.add(kernel.min(kernel.add(chunk, ahead), chunks - 1),
                            firstChunk),
                 writeStage, part, numParts);
  };
  auto advance = [&](Value stage) -> Value {
    if (p.stages == 1)
      return stage;
    Value next = kernel.index(kernel.add(Int(stage), resources.stageSize));
    Value isEnd =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, next,
                              constant(p.stages * resources.stageSize));
    return arith::SelectOp::create(b, loc, isEnd, constant(0), next);
  };
  Value nextStage = advance(readStage);
  // A stage is written when all threads have left it: one barrier a chunk, as
  // long as there are two stages.
  if (ahead == 0)
    startNext(0);
  if (!readsAhead)
    waitForChunk(std::max<int64_t>(ahead - 1, 0));
  for (int64_t step = 0; step < p.tileDepth; step += resources.steps) {
    if (ahead != 0 && step / resources.steps % stepsOfPart == 0)
      startNext(step / resources.steps / stepsOfPart);
    SmallVector<Value> next;
    if (!readsAhead) {
      operands = emitter->readOperands(readStage, step);
    } else if (step + resources.steps < p.tileDepth) {
      next = emitter->readOperands(readStage, step + resources.steps);
    } else {
      waitForChunk(ahead - 1);
      next = emitter->readOperands(nextStage, 0);
      // After the last chunk that is nothing's.
      // Else they would be read where they are used, at the start of the loop,
      // right after the barrier.
      hooks.holdReads(b, loc);
    }
    emitter->multiply(operands, values);
    if (readsAhead)
      operands = next;
  }
  if (ahead == 0)
    hooks.barrier(b, loc);
  if (readsAhead)
    llvm::append_range(values, operands);
  values.push_back(nextStage);
  values.push_back(advance(writeStage));
  scf::YieldOp::create(b, loc, values);
  return SmallVector<Value>(loop.getResults().take_front(sums));
}

void GPUContractionKernel::buildTileKernel(gpu::LaunchOp launch) {
  shared = launch.getWorkgroupAttributions().front();
  Int thread = kernel.fromIndex(launch.getThreadIds().x);
  Int block = batchCount * rowBlocks * columnBlocks * p.splits == 1
                  ? Int(0)
                  : kernel.fromIndex(launch.getBlockIds().x);
  // Blocks of a cluster follow each other.
  Int member = kernel.rem(block, p.cluster);
  block = kernel.div(block, p.cluster);
  Int columnBlock = kernel.rem(block, columnBlocks);
  block = kernel.div(block, columnBlocks);
  Int rowBlock = kernel.rem(block, rowBlocks);
  block = kernel.div(block, rowBlocks);
  Int split = kernel.rem(block, p.getPartialSums());
  Int batchIndex = kernel.div(block, p.getPartialSums());
  GPUBlock inBlock{p,     resources, left.layout, right.layout,
                   types, limits,    shared};
  emitter = atom->createEmitter(kernel, inBlock);
  emitter->place(thread);
  firstChunk =
      kernel.mul(kernel.add(kernel.mul(split, p.cluster), member), chunks);
  openTile(left, rowBlock, batchIndex, thread);
  openTile(right, columnBlock, batchIndex, thread);
  SmallVector<Value> accumulators = buildChunkLoop();

  GPUAtomEmitter::Sums sums = emitter->getSums(accumulators);
  Int firstRow = kernel.mul(rowBlock, p.tileRows),
      firstColumn = kernel.mul(columnBlock, p.tileColumns);
  if (p.cluster > 1) {
    combineInCluster(sums, thread, member, firstRow, firstColumn, split,
                     batchIndex);
    return;
  }
  for (Int &row : sums.rows)
    row = kernel.add(firstRow, row);
  for (Int &column : sums.columns)
    column = kernel.add(firstColumn, column);
  storeSums(sums.vectors, sums.rows, sums.columns, split, batchIndex);
  // Copies behind the last chunk end before the block does, and its shared
  // memory is another's.
  if (p.stages > 1) {
    hooks.commitCopies(b, loc);
    hooks.waitForCopies(b, loc, 0);
  }
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::string chameleon::checkGPUContraction(const KernelTask &task,
                                           const GPUHooks &hooks) {
  // What the smallest kernel cannot do, none can.
  GPUContractionParameters p{};
  p.tileRows = p.tileColumns = 16;
  p.tileDepth = 8;
  p.interleaveRows = p.interleaveColumns = p.threadRows = p.threadColumns = 1;
  p.stages = 2;
  p.splits = p.cluster = 1;
  return checkGPUContraction(task, p, hooks);
}

std::string chameleon::checkGPUContraction(const KernelTask &task,
                                           const GPUContractionParameters &p,
                                           const GPUHooks &hooks) {
  return GPUContractionPlan(task, p, hooks).analyze();
}

std::string
chameleon::lowerGPUContraction(RewriterBase &rewriter, const KernelTask &task,
                               const GPUContractionParameters &p,
                               const GPUHooks &hooks,
                               SmallVectorImpl<Operation *> &launches) {
  GPUContractionKernel kernel(rewriter, task, p, hooks);
  std::string reason = kernel.analyze();
  if (reason.empty())
    llvm::append_range(launches, kernel.build());
  return reason;
}
