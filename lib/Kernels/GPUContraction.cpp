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
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
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
  auto tiles =
      kernel.createLaunch(batchCount * rowBlocks * columnBlocks * p.splits,
                          threads, sharedSize, element, p.cluster);
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

// Not nvgpu's operations for groups: without tokens they print what does not
// parse.
void GPUContractionKernel::commitChunk() {
  NVVM::CpAsyncCommitGroupOp::create(b, loc);
}

void GPUContractionKernel::waitForChunk(int64_t younger) {
  commitChunk();
  NVVM::CpAsyncWaitGroupOp::create(b, loc, younger);
  gpu::BarrierOp::create(b, loc);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

void GPUContractionKernel::readOperand(const GPUContractionTile &tile,
                                       Value stage, int64_t step,
                                       int64_t interleave, int64_t inPart,
                                       Int threadPart,
                                       SmallVectorImpl<Value> &result) {
  int64_t part = tile.extent / interleave,
          lanes = readLanes(tile, interleave, inPart);
  int64_t alongDepth = tile.depthInside ? 1 : tile.pitch,
          alongExtent = tile.depthInside ? tile.pitch : 1;
  unsigned begin = result.size();
  result.resize(begin + interleave * inPart * steps);
  for (int64_t i = 0; i < interleave * inPart * steps; i += lanes) {
    // `i` counts along what is contiguous.
    int64_t item = tile.depthInside ? i / steps : i % (interleave * inPart),
            k = tile.depthInside ? i % steps : i / (interleave * inPart);
    Int offset = kernel.add(
        kernel.add(Int(stage), kernel.toOffset(kernel.mul(
                                   threadPart, inPart * alongExtent))),
        tile.base + (step + k) * alongDepth +
            (item / inPart * part + item % inPart) * alongExtent);
    Value vector = kernel.load(shared, kernel.index(offset), lanes);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      int64_t where = tile.depthInside ? item * steps + k + lane
                                       : (item + lane) * steps + k;
      result[begin + where] = kernel.elementOf(vector, lane);
    }
  }
}

SmallVector<Value> GPUContractionKernel::readOperands(Value stage,
                                                      int64_t step) {
  SmallVector<Value> result;
  readOperand(left, stage, step, p.interleaveRows, p.threadRows, threadRow,
              result);
  readOperand(right, stage, step, p.interleaveColumns, p.threadColumns,
              threadColumn, result);
  return result;
}

void GPUContractionKernel::multiply(ArrayRef<Value> operands,
                                    MutableArrayRef<Value> accumulators) {
  int64_t rowsOfThread = p.interleaveRows * p.threadRows,
          columnsOfThread = p.interleaveColumns * p.threadColumns;
  auto add = [&](int64_t k, int64_t row, int64_t column) {
    Value &sum = accumulators[row * columnsOfThread + column];
    sum =
        math::FmaOp::create(b, loc, operands[row * steps + k],
                            operands[(rowsOfThread + column) * steps + k], sum);
  };
  // Neighbouring instructions share an operand, which the processor then does
  // not read again. The assembler finds registers whose banks collide least if
  // even columns come before odd ones, there and back.
  SmallVector<int64_t> columnOrder;
  for (int64_t i = 0; i < columnsOfThread; ++i)
    columnOrder.push_back(p.turn ? 2 * i : i);
  if (p.turn)
    for (auto [i, column] : llvm::enumerate(columnOrder))
      if (column >= columnsOfThread)
        column = 2 * (columnsOfThread - static_cast<int64_t>(i)) - 1;
  for (int64_t k = 0; k < steps; ++k)
    for (int64_t row = 0; row < rowsOfThread; ++row) {
      for (int64_t column : columnOrder)
        add(k, row, column);
      if (p.turn)
        std::reverse(columnOrder.begin(), columnOrder.end());
    }
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

SmallVector<Value> GPUContractionKernel::buildChunkLoop() {
  auto constant = [&](int64_t value) { return kernel.index(value); };
  int64_t ahead = p.stages - 1; ///< chunks that are copied before their use
  for (int64_t chunk = 0; chunk < ahead; ++chunk) {
    if (chunk < chunks)
      startChunk(kernel.add(firstChunk, chunk), constant(chunk * stageSize));
    // The last group is committed where it is waited for.
    if (chunk + 1 < ahead)
      commitChunk();
  }
  // Operands along the result need few registers for each step, so that those
  // of the next step, be it in the next chunk, are read while this one's are
  // used.
  bool readsAhead = p.turn && ahead != 0;
  SmallVector<Value> carried(p.interleaveRows * p.threadRows *
                                 p.interleaveColumns * p.threadColumns,
                             kernel.zero(element));
  unsigned sums = carried.size();
  if (readsAhead) {
    waitForChunk(ahead - 1);
    llvm::append_range(carried, readOperands(constant(0), 0));
  }
  // Stages in a ring: the one that is read, and the one that is written.
  carried.push_back(constant(0));
  carried.push_back(constant(ahead * stageSize));
  auto loop = scf::ForOp::create(b, loc, constant(0), constant(chunks),
                                 constant(1), carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> values(loop.getRegionIterArgs());
  Value writeStage = values.pop_back_val(), readStage = values.pop_back_val();
  SmallVector<Value> operands(llvm::drop_begin(values, sums));
  values.resize(sums);
  Int chunk(b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(),
                                               loop.getInductionVar()));
  // Copies of the next chunk, a part at each step: all at once would keep what
  // the step reads waiting. Behind the last chunk it comes once more, which
  // costs less than a branch.
  int64_t numSteps = llvm::divideCeil(p.tileDepth, steps) - readsAhead,
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
    Value next = kernel.index(kernel.add(Int(stage), stageSize));
    Value isEnd = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, next,
                                        constant(p.stages * stageSize));
    return arith::SelectOp::create(b, loc, isEnd, constant(0), next);
  };
  Value nextStage = advance(readStage);
  // A stage is written when all threads have left it: one barrier a chunk, as
  // long as there are two stages.
  if (ahead == 0)
    startNext(0);
  if (!readsAhead)
    waitForChunk(std::max<int64_t>(ahead - 1, 0));
  for (int64_t step = 0; step < p.tileDepth; step += steps) {
    if (ahead != 0 && step / steps % stepsOfPart == 0)
      startNext(step / steps / stepsOfPart);
    SmallVector<Value> next;
    if (!readsAhead) {
      operands = readOperands(readStage, step);
    } else if (step + steps < p.tileDepth) {
      next = readOperands(readStage, step + steps);
    } else {
      waitForChunk(ahead - 1);
      next = readOperands(nextStage, 0); // after the last chunk: nothing's
      // Assembly that might write memory keeps LLVM from reading them where
      // they are used, at the start of the loop, right after the barrier.
      LLVM::InlineAsmOp::create(
          b, loc, TypeRange(), ValueRange(), "", "~{memory}",
          /*has_side_effects=*/true, /*is_align_stack=*/false,
          LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
    }
    multiply(operands, values);
    if (readsAhead)
      operands = next;
  }
  if (ahead == 0)
    gpu::BarrierOp::create(b, loc);
  if (readsAhead)
    llvm::append_range(values, operands);
  values.push_back(nextStage);
  values.push_back(advance(writeStage));
  scf::YieldOp::create(b, loc, values);
  return SmallVector<Value>(loop.getResults().take_front(sums));
}

