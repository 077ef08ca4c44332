//===- GPUContractionTiles.cpp - operands of a contraction in shared memory
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies of the tiles: as wide as alignment allows, zero where nothing is.
//
//===----------------------------------------------------------------------===//

#include "GPUContractionKernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

/// Memory is read in sectors of 32 bytes.
static constexpr int64_t sectorElements = 8;

void GPUContractionKernel::createBuffer(
    GPUContractionTile &tile, SmallVectorImpl<Operation *> &launches) {
  tile.buffer = task.getBuffer(b, *tile.access, /*isRead=*/true);
  if (!tile.aligned)
    return;
  auto type = cast<MemRefType>(tile.buffer.getType());
  Value source = tile.buffer;
  auto alignedType = MemRefType::get(tile.alignedShape, element);
  tile.buffer = memref::AllocOp::create(b, loc, alignedType);
  int64_t lanes = resources.lanes, items = alignedType.getNumElements() / lanes;
  auto launch = kernel.createLaunch(llvm::divideCeil(items, reductionThreads),
                                    reductionThreads, 0, element);
  launches.push_back(launch);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&launch.getBody().front());
  Int item = kernel.fromIndex(kernel.index(
      kernel.add(kernel.mul(Int(launch.getBlockIds().x), reductionThreads),
                 Int(launch.getThreadIds().x))));
  auto branch = scf::IfOp::create(b, loc, kernel.less(item, items));
  b.setInsertionPointToStart(branch.thenBlock());
  // Place and existence of the first lane, but for the innermost dimension.
  Int rest = item, from, column;
  Value exists;
  int64_t stride = 1;
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    bool isInnermost = dim == type.getRank() - 1;
    int64_t size = tile.alignedShape[dim] / (isInnermost ? lanes : 1);
    Int here = dim == 0 ? rest : kernel.rem(rest, size);
    rest = kernel.div(rest, size);
    if (isInnermost)
      column = here = kernel.mul(here, lanes);
    else if (type.getDimSize(dim) != size)
      exists = kernel.both(exists, kernel.less(here, type.getDimSize(dim)));
    from = kernel.add(from, kernel.mul(kernel.toOffset(here), stride));
    stride *= type.getDimSize(dim);
  }
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value here = kernel.both(
        exists, kernel.less(kernel.add(column, lane), type.getShape().back()));
    Value safe = arith::SelectOp::create(
        b, loc, here, kernel.index(kernel.add(from, lane)), kernel.index(0));
    Value read = kernel.elementOf(
        widen(tile, kernel.load(kernel.flatten(source), safe, 1)), 0);
    elements.push_back(
        arith::SelectOp::create(b, loc, here, read, kernel.zero(element)));
  }
  Value vector = vector::FromElementsOp::create(
      b, loc, VectorType::get({lanes}, element), elements);
  kernel.store(vector, kernel.flatten(tile.buffer),
               kernel.index(kernel.mul(kernel.toOffset(item), lanes)));
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

void GPUContractionKernel::openTile(GPUContractionTile &tile, Int block,
                                    Int batchIndex, Int thread) {
  const GPUOperandLayout &layout = tile.layout;
  tile.line = kernel.flatten(tile.buffer);
  Place start = kernel.add(
      KernelBuilder::start(*tile.access),
      kernel.place(tile.access->getRuns(task.sizes, batch), batchIndex));
  int64_t copies = layout.extent * p.tileDepth / layout.lanes;
  bool checkExtent = tile.total % layout.extent != 0 && !tile.wholeExtents;
  Int origin = kernel.mul(block, layout.extent);
  for (int64_t done = 0; done < copies; done += resources.threads) {
    GPUContractionTile::Slot slot;
    // Neighbouring threads copy what is contiguous in memory; to turn a tile,
    // one sector of each row.
    Int number = kernel.add(thread, done), alongExtent;
    if (layout.turned) {
      int64_t sector = largestDividing(sectorElements, p.tileDepth);
      auto [line, step] = kernel.divRem(number, resources.threads, sector);
      auto [group, row] = kernel.divRem(
          line, llvm::divideCeil(resources.threads, sector), layout.extent);
      alongExtent = row;
      slot.depth = kernel.add(kernel.mul(group, sector), step);
    } else {
      int64_t inner =
          (layout.depthInside ? p.tileDepth : layout.extent) / layout.lanes;
      auto [outside, inside] = kernel.divRem(number, resources.threads, inner);
      inside = kernel.mul(inside, layout.lanes);
      alongExtent = layout.depthInside ? outside : inside;
      slot.depth = layout.depthInside ? inside : outside;
    }
    if (done + resources.threads > copies)
      slot.isMine = kernel.less(number, copies);
    Int here = kernel.add(origin, alongExtent);
    if (checkExtent)
      slot.exists = kernel.less(here, tile.total);
    slot.place = kernel.add(start, kernel.place(tile.runs, here));
    Int outside = layout.depthInside ? alongExtent : slot.depth,
        inside = layout.depthInside ? slot.depth : alongExtent;
    slot.target = kernel.add(
        kernel.add(kernel.mul(kernel.toOffset(outside), layout.pitch),
                   kernel.toOffset(inside)),
        layout.base);
    tile.slots.push_back(slot);
  }
}

