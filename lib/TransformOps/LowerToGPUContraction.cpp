//===- LowerToGPUContraction.cpp - transform.chameleon.lower_to_gpu_contraction
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

#include "KernelBuilder.h"
#include "KernelTask.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

namespace {

constexpr int64_t mostThreads = 1024;
/// What a block may have on any processor from sm_80 on; schedules know the
/// target's own limit.
constexpr int64_t mostSharedBytes = 227 << 10;
constexpr int64_t reductionThreads = 256;
/// An operand of at least so many elements, which so many tiles read, is worth
/// a kernel that aligns its rows.
constexpr int64_t fewestAligned = 1 << 16, fewestReaders = 4;

struct Parameters {
  int64_t tileRows, tileColumns, tileDepth;  ///< of a block
  int64_t interleaveRows, interleaveColumns; ///< parts of a thread's tile
  int64_t threadRows, threadColumns;         ///< of each part
  int64_t stages, pad, splits;
};

/// One operand in shared memory: `extent` rows or columns of the result by
/// `depth` steps of the reduction.
struct Tile {
  const Access *access = nullptr;
  const Group *group = nullptr; ///< rows or columns
  /// Of the copy whose rows are aligned, if there is one.
  std::optional<Access> aligned;
  Value buffer, line;
  int64_t extent = 0, total = 0; ///< of the tile, of the group
  bool depthInside = false;      ///< steps of the reduction are contiguous
  int64_t lanes = 1;             ///< of an asynchronous copy
  int64_t pitch = 0, size = 0;   ///< of a row, of the whole, in elements
  int64_t base = 0;              ///< in a stage
  SmallVector<Run> runs, depthRuns;

  // Of each copy of this thread, fixed over the reduction.
  struct Slot {
    Place place;
    Value exists; ///< null: always
    Int depth;    ///< step of the reduction within the tile
    Int target;   ///< in the stage, offset
    Value isMine; ///< null: of every thread
  };
  SmallVector<Slot, 0> slots;
};

class ContractionKernel {
public:
  ContractionKernel(RewriterBase &rewriter, const KernelTask &task,
                    const Parameters &p)
      : b(rewriter), loc(task.anchor.getLoc()), kernel(rewriter, loc),
        task(task), p(p) {}

  /// Why it cannot be done; empty if it can.
  std::string analyze();
  /// Returns the launches.
  SmallVector<Operation *> build();

private:
  void buildTileKernel(gpu::LaunchOp launch);
  void buildReductionKernel(gpu::LaunchOp launch);
  void makeTile(Tile &tile, const Access &access, const Group &group,
                int64_t extent);
  /// As above; with a copy of the operand where copies of 16 bytes are possible
  /// only so, and `readers` tiles read each element.
  void makeAlignedTile(Tile &tile, const Access &access, const Group &group,
                       int64_t extent, int64_t readers);
  /// Sets the buffer of a tile; adds the launch that makes the copy.
  void createBuffer(Tile &tile, SmallVectorImpl<Operation *> &launches);
  void openTile(Tile &tile, Int block, Int batchIndex, Int thread);
  /// Starts the copies of a chunk of the reduction into a stage.
  void copyTile(Tile &tile, Int chunk, Value stage);
  void startChunk(Int chunk, Value stage);
  /// Makes a group of the copies since the last one.
  void commitChunk();
  /// Commits, and waits for all groups but the youngest ones.
  void waitForChunk(int64_t younger);
  /// The accumulators after the chunk in `stage`.
  SmallVector<Value> computeChunk(Value stage, SmallVector<Value> accumulators);
  /// What a thread needs of a tile for `steps` steps from `step` on: a scalar
  /// for each row and step, or a vector for each group of columns and step.
  SmallVector<SmallVector<Value>> readRows(Value stage, int64_t step);
  SmallVector<SmallVector<Value>> readColumns(Value stage, int64_t step);
  Value readShared(Value stage, int64_t constant, Int part, int64_t lanes);

