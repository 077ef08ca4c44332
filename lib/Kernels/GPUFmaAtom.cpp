//===- GPUFmaAtom.cpp - a thread multiplies and adds single elements
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where the threads of a warp lie decides how often shared memory is accessed
// to give them their operands: a line of threads shares a row but needs many
// columns, a block of 4 x 8 needs few of both.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUAtom.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SmallSet.h"
#include <numeric>

using namespace mlir;
using namespace chameleon;

namespace {

class FmaEmitter : public GPUAtomEmitter {
public:
  FmaEmitter(KernelBuilder &kernel, const GPUBlock &block)
      : b(kernel.b), loc(kernel.loc), kernel(kernel), block(block),
        element(block.types.accumulator),
        rows(block.p.interleaveRows * block.p.threadRows),
        columns(block.p.interleaveColumns * block.p.threadColumns),
        steps(block.resources.steps) {}

  /// Lanes of a warp are a block of threads, if that takes fewer accesses of
  /// shared memory than a line.
  void place(Int thread) override;
  SmallVector<Value> createAccumulators() override;
  /// A scalar for each row and step, then one for each column and step.
  SmallVector<Value> readOperands(Value stage, int64_t step) override;
  void multiply(ArrayRef<Value> operands,
                MutableArrayRef<Value> accumulators) override;
  Sums getSums(ArrayRef<Value> accumulators) override;

private:
  /// Elements of an operand that are read at once: what is contiguous in shared
  /// memory.
  int64_t readLanes(const GPUOperandLayout &tile, int64_t interleave,
                    int64_t inPart) const;
  void readOperand(const GPUOperandLayout &tile, Value stage, int64_t step,
                   int64_t interleave, int64_t inPart, Int threadPart,
                   SmallVectorImpl<Value> &result);

  RewriterBase &b;
  Location loc;
  KernelBuilder &kernel;
  GPUBlock block;
  Type element;
  int64_t rows, columns; ///< of a thread
  int64_t steps;         ///< read at once
  Int threadRow, threadColumn;
};

class FmaAtom : public GPUAtom {
public:
  FmaAtom() : GPUAtom("fma", /*m=*/1, /*n=*/1, /*k=*/1, /*threads=*/1) {}

  std::string check(AtomTypes types) const override {
    if (!types.accumulator.isF32() && !types.accumulator.isF64() &&
        !types.accumulator.isInteger(32) && !types.accumulator.isInteger(64))
      return "expects elements of 32 or 64 bits";
    if (types.lhs != types.accumulator || types.rhs != types.accumulator)
      return "expects inputs and result of one type";
    return "";
  }
  std::unique_ptr<GPUAtomEmitter>
  createEmitter(KernelBuilder &kernel, const GPUBlock &block) const override {
    return std::make_unique<FmaEmitter>(kernel, block);
  }
};

} // namespace

const GPUAtom &chameleon::getFmaAtom() {
  static const FmaAtom atom;
  return atom;
}

//===----------------------------------------------------------------------===//
// The layout of lanes
//===----------------------------------------------------------------------===//

/// Row and column of a lane in a block of so many columns. Neighbours share a
/// row and the ones after them a column, which lets the hardware serve half a
/// warp at once for both operands.
static std::pair<int64_t, int64_t> placeInBlock(int64_t lane, int64_t columns) {
  int64_t quad = lane / 4;
  return {lane / 2 % 2 + quad / (columns / 2) * 2,
          lane % 2 + quad % (columns / 2) * 2};
}

/// Accesses of shared memory that a read of so many 32-bit words by each lane
/// takes: a bank gives one word an access. Words of 16 bytes are read by
/// quarters of a warp, by halves if every lane shares its address with its
/// neighbour, or every lane with the one after that.
static int64_t countAccesses(ArrayRef<int64_t> addresses, int64_t words,
                             int64_t numBanks) {
  int64_t warpSize = addresses.size();
  auto paired = [&](int64_t distance) {
    for (int64_t lane = 0; lane < warpSize; ++lane)
      if (addresses[lane] != addresses[lane ^ distance])
        return false;
    return true;
  };
  int64_t together = words == 1               ? warpSize
                     : words == 2             ? warpSize / 2
                     : paired(1) || paired(2) ? warpSize / 2
                                              : warpSize / 4,
          accesses = 0;
  together = std::max<int64_t>(together, 1);
  for (int64_t first = 0; first < warpSize; first += together) {
    llvm::SmallSet<int64_t, 32> seen;
    SmallVector<int64_t> ofBank(numBanks, 0);
    for (int64_t address : addresses.slice(first, together))
      for (int64_t word = address; word < address + words; ++word)
        if (seen.insert(word).second)
          ++ofBank[word % numBanks];
    accesses += *llvm::max_element(ofBank);
  }
  return accesses;
}

int64_t FmaEmitter::readLanes(const GPUOperandLayout &tile, int64_t interleave,
                              int64_t inPart) const {
  if (tile.depthInside)
    return largestDividing(steps, tile.pitch);
  return largestDividing(largestDividing(block.resources.lanes, inPart),
                         std::gcd(tile.pitch, tile.extent / interleave));
}