Value GPUContractionKernel::widen(const GPUContractionTile &tile,
                                  Value vector) {
  auto typeOf = [&](Type element) {
    return cast<VectorType>(vector.getType()).clone(element);
  };
  if (tile.widening) {
    IRMapping mapping;
    mapping.map(tile.widening->getOperand(0), vector);
    Operation *clone = b.clone(*tile.widening, mapping);
    clone->getResult(0).setType(typeOf(tile.widening->getResult(0).getType()));
    vector = clone->getResult(0);
  }
  Type here = getElementTypeOrSelf(vector.getType());
  if (here == element)
    return vector;
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(b, loc, typeOf(element), vector);
  return arith::ExtSIOp::create(b, loc, typeOf(element), vector);
}

void GPUContractionKernel::copyThroughRegisters(const GPUContractionTile &tile,
                                                Value source, Value exists,
                                                Value inBounds, Value target) {
  if (Value reads = kernel.both(exists, inBounds))
    source = arith::SelectOp::create(b, loc, reads, source, kernel.index(0));
  Value vector = kernel.load(tile.line, source, tile.layout.lanes);
  if (inBounds)
    vector = arith::SelectOp::create(
        b, loc, inBounds, vector,
        arith::ConstantOp::create(
            b, loc,
            DenseElementsAttr::get(cast<ShapedType>(vector.getType()),
                                   tile.access->padding)));
  vector = widen(tile, vector);
  if (exists)
    vector = arith::SelectOp::create(b, loc, exists, vector,
                                     kernel.zero(vector.getType()));
  kernel.store(vector, shared, target);
}

void GPUContractionKernel::copyTile(GPUContractionTile &tile, Int chunk,
                                    Value stage, int64_t first, int64_t last) {
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
  for (const GPUContractionTile::Slot &slot :
       ArrayRef(tile.slots).slice(first, last - first)) {
    Place place;
    if (isUniform) {
      place = kernel.add(slot.place, kernel.place({inner}, slot.depth));
      place = kernel.add(place, uniform);
    } else {
      place =
          kernel.add(slot.place, kernel.place(tile.depthRuns,
                                              kernel.add(begin, slot.depth)));
    }
    // Padding with zeros is as what lies beyond an end.
    Value inBounds = kernel.inBounds(*tile.access, place),
          exists = tile.padsWithOther() ? slot.exists
                                        : kernel.both(slot.exists, inBounds);
    if (checkDepth && !tile.wholeDepth)
      exists = kernel.both(
          exists, kernel.less(kernel.add(begin, slot.depth), depthCount));
    OpBuilder::InsertionGuard guard(b);
    if (slot.isMine) {
      auto branch = scf::IfOp::create(b, loc, slot.isMine);
      b.setInsertionPointToStart(branch.thenBlock());
    }
    if (tile.padsWithOther() ||
        cast<MemRefType>(tile.line.getType()).getElementType() != element) {
      copyThroughRegisters(tile, kernel.index(place.offset), exists,
                           tile.padsWithOther() ? inBounds : Value(),
                           kernel.index(kernel.add(Int(stage), slot.target)));
      continue;
    }
    // A copy of nothing does not look at its address.
    Value source = kernel.index(place.offset), count;
    if (exists)
      count = arith::SelectOp::create(
          b, loc, exists, kernel.index(tile.layout.lanes), kernel.index(0));
    hooks.startCopy(b, loc, shared,
                    kernel.index(kernel.add(Int(stage), slot.target)),
                    tile.line, source, tile.layout.lanes, count);
  }
}

void GPUContractionKernel::startChunk(Int chunk, Value stage, int64_t part,
                                      int64_t numParts) {
  int64_t numLeft = left.slots.size(),
          count = numLeft + static_cast<int64_t>(right.slots.size()),
          first = count * part / numParts, last = count * (part + 1) / numParts;
  if (first < std::min(last, numLeft))
    copyTile(left, chunk, stage, first, std::min(last, numLeft));
  if (std::max(first, numLeft) < last)
    copyTile(right, chunk, stage, std::max(first, numLeft) - numLeft,
             last - numLeft);
}