  RewriterBase &b;
  Location loc;
  KernelBuilder kernel;
  const KernelTask &task;
  Parameters p;
  Type element;
  Group batch, rows, columns, depth;
  int64_t batchCount = 1, rowCount = 1, columnCount = 1, depthCount = 1;
  int64_t rowBlocks = 1, columnBlocks = 1, chunks = 1; ///< chunks of a split
  int64_t threadsOfRow = 1, threadsOfColumn = 1, threads = 1;
  int64_t width = 1; ///< of a vector of accumulators
  int64_t steps = 1; ///< of the reduction that are read at once
  bool checkDepth = false;
  Tile left, right;
  int64_t stageSize = 0;
  Value shared;
  Int threadRow, threadColumn, firstChunk;
  Value partialBuffer;
  std::optional<EpilogueBuilder> epilogue;
};

int64_t largestDividing(int64_t most, int64_t value) {
  while (value % most != 0)
    most /= 2;
  return most;
}

} // namespace

std::string ContractionKernel::analyze() {
  linalg::LinalgOp op = task.anchor;
  // result + left * right, on floats.
  if (op.getNumDpsInputs() != 2 || !task.inputs[0] || !task.inputs[1])
    return "expects two tensors as inputs";
  Block *body = op.getBlock();
  auto sum =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  Value product;
  if (sum)
    product = sum.getLhs() == body->getArgument(2)   ? sum.getRhs()
              : sum.getRhs() == body->getArgument(2) ? sum.getLhs()
                                                     : Value();
  auto multiply =
      product ? product.getDefiningOp<arith::MulFOp>() : arith::MulFOp();
  auto isFactors = [&](unsigned first, unsigned second) {
    return multiply && multiply.getLhs() == body->getArgument(first) &&
           multiply.getRhs() == body->getArgument(second);
  };
  if (!isFactors(0, 1) && !isFactors(1, 0))
    return "expects a body that adds a product to the result";
  element = getElementTypeOrSelf(op->getResult(0).getType());
  if (!element.isF32() && !element.isF64())
    return "expects elements of 32 or 64 bits, floats";
  for (const std::optional<Access> &input : task.inputs) {
    if (input->getElementType() != element)
      return "expects inputs and result of one type";
    if (!input->bounds.empty() &&
        !matchPattern(input->padding, m_AnyZeroFloat()))
      return "expects padding with zeros";
  }

  // Which loops move what.
  const Access *inputs[] = {&*task.inputs[0], &*task.inputs[1]};
  auto moves = [](const Access &access, unsigned loop) {
    return access.strides[loop] != 0 || access.isBounded(loop);
  };
  int64_t innermost = -1;
  Group sides[2];
  for (unsigned loop = 0; loop < task.sizes.size(); ++loop) {
    if (task.sizes[loop] == 1)
      continue;
    if (task.isReduction(loop)) {
      depth.push_back(loop);
      depthCount *= task.sizes[loop];
      continue;
    }
    bool first = moves(*inputs[0], loop), second = moves(*inputs[1], loop);
    if (first == second) {
      batch.push_back(loop);
      batchCount *= task.sizes[loop];
      continue;
    }
    sides[first ? 0 : 1].push_back(loop);
    if (innermost < 0 ||
        task.destination.strides[loop] < task.destination.strides[innermost])
      innermost = loop;
  }
  // Columns are what is contiguous in the result.
  bool swapped = llvm::is_contained(sides[0], innermost);
  auto inOrderOf = [&](Group &group, const Access &access) {
    llvm::stable_sort(group, [&](unsigned x, unsigned y) {
      return access.strides[x] > access.strides[y];
    });
  };
  rows = sides[swapped ? 1 : 0];
  columns = sides[swapped ? 0 : 1];
  inOrderOf(rows, task.destination);
  inOrderOf(columns, task.destination);
  inOrderOf(batch, task.destination);
  for (unsigned loop : rows)
    rowCount *= task.sizes[loop];
  for (unsigned loop : columns)
    columnCount *= task.sizes[loop];
  const Access &rowAccess = *inputs[swapped ? 1 : 0],
               &columnAccess = *inputs[swapped ? 0 : 1];
  // The innermost step is the one that is contiguous in an operand.
  auto innermostStep = llvm::find_if(depth, [&](unsigned loop) {
    return rowAccess.strides[loop] == 1 && !rowAccess.isBounded(loop);
  });
  if (innermostStep == depth.end())
    innermostStep = llvm::find_if(depth, [&](unsigned loop) {
      return columnAccess.strides[loop] == 1 && !columnAccess.isBounded(loop);
    });
  if (innermostStep != depth.end())
    std::rotate(innermostStep, innermostStep + 1, depth.end());

  int64_t partRows = p.interleaveRows * p.threadRows,
          partColumns = p.interleaveColumns * p.threadColumns;
  if (p.tileRows % partRows != 0 || p.tileColumns % partColumns != 0)
    return llvm::formatv("a tile of {0} x {1} is not a whole number of threads "
                         "with {2} x {3}",
                         p.tileRows, p.tileColumns, partRows, partColumns);
  threadsOfColumn = p.tileRows / partRows;
  threadsOfRow = p.tileColumns / partColumns;
  threads = threadsOfRow * threadsOfColumn;
  if (threads > mostThreads)
    return llvm::formatv("{0} threads, expected at most {1}", threads,
                         mostThreads);
  rowBlocks = llvm::divideCeil(rowCount, p.tileRows);
  columnBlocks = llvm::divideCeil(columnCount, p.tileColumns);
  chunks =
      llvm::divideCeil(llvm::divideCeil(depthCount, p.tileDepth), p.splits);
  checkDepth = chunks * p.splits * p.tileDepth != depthCount;
  if (!llvm::isInt<31>(batchCount * rowBlocks * columnBlocks * p.splits) ||
      !llvm::isInt<31>(batchCount * rowCount * columnCount * p.splits) ||
      !llvm::isInt<31>(chunks * p.splits * p.tileDepth))
    return "has more elements than 32 bits can count";

  makeAlignedTile(left, rowAccess, rows, p.tileRows, columnBlocks);
  makeAlignedTile(right, columnAccess, columns, p.tileColumns, rowBlocks);
  left.total = rowCount;
  right.total = columnCount;
  // Every tile begins where a copy of 16 bytes may go.
  right.base = llvm::alignTo(left.size, 4);
  stageSize = right.base + llvm::alignTo(right.size, 4);
  int64_t bytes = stageSize * p.stages * (element.getIntOrFloatBitWidth() / 8);
  if (bytes > mostSharedBytes)
    return llvm::formatv("{0} bytes of shared memory, expected at most {1}",
                         bytes, mostSharedBytes);
  int64_t most = 128 / element.getIntOrFloatBitWidth();
  width = largestDividing(most, p.threadColumns);
  for (const Tile *tile : {&left, &right})
    if (tile->depthInside)
      steps =
          std::max(steps, largestDividing(largestDividing(most, p.tileDepth),
                                          tile->pitch));
  return "";
}

