//===- GroupedConvolution.h - grouped convolutions as blocks of channels
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/Prepare. torch-mlir splits the channels into groups and joins
// them again:
//
//   %i = tensor.expand_shape %image [[0], [1, 2], [3], [4]]
//   %c = linalg.conv_2d_ngchw_gfchw ins(%i, %weights) outs(%zero)
//   %y = tensor.collapse_shape %c [[0], [1, 2], [3], [4]]
//
// Where channels are blocked, a block of output channels reads one block of
// input channels: its group, if blocks are as wide as groups, or a few whole
// groups, with zeros for the weights between them (4 channels a group: 16 of
// 64 products count, and still no layout has to change for it). So such a
// convolution is a dense one within each block.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_GROUPEDCONVOLUTION_H
#define CHAMELEON_LIB_PREPARE_GROUPEDCONVOLUTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace chameleon {

struct GroupedConvolution {
  mlir::linalg::Conv2DNgchwGfchwOp op;
  mlir::Value image;                       ///< N, C, H, W
  mlir::tensor::CollapseShapeOp result;    ///< N, F, OH, OW
  int64_t groups, inputWidth, outputWidth; ///< channels of one group

  int64_t getInputChannels() const { return groups * inputWidth; }
  int64_t getOutputChannels() const { return groups * outputWidth; }
};

/// The convolution between an expand_shape and a collapse_shape of the
/// channels; nothing unless all shapes are static, there is one float type, and
/// the result starts from zero.
std::optional<GroupedConvolution>
matchGroupedConvolution(mlir::linalg::Conv2DNgchwGfchwOp op);

/// Blocks of channels that the grouped convolutions of a function ask for, by
/// channel count.
using ChannelBlocks = llvm::DenseMap<int64_t, int64_t>;

/// Can the convolution run on blocks of channels? `standard` gives the block of
/// a channel count which `blocks` says nothing of (0: not blocked); what is
/// decided here is added to `blocks`.
bool chooseChannelBlocks(const GroupedConvolution &conv, int64_t largestBlock,
                         llvm::function_ref<int64_t(int64_t)> standard,
                         ChannelBlocks &blocks);

/// Weights F, inputBlock, KH, KW: each output channel's row holds the weights
/// of its group, and zeros for the other groups of the block.
mlir::Value createBlockWeights(mlir::RewriterBase &rewriter,
                               const GroupedConvolution &conv,
                               int64_t inputBlock);

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_GROUPEDCONVOLUTION_H
