//===- GPUContractionSums.cpp - where the sums of a contraction go
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block ends its part of the result, or adds it up with those of other blocks
// that share the reduction: of its cluster in their shared memory, of all of
// them in global memory, which a second kernel reads.
//
//===----------------------------------------------------------------------===//

#include "GPUContractionKernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace chameleon;

Value GPUContractionKernel::narrow(Value vector) {
  if (result == element)
    return vector;
  if (isBoolean)
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, vector,
                                 kernel.zero(vector.getType()));
  Type type = cast<VectorType>(vector.getType()).clone(result);
  if (isa<FloatType>(result))
    return arith::TruncFOp::create(b, loc, type, vector);
  return arith::TruncIOp::create(b, loc, type, vector);
}

void GPUContractionKernel::storeSums(ArrayRef<SmallVector<Value>> sums,
                                     ArrayRef<Int> rowIndices,
                                     ArrayRef<Int> columnIndices, Int split,
                                     Int batchIndex) {
  if (p.getPartialSums() > 1) {
    storePartialSums(sums, rowIndices, columnIndices,
                     batchCount == 1 ? split
                                     : kernel.add(kernel.mul(split, batchCount),
                                                  batchIndex));
    return;
  }
  epilogue->openKernel(batchIndex);
  SmallVector<SmallVector<Value>> results(sums);
  for (SmallVector<Value> &row : results)
    for (Value &vector : row)
      vector = narrow(vector);
  epilogue->emit(results, rowIndices, columnIndices, resources.width,
                 rowCount % p.tileRows != 0, columnCount % p.tileColumns != 0);
}

void GPUContractionKernel::combineInCluster(const GPUAtomEmitter::Sums &sums,
                                            Int thread, Int member,
                                            Int firstRow, Int firstColumn,
                                            Int split, Int batchIndex) {
  int64_t width = resources.width, threads = resources.threads;
  // The tile takes the place of its operands: no copy is under way any more,
  // and no thread reads them.
  waitForChunk(0);
  for (auto [row, vectors] : llvm::zip_equal(sums.rows, sums.vectors))
    for (auto [column, vector] : llvm::zip_equal(sums.columns, vectors))
      kernel.store(vector, shared,
                   kernel.index(kernel.toOffset(
                       kernel.add(kernel.mul(row, p.tileColumns), column))));
  hooks.arriveInCluster(b, loc);
  hooks.waitForCluster(b, loc);
  // Neighbouring threads of the whole cluster take neighbouring vectors.
  SmallVector<Value> tiles;
  for (int64_t other = 0; other < p.cluster; ++other)
    tiles.push_back(hooks.getSharedOf(b, loc, shared, other));
  int64_t vectors = p.tileRows * p.tileColumns / width,
          sharers = threads * p.cluster;
  SmallVector<Int> items;
  SmallVector<Value> totals;
  for (int64_t first = 0; first < vectors; first += sharers) {
    Int item =
        kernel.add(kernel.add(kernel.mul(member, threads), thread), first);
    items.push_back(item);
    if (first + sharers > vectors)
      item = kernel.min(item, vectors - 1);
    Value offset = kernel.index(kernel.toOffset(kernel.mul(item, width))),
          total;
    for (Value tile : tiles) {
      Value part = hooks.loadSharedOf(b, loc, tile, offset, element, width);
      total = total ? kernel.sum(total, part) : part;
    }
    totals.push_back(total);
  }
  // No block ends while another one reads its memory.
  hooks.arriveInCluster(b, loc);
  for (auto [item, total] : llvm::zip_equal(items, totals)) {
    OpBuilder::InsertionGuard guard(b);
    if (item.constant + sharers > vectors) {
      auto branch = scf::IfOp::create(b, loc, kernel.less(item, vectors));
      b.setInsertionPointToStart(branch.thenBlock());
    }
    int64_t vectorsOfRow = p.tileColumns / width;
    Int row = kernel.add(firstRow, kernel.div(item, vectorsOfRow)),
        column = kernel.add(firstColumn,
                            kernel.mul(kernel.rem(item, vectorsOfRow), width));
    SmallVector<SmallVector<Value>> sum = {{total}};
    storeSums(sum, {row}, {column}, split, batchIndex);
  }
  hooks.waitForCluster(b, loc);
}

// [split][batch][row][column].
void GPUContractionKernel::storePartialSums(ArrayRef<SmallVector<Value>> sums,
                                            ArrayRef<Int> rowIndices,
                                            ArrayRef<Int> columnIndices,
                                            Int matrix) {
  int64_t width = resources.width;
  bool checkRows = rowCount % p.tileRows != 0,
       checkColumns = columnCount % p.tileColumns != 0;
  Value line = kernel.flatten(partialBuffer);
  int64_t lanes = largestDividing(width, columnCount);
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

void GPUContractionKernel::buildReductionKernel(gpu::LaunchOp launch) {
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
  for (int64_t split = 0; split < p.getPartialSums(); ++split) {
    Value part = kernel.load(
        line,
        kernel.index(kernel.add(kernel.mul(Int(item), lanes), split * matrix)),
        lanes);
    sum = sum ? kernel.sum(sum, part) : part;
  }
  Int position = kernel.fromIndex(item);
  Int column = kernel.mul(kernel.rem(position, columnCount / lanes), lanes);
  Int row = kernel.div(position, columnCount / lanes);
  Int batchIndex = 0;
  if (batchCount != 1) {
    batchIndex = kernel.div(row, rowCount);
    row = kernel.rem(row, rowCount);
  }
  epilogue->openKernel(batchIndex);
  SmallVector<SmallVector<Value>> sums = {{narrow(sum)}};
  epilogue->emit(sums, {row}, {column}, lanes, /*checkRows=*/false,
                 /*checkColumns=*/false);
}