void ContractionKernel::makeTile(Tile &tile, const Access &access,
                                 const Group &group, int64_t extent) {
  tile.access = &access;
  tile.group = &group;
  tile.extent = extent;
  tile.runs = KernelBuilder::getRuns(task, access, group);
  tile.depthRuns = KernelBuilder::getRuns(task, access, depth);
  int64_t along =
              KernelBuilder::getLanes(task, access, group, {&batch, &depth}),
          inside =
              KernelBuilder::getLanes(task, access, depth, {&batch, &group});
  along = largestDividing(along, extent);
  inside = largestDividing(inside, p.tileDepth);
  // Of two directions with single elements, the one that is contiguous.
  auto isContiguous = [](ArrayRef<Run> runs) {
    return !runs.empty() && runs.back().stride == 1;
  };
  tile.depthInside =
      inside > along || (inside == along && !isContiguous(tile.runs) &&
                         isContiguous(tile.depthRuns));
  tile.lanes = tile.depthInside ? inside : along;
  int64_t inner = tile.depthInside ? p.tileDepth : extent,
          outer = tile.depthInside ? extent : p.tileDepth;
  // Rows of the tile that are read together should not meet in one bank.
  tile.pitch = inner + (tile.depthInside ? p.pad : 0);
  tile.pitch = llvm::alignTo(tile.pitch, tile.lanes);
  tile.size = tile.pitch * outer;
}

void ContractionKernel::makeAlignedTile(Tile &tile, const Access &access,
                                        const Group &group, int64_t extent,
                                        int64_t readers) {
  makeTile(tile, access, group, extent);
  auto type = cast<RankedTensorType>(access.tensor.getType());
  int64_t lanes = 128 / element.getIntOrFloatBitWidth();
  if (tile.lanes >= lanes || readers < fewestReaders || type.getRank() == 0 ||
      type.getNumElements() < fewestAligned)
    return;
  Access aligned = access;
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = llvm::alignTo(shape.back(), lanes);
  aligned.slack = shape.back() - type.getShape().back();
  aligned.setShape(shape);
  Tile better;
  makeTile(better, aligned, group, extent);
  if (aligned.slack == 0 || better.lanes <= tile.lanes)
    return;
  tile = better;
  tile.aligned = aligned;
  tile.access = &*tile.aligned;
}

