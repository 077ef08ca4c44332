//===- GPUContractionAnalysis.cpp - which contractions can be a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the loops of a contraction are to its operands, and how their tiles lie
// in shared memory.
//
//===----------------------------------------------------------------------===//

#include "GPUContractionKernel.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace chameleon;

/// An operand of at least so many elements, which so many tiles read, is worth
/// a kernel that aligns its rows.
static constexpr int64_t fewestAligned = 1 << 16, fewestReaders = 4;

/// What an operand is before it is brought to the type that products have, and
/// the operation that does so, if there is one.
static std::pair<Value, Operation *> beforeWidening(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp,
                      arith::SIToFPOp, arith::UIToFPOp>(op))
    return {op->getOperand(0), op};
  return {value, nullptr};
}

Type chameleon::getGPUSumType(Type result) {
  MLIRContext *context = result.getContext();
  if (isa<FloatType>(result) && result.getIntOrFloatBitWidth() <= 16)
    return Float32Type::get(context);
  if (result.isSignlessInteger() && result.getIntOrFloatBitWidth() <= 64)
    return IntegerType::get(context,
                            result.getIntOrFloatBitWidth() <= 32 ? 32 : 64);
  return result.isF32() || result.isF64() ? result : Type();
}

static std::string toText(Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

std::string GPUContractionPlan::analyzeBody() {
  linalg::LinalgOp op = task.anchor;
  // result + left * right.
  if (op.getNumDpsInputs() != 2 || !task.inputs[0] || !task.inputs[1])
    return "expects two tensors as inputs";
  if (task.inputs[0]->computed || task.inputs[1]->computed)
    return "expects operands at linear indices";
  Block *body = op.getBlock();
  Operation *sum = body->getTerminator()->getOperand(0).getDefiningOp();
  Value product;
  isBoolean = isa_and_nonnull<arith::OrIOp>(sum) &&
              sum->getResult(0).getType().isInteger(1);
  if (isa_and_nonnull<arith::AddFOp, arith::AddIOp>(sum) || isBoolean)
    product = sum->getOperand(0) == body->getArgument(2)   ? sum->getOperand(1)
              : sum->getOperand(1) == body->getArgument(2) ? sum->getOperand(0)
                                                           : Value();
  // A product of floats that is rounded before it is added may as well not be.
  if (product && isa_and_nonnull<arith::ExtFOp>(product.getDefiningOp()))
    product = product.getDefiningOp()->getOperand(0);
  Operation *multiply = product ? product.getDefiningOp() : nullptr;
  if (isBoolean ? !isa_and_nonnull<arith::AndIOp>(multiply)
                : !isa_and_nonnull<arith::MulFOp, arith::MulIOp>(multiply))
    return "expects a body that adds a product to the result";
  auto [first, firstWidening] = beforeWidening(multiply->getOperand(0));
  auto [second, secondWidening] = beforeWidening(multiply->getOperand(1));
  bool inOrder = first == body->getArgument(0);
  if (!inOrder)
    std::swap(first, second);
  if (first != body->getArgument(0) || second != body->getArgument(1))
    return "expects a body that adds a product of both inputs to the result";
  widenings = {inOrder ? firstWidening : secondWidening,
               inOrder ? secondWidening : firstWidening};
  result = getElementTypeOrSelf(op->getResult(0).getType());
  element = getGPUSumType(result);
  if (!element)
    return "expects a result of f16, bf16, f32, f64 or integers of at most "
           "64 bits, found " +
           toText(result);
  types = {element, element, element};
  std::string reason;
  atom = findGPUAtom(hooks, types, reason);
  if (!atom)
    return reason;
  for (const std::optional<Access> &input : task.inputs)
    if (!input->bounds.empty() && !isa<FloatAttr, IntegerAttr>(input->padding))
      return "expects padding with a number";
  return "";
}

void GPUContractionPlan::analyzeLoops(const Access *&rowAccess,
                                      const Access *&columnAccess) {
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
    llvm::sort(group, [&](unsigned x, unsigned y) {
      return std::pair(-access.strides[x], x) <
             std::pair(-access.strides[y], y);
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
  rowAccess = inputs[swapped ? 1 : 0];
  columnAccess = inputs[swapped ? 0 : 1];
  // The innermost step is the one that is contiguous in an operand.
  auto innermostStep = llvm::find_if(depth, [&](unsigned loop) {
    return rowAccess->strides[loop] == 1 && !rowAccess->isBounded(loop);
  });
  if (innermostStep == depth.end())
    innermostStep = llvm::find_if(depth, [&](unsigned loop) {
      return columnAccess->strides[loop] == 1 && !columnAccess->isBounded(loop);
    });
  if (innermostStep != depth.end())
    std::rotate(innermostStep, innermostStep + 1, depth.end());
}

std::string GPUContractionPlan::analyze() {
  if (std::string reason = analyzeBody(); !reason.empty())
    return reason;
  const Access *rowAccess, *columnAccess;
  analyzeLoops(rowAccess, columnAccess);
  unsigned bits = element.getIntOrFloatBitWidth();
  if (std::string reason = resources.computeThreads(*atom, p, bits, limits);
      !reason.empty())
    return reason;
  rowBlocks = llvm::divideCeil(rowCount, p.tileRows);
  columnBlocks = llvm::divideCeil(columnCount, p.tileColumns);
  chunks =
      llvm::divideCeil(llvm::divideCeil(depthCount, p.tileDepth), p.splits);
  checkDepth = chunks * p.splits * p.tileDepth != depthCount;
  for (auto [count, what] :
       {std::pair(batchCount * rowBlocks * columnBlocks * p.splits, "blocks"),
        std::pair(batchCount, "products"), std::pair(rowCount, "rows"),
        std::pair(columnCount, "columns"),
        // The kernel that adds them up counts them all.
        std::pair(p.getPartialSums() == 1
                      ? 0
                      : batchCount * rowCount * columnCount *
                            p.getPartialSums(),
                  "partial sums"),
        std::pair(chunks * p.splits * p.tileDepth, "steps of the reduction")})
    if (std::string reason = checkCount(count, what); !reason.empty())
      return reason;

  makeAlignedTile(left, *rowAccess, rows, p.tileRows, columnBlocks);
  makeAlignedTile(right, *columnAccess, columns, p.tileColumns, rowBlocks);
  bool swapped = rowAccess != &*task.inputs[0];
  left.widening = widenings[swapped ? 1 : 0];
  right.widening = widenings[swapped ? 0 : 1];
  left.total = rowCount;
  right.total = columnCount;
  return resources.compute(*atom, p, left.layout, right.layout, bits, limits);
}

void GPUContractionPlan::makeTile(GPUContractionTile &tile,
                                  const Access &access, const Group &group,
                                  int64_t extent) {
  tile.access = &access;
  tile.group = &group;
  tile.runs = access.getRuns(task.sizes, group);
  tile.depthRuns = access.getRuns(task.sizes, depth);
  auto isContiguous = [](ArrayRef<Run> runs) {
    return !runs.empty() && runs.back().stride == 1;
  };
  auto getLanes = [&](const Group &along, const Group &other) {
    return std::min(access.getLanes(task.sizes, along, {&batch, &other}),
                    resources.lanes);
  };
  tile.layout.compute(p, extent,
                      {getLanes(group, depth), getLanes(depth, group),
                       isContiguous(tile.runs), isContiguous(tile.depthRuns)});
}

void GPUContractionPlan::makeAlignedTile(GPUContractionTile &tile,
                                         const Access &access,
                                         const Group &group, int64_t extent,
                                         int64_t readers) {
  makeTile(tile, access, group, extent);
  auto type = cast<RankedTensorType>(access.tensor.getType());
  int64_t lanes = resources.lanes;
  if (tile.layout.alignedLanes >= lanes || readers < fewestReaders ||
      type.getRank() == 0 || type.getNumElements() < fewestAligned)
    return;
  Access aligned = access;
  SmallVector<int64_t> shape(type.getShape());
  // Where a loop is alone in a dimension, and in its group, tiles may as well
  // be whole: then no copy of one needs a condition.
  GPUContractionTile better;
  for (auto [size, index] : llvm::zip_equal(shape, access.indices)) {
    if (index.constant != 0 || llvm::count(index.coefficients, 0) + 1 !=
                                   static_cast<int64_t>(task.sizes.size()))
      continue;
    unsigned loop =
        llvm::find_if(index.coefficients, [](int64_t c) { return c != 0; }) -
        index.coefficients.begin();
    if (index.coefficients[loop] != 1 || access.isBounded(loop))
      continue;
    if (ArrayRef(group) == ArrayRef(loop)) {
      size = llvm::alignTo(size, extent);
      better.wholeExtents = true;
    } else if (ArrayRef(depth) == ArrayRef(loop)) {
      size = chunks * p.splits * p.tileDepth;
      better.wholeDepth = true;
    }
  }
  shape.back() = llvm::alignTo(shape.back(), lanes);
  aligned.slack = shape.back() - type.getShape().back();
  aligned.setShape(shape);
  makeTile(better, aligned, group, extent);
  if (aligned.slack == 0 ||
      better.layout.alignedLanes <= tile.layout.alignedLanes)
    return;
  tile = better;
  tile.aligned = aligned;
  tile.alignedShape = shape;
  tile.access = &*tile.aligned;
}
