//===- CPUContractionKernel.h - a matrix product over register tiles
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. Panels are made in CPUPanels.cpp, register tiles in
// CPURegisterTile.cpp, the loops around them in CPUContraction.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_CPUCONTRACTIONKERNEL_H
#define CHAMELEON_LIB_KERNELS_CPUCONTRACTIONKERNEL_H

#include "chameleon/Kernels/CPUAtom.h"
#include "chameleon/Kernels/CPUContraction.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace chameleon {

/// An operand as a matrix: batch dimensions of extent 1 are dropped.
struct CPUMatrix {
  mlir::Value value;
  unsigned outer, inner; ///< loops of the contraction that its rows and columns
                         ///< belong to
};

/// An operand as the register tiles read it: panels, or the matrix itself.
struct CPUOperand {
  mlir::Value value;
  bool packed = true;
  mlir::Value origin = {}; ///< of panels: where in the reduction they start, if
                           ///< not at its beginning
  bool depthInside =
      false; ///< of panels: [panel, x, k] instead of [panel, k, x]
  mlir::Value firstPanel = {}; ///< of panels of a larger matrix: the one with
                               ///< which the cache tile starts
};

/// The whole matrix that a cache tile reads rows or columns of.
struct CPUWhole {
  CPUMatrix matrix;
  mlir::OpFoldResult firstPanel;
  mlir::Operation *reader; ///< in the block of the matrix: what the tile is in
};

class CPUContractionKernel {
public:
  CPUContractionKernel(mlir::RewriterBase &rewriter,
                       mlir::linalg::LinalgOp contraction, int64_t rows,
                       int64_t columns)
      : rewriter(rewriter), contraction(contraction), loc(contraction.getLoc()),
        rows(rows), columns(columns) {}

  /// Why the operation cannot be packed; empty if it can.
  std::string analyze();
  /// Rewrites; returns the fill of the accumulators and the copy of the result,
  /// each null if there is none.
  std::pair<mlir::Operation *, mlir::Operation *>
  rewrite(int64_t depthTile, int64_t packLhs, int64_t packRhs);

private:
  using OFR = mlir::OpFoldResult;

  OFR apply(mlir::AffineExpr expr, llvm::ArrayRef<OFR> operands) {
    return mlir::affine::makeComposedFoldedAffineApply(rewriter, loc, expr,
                                                       operands);
  }
  OFR ceilDiv(OFR value, int64_t divisor) {
    return apply(rewriter.getAffineDimExpr(0).ceilDiv(divisor), {value});
  }
  OFR times(OFR value, int64_t factor) {
    return apply(rewriter.getAffineDimExpr(0) * factor, {value});
  }
  mlir::Value asValue(OFR value) {
    return mlir::getValueOrCreateConstantIndexOp(rewriter, loc, value);
  }
  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(rewriter, loc, value);
  }

  /// `value` in the place of `operand`.
  CPUMatrix getMatrix(mlir::OpOperand &operand, mlir::Value value);
  mlir::Value emptyOf(llvm::ArrayRef<int64_t> shape, mlir::Type element) {
    return mlir::tensor::EmptyOp::create(rewriter, loc, shape, element);
  }
  mlir::Value slice(mlir::Value source, llvm::ArrayRef<OFR> sizes);
  /// `vector<lanes>` of a row; what is beyond its end reads as zero unless
  /// `inBounds`.
  mlir::Value read(mlir::Value source, mlir::ValueRange indices, int64_t lanes,
                   bool inBounds);
  mlir::Value write(mlir::Value vector, mlir::Value destination,
                    mlir::ValueRange indices);
  mlir::Value
  loopNest(mlir::ValueRange ends, llvm::ArrayRef<int64_t> steps,
           mlir::Value init,
           llvm::function_ref<mlir::Value(mlir::ValueRange, mlir::Value)> body);

  /// Panels [panels, k, extent] of a matrix [k, x].
  mlir::Value packColumns(mlir::Value matrix, OFR depth, OFR width,
                          int64_t depthBound, int64_t widthBound,
                          int64_t extent, int64_t lanes);
  /// The same of a matrix [x, k].
  mlir::Value packTransposed(mlir::Value matrix, OFR depth, OFR width,
                             int64_t depthBound, int64_t widthBound,
                             int64_t extent, int64_t lanes);
  /// [panels, extent, k] of a matrix [x, k].
  mlir::Value packRows(mlir::Value matrix, OFR depth, OFR width,
                       int64_t depthBound, int64_t widthBound, int64_t extent);
  /// The matrix that `tile` is a slice of, if the slice has all steps of the
  /// reduction and starts with a whole panel of `extent`.
  std::optional<CPUWhole> findWhole(const CPUMatrix &tile, int64_t extent);
  bool isMultiple(OFR index, int64_t factor);
  /// `accumulators` after the steps `from` to `to` of one register tile.
  mlir::Value computeTile(const CPUOperand &lhs, const CPUOperand &rhs,
                          mlir::Value accumulators, mlir::Value rowPanel,
                          mlir::Value columnPanel, mlir::Value from,
                          mlir::Value to);

  mlir::RewriterBase &rewriter;
  mlir::linalg::LinalgOp contraction;
  mlir::Location loc;
  int64_t rows, columns;
  const CPUAtom *atom = nullptr;
  unsigned m = 0, n = 0, k = 0;
  int64_t lanes = 1;    ///< of a vector of accumulators
  bool swapped = false; ///< the second input holds the rows of the result
  llvm::SmallVector<int64_t> bounds;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_CPUCONTRACTIONKERNEL_H