void ContractionKernel::createBuffer(Tile &tile,
                                     SmallVectorImpl<Operation *> &launches) {
  tile.buffer = task.getBuffer(b, *tile.access, /*isRead=*/true);
  if (!tile.aligned)
    return;
  auto type = cast<MemRefType>(tile.buffer.getType());
  int64_t used = type.getShape().back(), pitch = used + tile.aligned->slack,
          lines = type.getNumElements() / used;
  Value source = tile.buffer;
  tile.buffer = memref::AllocOp::create(
      b, loc, MemRefType::get({lines, pitch}, element));
  auto launch = kernel.createLaunch(
      llvm::divideCeil(lines * pitch, reductionThreads), reductionThreads, 0,
      element);
  launches.push_back(launch);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&launch.getBody().front());
  Int item(b.createOrFold<arith::IndexCastOp>(
      loc, b.getI32Type(),
      kernel.index(
          kernel.add(kernel.mul(Int(launch.getBlockIds().x), reductionThreads),
                     Int(launch.getThreadIds().x)))));
  auto branch =
      scf::IfOp::create(b, loc, kernel.less(item, lines * pitch));
  b.setInsertionPointToStart(branch.thenBlock());
  Int column = kernel.rem(item, pitch), line = kernel.div(item, pitch);
  Value exists = kernel.less(column, used);
  Int from = kernel.add(kernel.mul(kernel.toOffset(line), used),
                        kernel.toOffset(column));
  Value safe = arith::SelectOp::create(b, loc, exists, kernel.index(from),
                                       kernel.index(0));
  Value vector = kernel.load(kernel.flatten(source), safe, 1);
  vector = arith::SelectOp::create(b, loc, exists, vector,
                                   kernel.zero(vector.getType()));
  kernel.store(vector, kernel.flatten(tile.buffer),
               kernel.index(kernel.toOffset(item)));
}

