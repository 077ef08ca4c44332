//===- TaskDescription.cpp - name, cost and key of an anchor with its epilogue
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/TaskDescription.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SHA1.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace {

std::string joinSizes(ArrayRef<int64_t> sizes) {
  return llvm::join(
      llvm::map_range(sizes, [](int64_t size) { return std::to_string(size); }),
      "x");
}

int64_t product(ArrayRef<unsigned> dims, ArrayRef<int64_t> loops) {
  int64_t result = 1;
  for (unsigned dim : dims)
    result *= loops[dim];
  return result;
}

/// Sizes of the loops in `dims`, without those of size one unless all are.
SmallVector<int64_t> sizesOf(ArrayRef<unsigned> dims, ArrayRef<int64_t> loops) {
  SmallVector<int64_t> sizes;
  for (unsigned dim : dims)
    sizes.push_back(loops[dim]);
  return sizes;
}

/// Extent of the image that the convolution reads along one spatial dimension,
/// padding included.
std::string describeConvolution(const linalg::ConvolutionDimensions &dims,
                                ArrayRef<int64_t> loops, bool reducesChannels) {
  std::string text = dims.outputImage.size() == 1   ? "conv1d "
                     : dims.outputImage.size() == 2 ? "conv2d "
                                                    : "conv3d ";
  SmallVector<unsigned> inputChannels =
                            llvm::to_vector(ArrayRef(dims.inputChannel)),
                        outputChannels =
                            llvm::to_vector(ArrayRef(dims.outputChannel));
  inputChannels.append(dims.depth.begin(), dims.depth.end());
  outputChannels.append(dims.depth.begin(), dims.depth.end());
  if (!dims.depth.empty())
    text = dims.outputChannel.empty() ? "depthwise_" + text : "grouped_" + text;
  int64_t batch = product(dims.batch, loops);
  if (batch != 1)
    text += llvm::formatv("{0}*", batch);
  text += llvm::formatv("{0} -> {1}x{2} {3}", product(inputChannels, loops),
                        product(outputChannels, loops),
                        joinSizes(sizesOf(dims.outputImage, loops)),
                        joinSizes(sizesOf(dims.filterLoop, loops)));
  if (llvm::any_of(dims.strides, [](int64_t stride) { return stride != 1; }))
    text += "/" + std::to_string(dims.strides.front());
  if (llvm::any_of(dims.dilations,
                   [](int64_t dilation) { return dilation != 1; }))
    text += " dilation " + std::to_string(dims.dilations.front());
  return text;
}

/// The operations of an epilogue by their short names: +add+max.
std::string describeBody(linalg::LinalgOp op) {
  std::string text;
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (isa<arith::ConstantOp, linalg::IndexOp>(inner))
      continue;
    StringRef name = inner.getName().stripDialect();
    if (name.consume_front("maximum") || name.consume_front("maxnum"))
      name = "max";
    else if (name.consume_front("minimum") || name.consume_front("minnum"))
      name = "min";
    else if (isa<arith::ArithDialect>(inner.getDialect()))
      name.consume_back("f"); // addf, mulf, …; math.erf keeps its own
    text += ("+" + name).str();
  }
  return text;
}

/// A grouped convolution on blocks of channels
/// (lib/Prepare/BlockedChannels.cpp): a block of output channels reads the
/// block of input channels of the same number, as if by a window of one.
bool isGroupedOnBlocks(linalg::LinalgOp anchor) {
  SmallVector<AffineMap> maps = anchor.getIndexingMapsArray();
  if (anchor.getNumLoops() != 9 || maps.size() != 3 ||
      maps[0].getNumResults() != 5 || anchor.getStaticLoopRanges()[5] != 1)
    return false;
  AffineExpr block = getAffineDimExpr(1, anchor.getContext()),
             window = getAffineDimExpr(5, anchor.getContext());
  return maps[0].getResult(1) == block + window &&
         maps[1].getResult(0) == block;
}