void FmaEmitter::place(Int thread) {
  int64_t warpSize = block.limits.warpThreads,
          numBanks = block.limits.sharedBanks,
          threadsOfRow = block.resources.threadsOfRow,
          threadsOfColumn = block.resources.threadsOfColumn;
  int64_t wordsOfElement = element.getIntOrFloatBitWidth() / 32;
  // Of the reads of both operands for as many steps as are read at once, in the
  // first warp.
  auto cost =
      [&](llvm::function_ref<std::pair<int64_t, int64_t>(int64_t)> place) {
        int64_t accesses = 0;
        for (bool isLeft : {true, false}) {
          const GPUOperandLayout &tile = isLeft ? block.left : block.right;
          int64_t interleave = isLeft ? block.p.interleaveRows
                                      : block.p.interleaveColumns,
                  inPart = isLeft ? block.p.threadRows : block.p.threadColumns,
                  lanes = readLanes(tile, interleave, inPart),
                  stride = inPart * (tile.depthInside ? tile.pitch : 1);
          SmallVector<int64_t> addresses;
          for (int64_t lane = 0; lane < warpSize; ++lane)
            addresses.push_back(
                (isLeft ? place(lane).first : place(lane).second) * stride *
                wordsOfElement);
          accesses +=
              interleave * inPart * steps / lanes *
              countAccesses(addresses, lanes * wordsOfElement, numBanks);
        }
        return accesses;
      };
  int64_t least = cost([&](int64_t lane) {
    return std::pair(lane / threadsOfRow, lane % threadsOfRow);
  }),
          laneColumns = 0;
  if (block.resources.threads % warpSize == 0)
    for (int64_t columns : {8, 4, 16, 2}) {
      if (warpSize % columns != 0 || threadsOfRow % columns != 0 ||
          threadsOfColumn % (warpSize / columns) != 0)
        continue;
      int64_t accesses =
          cost([&](int64_t lane) { return placeInBlock(lane, columns); });
      if (accesses < least) {
        least = accesses;
        laneColumns = columns;
      }
    }
  if (laneColumns == 0) {
    threadColumn = kernel.rem(thread, threadsOfRow);
    threadRow = kernel.div(thread, threadsOfRow);
    return;
  }
  Int lane = kernel.rem(thread, warpSize), warp = kernel.div(thread, warpSize),
      quad = kernel.div(lane, 4);
  Int laneRow = kernel.add(kernel.rem(kernel.div(lane, 2), 2),
                           kernel.mul(kernel.div(quad, laneColumns / 2), 2)),
      laneColumn = kernel.add(kernel.rem(lane, 2),
                              kernel.mul(kernel.rem(quad, laneColumns / 2), 2));
  int64_t warpsOfRow = threadsOfRow / laneColumns;
  threadColumn = kernel.add(
      kernel.mul(kernel.rem(warp, warpsOfRow), laneColumns), laneColumn);
  threadRow = kernel.add(
      kernel.mul(kernel.div(warp, warpsOfRow), warpSize / laneColumns),
      laneRow);
}

void FmaEmitter::readOperand(const GPUOperandLayout &tile, Value stage,
                             int64_t step, int64_t interleave, int64_t inPart,
                             Int threadPart, SmallVectorImpl<Value> &result) {
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
    Value vector = kernel.load(block.shared, kernel.index(offset), lanes);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      int64_t where = tile.depthInside ? item * steps + k + lane
                                       : (item + lane) * steps + k;
      result[begin + where] = kernel.elementOf(vector, lane);
    }
  }
}

SmallVector<Value> FmaEmitter::createAccumulators() {
  return SmallVector<Value>(rows * columns, kernel.zero(element));
}

SmallVector<Value> FmaEmitter::readOperands(Value stage, int64_t step) {
  SmallVector<Value> result;
  readOperand(block.left, stage, step, block.p.interleaveRows,
              block.p.threadRows, threadRow, result);
  readOperand(block.right, stage, step, block.p.interleaveColumns,
              block.p.threadColumns, threadColumn, result);
  return result;
}

void FmaEmitter::multiply(ArrayRef<Value> operands,
                          MutableArrayRef<Value> accumulators) {
  auto add = [&](int64_t k, int64_t row, int64_t column) {
    Value &sum = accumulators[row * columns + column];
    Value left = operands[row * steps + k],
          right = operands[(rows + column) * steps + k];
    sum = isa<FloatType>(element)
              ? math::FmaOp::create(b, loc, left, right, sum).getResult()
              : kernel.sum(sum, arith::MulIOp::create(b, loc, left, right));
  };
  // Neighbouring instructions share an operand, which the processor then does
  // not read again. The assembler finds registers whose banks collide least if
  // even columns come before odd ones, there and back.
  SmallVector<int64_t> columnOrder;
  for (int64_t i = 0; i < columns; ++i)
    columnOrder.push_back(block.p.turn ? 2 * i : i);
  if (block.p.turn)
    for (auto [i, column] : llvm::enumerate(columnOrder))
      if (column >= columns)
        column = 2 * (columns - static_cast<int64_t>(i)) - 1;
  for (int64_t k = 0; k < steps; ++k)
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column : columnOrder)
        add(k, row, column);
      if (block.p.turn)
        std::reverse(columnOrder.begin(), columnOrder.end());
    }
}

GPUAtomEmitter::Sums FmaEmitter::getSums(ArrayRef<Value> accumulators) {
  const GPUContractionParameters &p = block.p;
  int64_t width = block.resources.width;
  auto vector = VectorType::get({width}, element);
  Sums sums;
  sums.vectors.resize(rows);
  for (int64_t i = 0; i < rows * columns; i += width)
    sums.vectors[i / columns].push_back(vector::FromElementsOp::create(
        b, loc, vector, accumulators.slice(i, width)));
  for (int64_t row = 0; row < rows; ++row)
    sums.rows.push_back(
        kernel.add(kernel.mul(threadRow, p.threadRows),
                   row / p.threadRows * (p.tileRows / p.interleaveRows) +
                       row % p.threadRows));
  for (int64_t column = 0; column < columns; column += width)
    sums.columns.push_back(kernel.add(
        kernel.mul(threadColumn, p.threadColumns),
        column / p.threadColumns * (p.tileColumns / p.interleaveColumns) +
            column % p.threadColumns));
  return sums;
}