SmallVector<Operation *> ContractionKernel::build() {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(task.root);
  SmallVector<Operation *> launches;
  createBuffer(left, launches);
  createBuffer(right, launches);
  epilogue.emplace(kernel, task, batch, rows, columns);
  epilogue->createBuffers();
  if (p.splits > 1)
    partialBuffer = memref::AllocOp::create(
        b, loc,
        MemRefType::get({p.splits, batchCount, rowCount, columnCount},
                        element));
  auto tiles =
      kernel.createLaunch(batchCount * rowBlocks * columnBlocks * p.splits,
                          threads, stageSize * p.stages, element);
  launches.push_back(tiles);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&tiles.getBody().front());
    buildTileKernel(tiles);
  }
  if (p.splits > 1) {
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

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void ContractionKernel::openTile(Tile &tile, Int block, Int batchIndex,
                                 Int thread) {
  tile.line = kernel.flatten(tile.buffer);
  Place start =
      kernel.add(KernelBuilder::start(*tile.access),
                 kernel.place(KernelBuilder::getRuns(task, *tile.access, batch),
                              batchIndex));
  int64_t inner = (tile.depthInside ? p.tileDepth : tile.extent) / tile.lanes,
          outer = tile.depthInside ? tile.extent : p.tileDepth,
          copies = inner * outer;
  bool checkExtent = tile.total % tile.extent != 0;
  Int origin = kernel.mul(block, tile.extent);
  for (int64_t done = 0; done < copies; done += threads) {
    Tile::Slot slot;
    // Where threads are whole rows apart, the column is the same each time.
    bool wholeRows = threads % inner == 0;
    Int number = kernel.add(thread, wholeRows ? 0 : done);
    Int x = kernel.mul(kernel.rem(number, inner), tile.lanes);
    Int y = kernel.add(kernel.div(number, inner), wholeRows ? done / inner : 0);
    if (done + threads > copies)
      slot.isMine = kernel.less(kernel.add(thread, done), copies);
    slot.depth = tile.depthInside ? x : y;
    Int here = kernel.add(origin, tile.depthInside ? y : x);
    if (checkExtent)
      slot.exists = kernel.less(here, tile.total);
    slot.place = kernel.add(start, kernel.place(tile.runs, here));
    slot.target =
        kernel.add(kernel.add(kernel.mul(kernel.toOffset(y), tile.pitch),
                              kernel.toOffset(x)),
                   tile.base);
    tile.slots.push_back(slot);
  }
}

void ContractionKernel::copyTile(Tile &tile, Int chunk, Value stage) {
  // A chunk whose steps are all in one run moves all copies alike.
  bool isUniform = tile.depthRuns.size() <= 1 ||
                   tile.depthRuns.back().size % p.tileDepth == 0;
  Int begin = kernel.mul(chunk, p.tileDepth);
  Place uniform;
  Run inner{1, 0, SmallVector<int64_t>(tile.access->bounds.size(), 0)};
  if (!tile.depthRuns.empty())
    inner = tile.depthRuns.back();
  if (isUniform)
    uniform = kernel.place(tile.depthRuns, begin);
  for (const Tile::Slot &slot : tile.slots) {
    Place place;
    if (isUniform) {
      place = kernel.add(slot.place, kernel.place({inner}, slot.depth));
      place = kernel.add(place, uniform);
    } else {
      place =
          kernel.add(slot.place, kernel.place(tile.depthRuns,
                                              kernel.add(begin, slot.depth)));
    }
    Value exists =
        kernel.both(slot.exists, kernel.inBounds(*tile.access, place));
    if (checkDepth)
      exists = kernel.both(
          exists, kernel.less(kernel.add(begin, slot.depth), depthCount));
    OpBuilder::InsertionGuard guard(b);
    if (slot.isMine) {
      auto branch = scf::IfOp::create(b, loc, slot.isMine);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    Value source = kernel.index(place.offset), count;
    if (exists) {
      // Nothing is read then, but the address should be one all the same.
      Value zero = kernel.index(0);
      source = arith::SelectOp::create(b, loc, exists, source, zero);
      count = arith::SelectOp::create(b, loc, exists, kernel.index(tile.lanes),
                                      zero);
    }
    int64_t bytes = tile.lanes * element.getIntOrFloatBitWidth() / 8;
    nvgpu::DeviceAsyncCopyOp::create(
        b, loc, nvgpu::DeviceAsyncTokenType::get(b.getContext()), shared,
        ValueRange{kernel.index(kernel.add(Int(stage), slot.target))},
        tile.line, ValueRange{source}, b.getIndexAttr(tile.lanes), count,
        bytes == 16 ? b.getUnitAttr() : UnitAttr());
  }
}

void ContractionKernel::startChunk(Int chunk, Value stage) {
  copyTile(left, chunk, stage);
  copyTile(right, chunk, stage);
}

// Not nvgpu's operations for groups: without tokens they print what does not
// parse.
void ContractionKernel::commitChunk() {
  NVVM::CpAsyncCommitGroupOp::create(b, loc);
}

void ContractionKernel::waitForChunk(int64_t younger) {
  commitChunk();
  NVVM::CpAsyncWaitGroupOp::create(b, loc, younger);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value ContractionKernel::readShared(Value stage, int64_t constant, Int part,
                                    int64_t lanes) {
  Int offset =
      kernel.add(kernel.add(Int(stage), kernel.toOffset(part)), constant);
  return kernel.load(shared, kernel.index(offset), lanes);
}

SmallVector<SmallVector<Value>> ContractionKernel::readRows(Value stage,
                                                            int64_t step) {
  SmallVector<SmallVector<Value>> result;
  int64_t most = 128 / element.getIntOrFloatBitWidth();
  for (int64_t part = 0; part < p.interleaveRows; ++part) {
    int64_t first = part * (p.tileRows / p.interleaveRows);
    if (left.depthInside) {
      int64_t lanes = largestDividing(steps, left.pitch);
      for (int64_t row = 0; row < p.threadRows; ++row) {
        result.emplace_back();
        for (int64_t k = 0; k < steps; k += lanes) {
          Value vector = readShared(
              stage, left.base + (first + row) * left.pitch + step + k,
              kernel.mul(threadRow, p.threadRows * left.pitch), lanes);
          for (int64_t lane = 0; lane < lanes; ++lane)
            result.back().push_back(kernel.elementOf(vector, lane));
        }
      }
      continue;
    }
    int64_t lanes =
        largestDividing(largestDividing(most, p.threadRows), left.pitch);
    lanes = largestDividing(lanes, p.tileRows / p.interleaveRows);
    unsigned begin = result.size();
    result.resize(begin + p.threadRows);
    for (int64_t k = 0; k < steps; ++k)
      for (int64_t row = 0; row < p.threadRows; row += lanes) {
        Value vector =
            readShared(stage, left.base + (step + k) * left.pitch + first + row,
                       kernel.mul(threadRow, p.threadRows), lanes);
        for (int64_t lane = 0; lane < lanes; ++lane)
          result[begin + row + lane].push_back(kernel.elementOf(vector, lane));
      }
  }
  return result;
}

SmallVector<SmallVector<Value>> ContractionKernel::readColumns(Value stage,
                                                               int64_t step) {
  SmallVector<SmallVector<Value>> result;
  auto type = VectorType::get({width}, element);
  for (int64_t part = 0; part < p.interleaveColumns; ++part) {
    int64_t first = part * (p.tileColumns / p.interleaveColumns);
    for (int64_t column = 0; column < p.threadColumns; column += width) {
      result.emplace_back();
      if (right.depthInside) {
        int64_t lanes = largestDividing(steps, right.pitch);
        for (int64_t k = 0; k < steps; k += lanes) {
          SmallVector<Value> vectors; // of each column
          for (int64_t i = 0; i < width; ++i)
            vectors.push_back(readShared(
                stage,
                right.base + (first + column + i) * right.pitch + step + k,
                kernel.mul(threadColumn, p.threadColumns * right.pitch),
                lanes));
          for (int64_t lane = 0; lane < lanes; ++lane) {
            SmallVector<Value> elements;
            for (Value vector : vectors)
              elements.push_back(kernel.elementOf(vector, lane));
            result.back().push_back(
                vector::FromElementsOp::create(b, loc, type, elements));
          }
        }
        continue;
      }
      int64_t lanes = largestDividing(width, right.pitch);
      for (int64_t k = 0; k < steps; ++k) {
        SmallVector<Value> elements;
        Value vector;
        for (int64_t i = 0; i < width; i += lanes) {
          vector = readShared(
              stage, right.base + (step + k) * right.pitch + first + column + i,
              kernel.mul(threadColumn, p.threadColumns), lanes);
          for (int64_t lane = 0; lane < lanes && lanes != width; ++lane)
            elements.push_back(kernel.elementOf(vector, lane));
        }
        if (lanes != width)
          vector = vector::FromElementsOp::create(b, loc, type, elements);
        result.back().push_back(vector);
      }
    }
  }
  return result;
}

SmallVector<Value>
ContractionKernel::computeChunk(Value stage, SmallVector<Value> accumulators) {
  for (int64_t step = 0; step < p.tileDepth; step += steps) {
    SmallVector<SmallVector<Value>> lefts = readRows(stage, step),
                                    rights = readColumns(stage, step);
    for (int64_t k = 0; k < steps; ++k)
      for (auto [row, values] : llvm::enumerate(lefts)) {
        Value factor = kernel.splat(values[k], width);
        for (auto [column, vectors] : llvm::enumerate(rights)) {
          Value &sum = accumulators[row * rights.size() + column];
          sum = vector::FMAOp::create(b, loc, factor, vectors[k], sum);
        }
      }
  }
  return accumulators;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

void ContractionKernel::buildTileKernel(gpu::LaunchOp launch) {
  shared = launch.getWorkgroupAttributions().front();
  auto toPosition = [&](Value index) {
    return Int(b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), index));
  };
  Int thread = toPosition(launch.getThreadIds().x);
  Int block = batchCount * rowBlocks * columnBlocks * p.splits == 1
                  ? Int(0)
                  : toPosition(launch.getBlockIds().x);
  Int columnBlock = kernel.rem(block, columnBlocks);
  block = kernel.div(block, columnBlocks);
  Int rowBlock = kernel.rem(block, rowBlocks);
  block = kernel.div(block, rowBlocks);
  Int split = kernel.rem(block, p.splits);
  Int batchIndex = kernel.div(block, p.splits);
  threadColumn = kernel.rem(thread, threadsOfRow);
  threadRow = kernel.div(thread, threadsOfRow);
  firstChunk = kernel.mul(split, chunks);
  openTile(left, rowBlock, batchIndex, thread);
  openTile(right, columnBlock, batchIndex, thread);

  int64_t vectorsOfRow = p.interleaveColumns * p.threadColumns / width,
          rowsOfThread = p.interleaveRows * p.threadRows;
  Value zeros = kernel.zero(VectorType::get({width}, element));
  SmallVector<Value> carried(rowsOfThread * vectorsOfRow, zeros);
  auto constant = [&](int64_t value) { return kernel.index(value); };
  int64_t ahead = p.stages - 1; ///< chunks that are copied before their use
  for (int64_t chunk = 0; chunk < ahead; ++chunk) {
    if (chunk < chunks)
      startChunk(kernel.add(firstChunk, chunk), constant(chunk * stageSize));
    // The last group is committed where it is waited for.
    if (chunk + 1 < ahead)
      commitChunk();
  }
  // Stages in a ring: the one that is read, and the one that is written.
  carried.push_back(constant(0));
  carried.push_back(constant(ahead * stageSize));
  auto loop = scf::ForOp::create(b, loc, constant(0), constant(chunks),
                                 constant(1), carried);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> values(loop.getRegionIterArgs());
    Value writeStage = values.pop_back_val(), readStage = values.pop_back_val();
    Int chunk = toPosition(loop.getInductionVar());
    auto startNext = [&] {
      OpBuilder::InsertionGuard guard(b);
      if (ahead != 0) {
        auto branch = scf::IfOp::create(
            b, loc, kernel.less(kernel.add(chunk, ahead), chunks));
        b.setInsertionPointToStart(branch.thenBlock());
      }
      startChunk(kernel.add(kernel.add(firstChunk, chunk), ahead), writeStage);
    };
    // A stage is written when all threads have left it: one barrier a chunk, as
    // long as there are two stages.
    if (ahead == 0) {
      startNext();
      waitForChunk(0);
      gpu::BarrierOp::create(b, loc);
      values = computeChunk(readStage, values);
      gpu::BarrierOp::create(b, loc);
    } else {
      waitForChunk(ahead - 1);
      gpu::BarrierOp::create(b, loc);
      startNext();
      values = computeChunk(readStage, values);
    }
    auto advance = [&](Value stage) -> Value {
      if (p.stages == 1)
        return stage;
      Value next = kernel.index(kernel.add(Int(stage), stageSize));
      Value isEnd = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                          next, constant(p.stages * stageSize));
      return arith::SelectOp::create(b, loc, isEnd, constant(0), next);
    };
    values.push_back(advance(readStage));
    values.push_back(advance(writeStage));
    scf::YieldOp::create(b, loc, values);
  }

  SmallVector<SmallVector<Value>> sums(rowsOfThread);
  for (int64_t i = 0; i < rowsOfThread * vectorsOfRow; ++i)
    sums[i / vectorsOfRow].push_back(loop.getResult(i));
  SmallVector<Int> rowIndices, columnIndices;
  for (int64_t row = 0; row < rowsOfThread; ++row)
    rowIndices.push_back(
        kernel.add(kernel.add(kernel.mul(rowBlock, p.tileRows),
                              kernel.mul(threadRow, p.threadRows)),
                   row / p.threadRows * (p.tileRows / p.interleaveRows) +
                       row % p.threadRows));
  for (int64_t vector = 0; vector < vectorsOfRow; ++vector) {
    int64_t column = vector * width;
    columnIndices.push_back(kernel.add(
        kernel.add(kernel.mul(columnBlock, p.tileColumns),
                   kernel.mul(threadColumn, p.threadColumns)),
        column / p.threadColumns * (p.tileColumns / p.interleaveColumns) +
            column % p.threadColumns));
  }
  bool checkRows = rowCount % p.tileRows != 0,
       checkColumns = columnCount % p.tileColumns != 0;
  if (p.splits == 1) {
    epilogue->openKernel(batchIndex);
    epilogue->emit(sums, rowIndices, columnIndices, width, checkRows,
                   checkColumns);
    return;
  }
  // Partial sums, [split][batch][row][column].
  Value line = kernel.flatten(partialBuffer);
  int64_t lanes = largestDividing(width, columnCount);
  Int matrix = batchCount == 1
                   ? split
                   : kernel.add(kernel.mul(split, batchCount), batchIndex);
  for (auto [row, vectors] : llvm::zip_equal(rowIndices, sums)) {
    Value rowExists = checkRows ? kernel.less(row, rowCount) : Value();
    Int start = kernel.mul(
        kernel.toOffset(kernel.add(kernel.mul(matrix, rowCount), row)),
        columnCount);
    for (auto [column, vector] : llvm::zip_equal(columnIndices, vectors))
      for (int64_t lane = 0; lane < width; lane += lanes) {
        Int first = kernel.add(column, lane);
        Value exists = kernel.both(
            rowExists,
            checkColumns ? kernel.less(first, columnCount) : Value());
        Value part = vector;
        if (lanes != width)
          part = vector::ExtractStridedSliceOp::create(
              b, loc, vector, ArrayRef<int64_t>{lane}, ArrayRef<int64_t>{lanes},
              ArrayRef<int64_t>{1});
        OpBuilder::InsertionGuard guard(b);
        if (exists) {
          auto branch = scf::IfOp::create(b, loc, exists);
          b.setInsertionPointToStart(branch.thenBlock());
        }
        kernel.store(part, line,
                     kernel.index(kernel.add(start, kernel.toOffset(first))));
      }
  }
}