std::string describeAnchor(linalg::LinalgOp anchor) {
  SmallVector<int64_t> loops = anchor.getStaticLoopRanges();
  if (isGroupedOnBlocks(anchor)) {
    FailureOr<linalg::ConvolutionDimensions> dims =
        linalg::inferConvolutionDims(anchor);
    if (succeeded(dims)) {
      // A dimension of the image, taken literally.
      if (dims->outputImage.size() == 3) {
        dims->strides.erase(dims->strides.begin());
        dims->dilations.erase(dims->dilations.begin());
      }
      dims->outputImage = {2, 3};
      dims->filterLoop = {6, 7};
      dims->depth = {1};
      dims->outputChannel = {4};
      dims->inputChannel = {8};
      return describeConvolution(*dims, loops, true);
    }
  }
  if (linalg::isaConvolutionOpInterface(anchor)) {
    FailureOr<linalg::ConvolutionDimensions> dims =
        linalg::inferConvolutionDims(anchor);
    if (succeeded(dims) && !dims->outputImage.empty()) {
      bool pooling = dims->outputChannel.empty() &&
                     dims->inputChannel.empty() && dims->depth.empty();
      if (!pooling && anchor.getBlock()->without_terminator().begin() !=
                          anchor.getBlock()->without_terminator().end())
        return describeConvolution(*dims, loops, true);
    }
  }
  if (linalg::isaContractionOpInterface(anchor)) {
    FailureOr<linalg::ContractionDimensions> dims =
        linalg::inferContractionDims(anchor);
    if (succeeded(dims)) {
      std::string text =
          dims->batch.empty()
              ? "matmul "
              : llvm::formatv("batch_matmul {0}*", product(dims->batch, loops))
                    .str();
      return text + llvm::formatv("{0}x{1}x{2}", product(dims->m, loops),
                                  product(dims->n, loops),
                                  product(dims->k, loops))
                        .str();
    }
  }
  auto inputType = cast<ShapedType>(anchor->getOperand(0).getType());
  auto outputType = cast<ShapedType>(anchor->getResult(0).getType());
  if (anchor.getNumReductionLoops() == 0)
    return "elementwise " + joinSizes(outputType.getShape()) + " " +
           describeBody(anchor);
  bool window = llvm::any_of(anchor.getIndexingMapsArray(), [](AffineMap map) {
    return !map.isProjectedPermutation(true);
  });
  return (window ? "pool " : "reduce ") + joinSizes(inputType.getShape()) +
         " -> " + joinSizes(outputType.getShape()) + " " + describeBody(anchor);
}

} // namespace

std::string chameleon::describeTask(linalg::LinalgOp anchor,
                                    ArrayRef<linalg::LinalgOp> epilogue) {
  std::string text = describeAnchor(anchor);
  if (!epilogue.empty())
    text += " ";
  for (linalg::LinalgOp op : epilogue)
    text += describeBody(op);
  return text;
}

double chameleon::countFlops(linalg::LinalgOp op) {
  double points = 1;
  for (int64_t size : op.getStaticLoopRanges())
    points *= size;
  int64_t operations = 0;
  for (Operation &inner : op.getBlock()->without_terminator())
    if (!isa<arith::ConstantOp, arith::CmpFOp, arith::CmpIOp, arith::ExtFOp,
             arith::TruncFOp, linalg::IndexOp>(inner))
      ++operations;
  return points * operations;
}

std::string chameleon::hashTask(func::FuncOp function) {
  // Names and discardable attributes of the function are no part of its
  // structure; its type and body are.
  OwningOpRef<func::FuncOp> clone = function.clone();
  clone->setSymName("task");
  clone->setPrivate();
  SmallVector<StringAttr> discardable;
  for (NamedAttribute attribute : clone->getOperation()->getDiscardableAttrs())
    discardable.push_back(attribute.getName());
  for (StringAttr name : discardable)
    clone->getOperation()->removeDiscardableAttr(name);
  std::string text;
  llvm::raw_string_ostream stream(text);
  clone->getOperation()->print(
      stream, OpPrintingFlags().useLocalScope().enableDebugInfo(false));
  std::array<uint8_t, 20> digest = llvm::SHA1::hash(ArrayRef<uint8_t>(
      reinterpret_cast<const uint8_t *>(text.data()), text.size()));
  return llvm::toHex(ArrayRef<uint8_t>(digest).take_front(8),
                     /*LowerCase=*/true);
}
