//===- InsertionChains.cpp - long chains of insertions become copies
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bufferization compares each insertion of a chain with all others, and each
// part that they touch: a concatenation of 128 operands took it half a minute,
// the fourth power of the operands. A long chain is taken out of its hands:
// each insertion becomes a copy into a part of one buffer, in the same order.
// That costs a copy where a producer could have written its part itself, which
// is why short chains are left to the analysis.
//
//===----------------------------------------------------------------------===//

#include "PrepareForCPU.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace chameleon {

/// Longest chain that is left as it is.
static constexpr size_t longestAnalyzed = 16;

/// The insertion into what `insertion` results in, if nothing else uses that.
static tensor::InsertSliceOp getNext(tensor::InsertSliceOp insertion) {
  if (!insertion->hasOneUse())
    return {};
  OpOperand &use = *insertion->use_begin();
  auto next = dyn_cast<tensor::InsertSliceOp>(use.getOwner());
  return next && use == next.getDestMutable() &&
                 next->getBlock() == insertion->getBlock()
             ? next
             : tensor::InsertSliceOp();
}

/// Copies the elements that a tensor has at this place of the program.
static void copyInto(OpBuilder &builder, Location location, Value tensor,
                     Value target) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Value source = bufferization::ToBufferOp::create(
      builder, location,
      MemRefType::get(type.getShape(), type.getElementType()), tensor,
      /*read_only=*/true);
  memref::CopyOp::create(builder, location, source, target);
}

static void copyChain(ArrayRef<tensor::InsertSliceOp> chain) {
  tensor::InsertSliceOp first = chain.front(), last = chain.back();
  RankedTensorType type = last.getResultType();
  auto bufferType = MemRefType::get(type.getShape(), type.getElementType());
  OpBuilder builder(first);
  Value buffer = memref::AllocOp::create(builder, first.getLoc(), bufferType);
  if (!first.getDest().getDefiningOp<tensor::EmptyOp>())
    copyInto(builder, first.getLoc(), first.getDest(), buffer);
  for (tensor::InsertSliceOp insertion : chain) {
    builder.setInsertionPoint(insertion);
    MemRefType partType = memref::SubViewOp::inferRankReducedResultType(
        insertion.getSourceType().getShape(), bufferType,
        insertion.getMixedOffsets(), insertion.getMixedSizes(),
        insertion.getMixedStrides());
    Value part = memref::SubViewOp::create(
        builder, insertion.getLoc(), partType, buffer,
        insertion.getMixedOffsets(), insertion.getMixedSizes(),
        insertion.getMixedStrides());
    copyInto(builder, insertion.getLoc(), insertion.getSource(), part);
  }
  // Not writable: whoever updates the result in place gets a copy.
  last.replaceAllUsesWith(
      bufferization::ToTensorOp::create(builder, last.getLoc(), type, buffer,
                                        /*restrict=*/true)
          .getResult());
  for (tensor::InsertSliceOp insertion : llvm::reverse(chain))
    insertion.erase();
}

void copyLongInsertionChains(func::FuncOp function) {
  SmallVector<tensor::InsertSliceOp> ends;
  function.walk([&](tensor::InsertSliceOp insertion) {
    if (!getNext(insertion))
      ends.push_back(insertion);
  });
  for (tensor::InsertSliceOp end : ends) {
    SmallVector<tensor::InsertSliceOp> chain;
    for (tensor::InsertSliceOp insertion = end; insertion;) {
      chain.push_back(insertion);
      auto before = insertion.getDest().getDefiningOp<tensor::InsertSliceOp>();
      insertion = before && getNext(before) == insertion
                      ? before
                      : tensor::InsertSliceOp();
    }
    bool isStatic = llvm::all_of(chain, [](tensor::InsertSliceOp insertion) {
      return insertion.getResultType().hasStaticShape() &&
             insertion.getSourceType().hasStaticShape();
    });
    if (chain.size() <= longestAnalyzed || !isStatic)
      continue;
    std::reverse(chain.begin(), chain.end());
    copyChain(chain);
  }
}

} // namespace chameleon