void ContractionKernel::buildReductionKernel(gpu::LaunchOp launch) {
  int64_t lanes = epilogue->getLanes(),
          matrix = batchCount * rowCount * columnCount, items = matrix / lanes;
  Value item = kernel.index(
      kernel.add(kernel.mul(Int(launch.getBlockIds().x), reductionThreads),
                 Int(launch.getThreadIds().x)));
  if (items % reductionThreads != 0) {
    auto branch = scf::IfOp::create(b, loc, kernel.less(Int(item), items));
    b.setInsertionPointToStart(branch.thenBlock());
  }
  Value line = kernel.flatten(partialBuffer), sum;
  for (int64_t split = 0; split < p.splits; ++split) {
    Value part = kernel.load(
        line,
        kernel.index(kernel.add(kernel.mul(Int(item), lanes), split * matrix)),
        lanes);
    sum = sum ? arith::AddFOp::create(b, loc, sum, part) : part;
  }
  Int position(b.createOrFold<arith::IndexCastOp>(loc, b.getI32Type(), item));
  Int column = kernel.mul(kernel.rem(position, columnCount / lanes), lanes);
  Int row = kernel.div(position, columnCount / lanes);
  Int batchIndex = 0;
  if (batchCount != 1) {
    batchIndex = kernel.div(row, rowCount);
    row = kernel.rem(row, rowCount);
  }
  epilogue->openKernel(batchIndex);
  SmallVector<SmallVector<Value>> sums = {{sum}};
  epilogue->emit(sums, {row}, {column}, lanes, /*checkRows=*/false,
                 /*checkColumns=*/false);
}

