//===- VectorLoopsKernel.h - elementwise operations and reductions on vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. Loops and vectors are in VectorLoops.cpp, the forms that
// they are put together to in VectorLoopForms.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_VECTORLOOPSKERNEL_H
#define CHAMELEON_LIB_KERNELS_VECTORLOOPSKERNEL_H

#include "chameleon/Kernels/VectorLoops.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"
#include <optional>

namespace chameleon {

class VectorLoopsKernel {
public:
  VectorLoopsKernel(mlir::RewriterBase &rewriter,
                    mlir::linalg::GenericOp generic, int64_t lanes,
                    int64_t vectors)
      : rewriter(rewriter), generic(generic), loc(generic.getLoc()),
        lanes(lanes), vectors(vectors), maps(generic.getIndexingMapsArray()) {}

  /// Why the operation cannot be lowered; empty if it can.
  std::string analyze();
  void rewrite();

private:
  /// Sets the vector loop, and the combiner if it is a reduction.
  void chooseVectorLoop();

  using Values = llvm::SmallVector<mlir::Value>;
  using Body = llvm::function_ref<Values(mlir::ValueRange carried)>;

  mlir::Value constant(int64_t value) {
    return mlir::arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  mlir::Value add(mlir::Value value, int64_t offset) {
    mlir::AffineExpr sum = rewriter.getAffineDimExpr(0) + offset;
    return mlir::getValueOrCreateConstantIndexOp(
        rewriter, loc,
        mlir::affine::makeComposedFoldedAffineApply(
            rewriter, loc, sum, {mlir::OpFoldResult(value)}));
  }
  bool dependsOn(mlir::AffineMap map, unsigned loop) {
    return map.isFunctionOfDim(loop);
  }
  /// Does `loop` move along the innermost dimension of an operand, and no
  /// other, one element at a time?
  bool isContiguous(mlir::AffineMap map, unsigned loop) {
    if (map.getNumResults() == 0 ||
        llvm::any_of(map.getResults().drop_back(), [&](mlir::AffineExpr expr) {
          return expr.isFunctionOfDim(loop);
        }))
      return false;
    mlir::AffineExpr last = map.getResults().back(),
                     dim = rewriter.getAffineDimExpr(loop);
    return last == dim ||
           !mlir::simplifyAffineExpr(last - dim, map.getNumDims(), 0)
                .isFunctionOfDim(loop);
  }
  bool isReduction(unsigned loop) {
    return mlir::linalg::isReductionIterator(
        generic.getIteratorTypesArray()[loop]);
  }
  mlir::VectorType vectorOf(mlir::Type element) {
    return mlir::VectorType::get({lanes}, element);
  }

  /// `scf.for` over `loop` from `from` to `to`; `at[loop]` is its variable
  /// within `body`.
  Values forLoop(unsigned loop, mlir::Value from, mlir::Value to, int64_t step,
                 mlir::ValueRange carried, Body body);
  /// Loops of step one over all of `loops`.
  Values forLoops(llvm::ArrayRef<unsigned> loops, mlir::ValueRange carried,
                  Body body);
  /// The vector loop: whole steps of `vectors` vectors, then single ones which
  /// may be partial.
  Values
  forVectors(mlir::ValueRange carried,
             llvm::function_ref<Values(mlir::ValueRange, int64_t, bool)> body);

  Values indices(mlir::AffineMap map, int64_t offset);
  /// Operand `number` as vector from `at[vectorLoop] + offset`.
  mlir::Value read(unsigned number, int64_t offset, bool partial,
                   mlir::Value source);
  mlir::Value write(mlir::Value vector, mlir::Value destination,
                    unsigned number, int64_t offset, bool partial);
  /// Which lanes of a partial vector exist.
  mlir::Value existing();
  /// The body on vectors from `at[vectorLoop] + offset`, given the values of
  /// its arguments.
  Values compute(mlir::ValueRange arguments, int64_t offset, bool partial);
  /// What the body reads where its own values say. `varying`: values that
  /// differ between lanes.
  mlir::Value gather(mlir::tensor::ExtractOp extract, mlir::IRMapping &mapping,
                     const llvm::DenseSet<mlir::Value> &varying, int64_t offset,
                     bool partial);

  Values lowerParallel(mlir::ValueRange carried);
  Values lowerRow(mlir::ValueRange carried);
  Values lowerSquares(mlir::ValueRange carried);

  mlir::RewriterBase &rewriter;
  mlir::linalg::GenericOp generic;
  mlir::Location loc;
  int64_t lanes, vectors;
  llvm::SmallVector<mlir::AffineMap> maps;
  llvm::SmallVector<int64_t> ranges;
  llvm::SmallVector<unsigned> parallelLoops,
      reductionLoops; // not the vector loop
  unsigned vectorLoop = 0;
  std::optional<unsigned> squareLoop;
  mlir::Operation *combiner = nullptr; ///< of a reduction along the vector loop
  Values extents, at;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_VECTORLOOPSKERNEL_H
