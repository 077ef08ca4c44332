//===- LayoutRewriter.h - a region of the graph carried in another layout
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/Prepare. Upstream propagates linalg.pack by greedy patterns,
// which stop where an operation has two packed operands or a result has two
// users. Here the region is chosen first: every convolution of a function, and
// what is connected with one through operations that a layout can express. Then
// each operation is rewritten once, in program order; values enter the layout
// where the region begins and leave it where it ends, and nothing has to
// cancel.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_LAYOUTREWRITER_H
#define CHAMELEON_LIB_PREPARE_LAYOUTREWRITER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace chameleon {

class LayoutRewriter {
public:
  explicit LayoutRewriter(mlir::func::FuncOp function)
      : function(function), rewriter(function.getContext()) {}
  virtual ~LayoutRewriter() = default;

  void run();

protected:
  /// Is a value (N, C, H, W or N, C, D, H, W) carried in the layout, where it
  /// lies in the region?
  virtual bool isCarried(mlir::Value value) const = 0;
  /// A convolution from which regions grow.
  virtual bool isSeed(mlir::Operation *op) const = 0;
  /// Can this operation, connected with the region by a carried value, be
  /// rewritten?
  virtual bool canRewrite(mlir::Operation *op) const = 0;
  /// What the region grows to from an operation, against the flow of data.
  virtual llvm::SmallVector<mlir::Value> getInputs(mlir::Operation *op) const {
    return llvm::to_vector(op->getOperands());
  }
  /// The operation in the layout: one value for each result.
  virtual mlir::Value rewrite(mlir::Operation *op) = 0;
  /// Into and out of the layout.
  virtual mlir::Value enter(mlir::Value value) = 0;
  virtual mlir::Value leave(mlir::Value value, mlir::RankedTensorType type) = 0;

  /// The value in the layout: rewritten before, or entered right behind its
  /// definition.
  mlir::Value getCarried(mlir::Value value);
  /// A destination in the layout: a new fill or empty for these, else the
  /// carried value.
  mlir::Value getDestination(mlir::Value value, mlir::RankedTensorType type);
  /// A pad's value, usable outside the pad.
  mlir::Value getPaddingValue(mlir::tensor::PadOp pad);
  /// Runs `build` with the insertion point right behind the value's definition.
  mlir::Value buildBehind(mlir::Value value,
                          llvm::function_ref<mlir::Value()> build);

  mlir::func::FuncOp function;
  mlir::IRRewriter rewriter;

private:
  llvm::SetVector<mlir::Operation *> growRegion();

  llvm::DenseMap<mlir::Value, mlir::Value> carried;
};

/// Channels blocked: N, C/block, H, W, block.
void assignBlockedChannels(mlir::func::FuncOp function, int64_t largestBlock);
/// Channels last: N, H, W, C.
void assignChannelsLast(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_LAYOUTREWRITER_H