//===----------------------------------------------------------------------===//
// The operation
//===----------------------------------------------------------------------===//

DiagnosedSilenceableFailure
chameleon::transform_ops::LowerToGPUContractionOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  Parameters p;
  std::tuple<Value, StringRef, int64_t, int64_t *> parameters[] = {
      {getTileRows(), "tile rows", 1, &p.tileRows},
      {getTileColumns(), "tile columns", 1, &p.tileColumns},
      {getTileDepth(), "tile depth", 1, &p.tileDepth},
      {getInterleaveRows(), "interleaved rows", 1, &p.interleaveRows},
      {getInterleaveColumns(), "interleaved columns", 1, &p.interleaveColumns},
      {getThreadRows(), "rows of a thread", 1, &p.threadRows},
      {getThreadColumns(), "columns of a thread", 1, &p.threadColumns},
      {getStages(), "stages", 1, &p.stages},
      {getPad(), "pad", 0, &p.pad},
      {getSplits(), "splits", 1, &p.splits}};
  for (auto [param, name, minimum, value] : parameters) {
    DiagnosedSilenceableFailure valid =
        getIntegerParam(state, *this, param, name, minimum, *value);
    if (!valid.succeeded())
      return valid;
  }
  SmallVector<Operation *> launches;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    std::string reason = "expects a structured operation";
    if (auto anchor = dyn_cast<linalg::LinalgOp>(target)) {
      std::variant<KernelTask, std::string> analyzed =
          KernelTask::analyze(anchor);
      if (auto *task = std::get_if<KernelTask>(&analyzed)) {
        ContractionKernel kernel(rewriter, *task, p);
        reason = kernel.analyze();
        if (reason.empty()) {
          llvm::append_range(launches, kernel.build());
          continue;
        }
      } else {
        reason = std::get<std::string>(analyzed);
      }
    }
    DiagnosedSilenceableFailure failure = emitSilenceableError() << reason;
    failure.attachNote(target->getLoc()) << "when applied to this op";
    return failure;
  }
  results.set(cast<OpResult>(getLaunches()), launches);
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerToGPUContractionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (operand.getOperandNumber() == 0)
      transform::consumesHandle(operand, effects);
    else
      transform::onlyReadsHandle(operand, effects);
  }
  transform::producesHandle(getOperation()->getOpResults(), effects);
  transform::modifiesPayload(effects);
}
