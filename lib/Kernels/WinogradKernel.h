//===- WinogradKernel.h - 3x3 convolutions by minimal filtering
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. The transforms are in WinogradTransforms.cpp, the
// products in Winograd.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_WINOGRADKERNEL_H
#define CHAMELEON_LIB_KERNELS_WINOGRADKERNEL_H

#include "chameleon/Kernels/Winograd.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace chameleon {

/// Rows and columns of the weights.
constexpr int64_t winogradWindow = 3;

class WinogradKernel {
public:
  WinogradKernel(mlir::RewriterBase &rewriter,
                 mlir::linalg::LinalgOp convolution)
      : rewriter(rewriter), convolution(convolution), loc(convolution.getLoc()),
        d0(rewriter.getAffineDimExpr(0)), d1(rewriter.getAffineDimExpr(1)) {}

  /// Why the operation cannot be lowered, but for the size of its batch; empty
  /// if it can.
  std::string analyze();
  int64_t batch() const { return result.getDimSize(0); }
  /// Rewrites; returns the copy of the result, null if there is none.
  mlir::Operation *rewrite(int64_t outputs, int64_t blocks, int64_t tiles);

private:
  /// One of each number, ahead of everything: there would be hundreds.
  mlir::Value constant(int64_t value) {
    mlir::Value &known = constants[value];
    if (!known) {
      mlir::OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(
          &convolution->getParentOfType<mlir::FunctionOpInterface>()
               .getFunctionBody()
               .front());
      known = mlir::arith::ConstantIndexOp::create(rewriter, loc, value);
    }
    return known;
  }
  mlir::Value apply(mlir::AffineExpr expr,
                    llvm::ArrayRef<mlir::OpFoldResult> operands) {
    return mlir::getValueOrCreateConstantIndexOp(
        rewriter, loc,
        mlir::affine::makeComposedFoldedAffineApply(rewriter, loc, expr,
                                                    operands));
  }
  /// Number of a place in a transformed square.
  mlir::Value placeOf(mlir::Value row, int64_t column) {
    return apply(d0 * side + column, {row});
  }
  mlir::Value emptyOf(llvm::ArrayRef<int64_t> shape) {
    return mlir::tensor::EmptyOp::create(rewriter, loc, shape, element);
  }
  mlir::Value read(mlir::Value source, mlir::ValueRange indices,
                   int64_t lanes) {
    mlir::Value zero = mlir::arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(element));
    return mlir::vector::TransferReadOp::create(
        rewriter, loc, mlir::VectorType::get({lanes}, element), source, indices,
        zero, llvm::ArrayRef<bool>{true});
  }
  mlir::Value write(mlir::Value vector, mlir::Value destination,
                    mlir::ValueRange indices) {
    return mlir::vector::TransferWriteOp::create(rewriter, loc, vector,
                                                 destination, indices,
                                                 llvm::ArrayRef<bool>{true})
        .getResult();
  }
  /// Loops from 0 to `ends`, around a tensor that each iteration changes.
  mlir::Value
  loopNest(llvm::ArrayRef<int64_t> ends, llvm::ArrayRef<int64_t> steps,
           mlir::Value init,
           llvm::function_ref<mlir::Value(mlir::ValueRange, mlir::Value)> body);
  /// The sum of `values`, each times its factor.
  mlir::Value combine(llvm::ArrayRef<double> factors,
                      llvm::ArrayRef<mlir::Value> values);
  /// M X M^T of a square X of vectors, each element to `use`: first the columns
  /// of X, then the rows of what that gives, in two loops. Unrolled, the code
  /// for 4 outputs was five times as long and took most of a candidate's
  /// compile time, and its values did not fit the registers.
  mlir::Value
  transform(llvm::ArrayRef<llvm::ArrayRef<double>> matrix, int64_t lanes,
            mlir::Value init,
            llvm::function_ref<mlir::Value(int64_t, mlir::Value)> getValue,
            llvm::function_ref<mlir::Value(mlir::Value, int64_t, mlir::Value,
                                           mlir::Value)>
                use);

  void setMatrices();
  /// All weights, transformed where they come from; sets firstBlock.
  mlir::Value transformWeights();
  mlir::Value transformImage();
  mlir::Value multiply(mlir::Value image, mlir::Value weights, int64_t blocks,
                       int64_t tiles);
  mlir::Value multiplyTile(mlir::Value image, mlir::Value weights,
                           mlir::Value products, mlir::Value place,
                           mlir::Value block, mlir::Value square,
                           int64_t blocks, int64_t tiles);
  mlir::Value transformBack(mlir::Value products, mlir::Value destination);

  mlir::RewriterBase &rewriter;
  mlir::linalg::LinalgOp convolution;
  mlir::Location loc;
  llvm::DenseMap<int64_t, mlir::Value> constants;
  mlir::AffineExpr d0, d1;
  mlir::RankedTensorType image, weights, result;
  mlir::Type element;
  /// Rows of the matrices of the transforms.
  llvm::SmallVector<llvm::ArrayRef<double>> imageMatrix, filterMatrix,
      outputMatrix;
  int64_t m = 0;                 ///< rows and columns of a square of the result
  int64_t side = 0;              ///< of a square of the image
  int64_t rows = 0, columns = 0; ///< of squares
  int64_t inputLanes = 0, outputLanes = 0, channels = 0;
  mlir::OpFoldResult firstBlock; ///< of the part, in all weights
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_WINOGRADKERNEL_H