void GPUContractionKernel::buildTileKernel(gpu::LaunchOp launch) {
  shared = launch.getWorkgroupAttributions().front();
  auto toPosition = [&](Value index) {
    return Int(b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), index));
  };
  Int thread = toPosition(launch.getThreadIds().x);
  Int block = batchCount * rowBlocks * columnBlocks * p.splits == 1
                  ? Int(0)
                  : toPosition(launch.getBlockIds().x);
  // Blocks of a cluster follow each other.
  Int member = kernel.rem(block, p.cluster);
  block = kernel.div(block, p.cluster);
  Int columnBlock = kernel.rem(block, columnBlocks);
  block = kernel.div(block, columnBlocks);
  Int rowBlock = kernel.rem(block, rowBlocks);
  block = kernel.div(block, rowBlocks);
  Int split = kernel.rem(block, p.getPartialSums());
  Int batchIndex = kernel.div(block, p.getPartialSums());
  placeThread(thread);
  firstChunk =
      kernel.mul(kernel.add(kernel.mul(split, p.cluster), member), chunks);
  openTile(left, rowBlock, batchIndex, thread);
  openTile(right, columnBlock, batchIndex, thread);
  SmallVector<Value> accumulators = buildChunkLoop();

  int64_t columnsOfThread = p.interleaveColumns * p.threadColumns,
          rowsOfThread = p.interleaveRows * p.threadRows;
  auto vector = VectorType::get({width}, element);
  SmallVector<SmallVector<Value>> sums(rowsOfThread);
  for (int64_t i = 0; i < rowsOfThread * columnsOfThread; i += width)
    sums[i / columnsOfThread].push_back(vector::FromElementsOp::create(
        b, loc, vector, ArrayRef(accumulators).slice(i, width)));
  SmallVector<Int> rowIndices, columnIndices; ///< in the tile
  for (int64_t row = 0; row < rowsOfThread; ++row)
    rowIndices.push_back(
        kernel.add(kernel.mul(threadRow, p.threadRows),
                   row / p.threadRows * (p.tileRows / p.interleaveRows) +
                       row % p.threadRows));
  for (int64_t column = 0; column < columnsOfThread; column += width)
    columnIndices.push_back(kernel.add(
        kernel.mul(threadColumn, p.threadColumns),
        column / p.threadColumns * (p.tileColumns / p.interleaveColumns) +
            column % p.threadColumns));
  Int firstRow = kernel.mul(rowBlock, p.tileRows),
      firstColumn = kernel.mul(columnBlock, p.tileColumns);
  if (p.cluster > 1) {
    combineInCluster(sums, rowIndices, columnIndices, thread, member, firstRow,
                     firstColumn, split, batchIndex);
    return;
  }
  for (Int &row : rowIndices)
    row = kernel.add(firstRow, row);
  for (Int &column : columnIndices)
    column = kernel.add(firstColumn, column);
  storeSums(sums, rowIndices, columnIndices, split, batchIndex);
  // Copies behind the last chunk end before the block does, and its shared
  // memory is another's.
  if (p.stages > 1) {
    commitChunk();
    NVVM::CpAsyncWaitGroupOp::create(b, loc, 0);
  }
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

std::string chameleon::checkGPUContraction(const KernelTask &task,
                                           const GPUContractionParameters &p) {
  IRRewriter rewriter(task.anchor->getContext());
  return GPUContractionKernel(rewriter, task, p).analyze();
}

std::string
chameleon::lowerGPUContraction(RewriterBase &rewriter, const KernelTask &task,
                               const GPUContractionParameters &p,
                               SmallVectorImpl<Operation *> &launches) {
  GPUContractionKernel kernel(rewriter, task, p);
  std::string reason = kernel.analyze();
  if (reason.empty())
    llvm::append_range(launches, kernel.build());
  return reason;
}
