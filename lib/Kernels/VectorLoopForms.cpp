//===- VectorLoopForms.cpp - three ways to go through a tensor by vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// - the vector loop is parallel: vectors of results, which the reduction loops
//   (if any) carry in registers;
// - the vector loop is a reduction: several vectors of partial results, which
//   are combined at the end of each row;
// - an elementwise operation reads an operand along another loop than it
//   writes: squares, transposed in registers.
//
//===----------------------------------------------------------------------===//

#include "VectorLoopsKernel.h"
#include "chameleon/Kernels/NeutralElement.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace chameleon;

VectorLoopsKernel::Values VectorLoopsKernel::lowerParallel(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  unsigned numResults = generic.getNumDpsInits();
  auto block = [&](ValueRange destinations, int64_t count, bool partial) {
    Values accumulators;
    for (int64_t vector = 0; vector < count; ++vector)
      for (unsigned i = 0; i < numResults; ++i)
        accumulators.push_back(
            read(numInputs + i, vector * lanes, partial, destinations[i]));
    accumulators = forLoops(reductionLoops, accumulators, [&](ValueRange sums) {
      Values results;
      for (int64_t vector = 0; vector < count; ++vector) {
        Values arguments;
        for (unsigned i = 0; i < numInputs; ++i)
          arguments.push_back(
              read(i, vector * lanes, partial, generic.getInputs()[i]));
        llvm::append_range(arguments,
                           sums.slice(vector * numResults, numResults));
        llvm::append_range(results,
                           compute(arguments, vector * lanes, partial));
      }
      return results;
    });
    Values results(destinations);
    for (int64_t vector = 0; vector < count; ++vector)
      for (unsigned i = 0; i < numResults; ++i)
        results[i] = write(accumulators[vector * numResults + i], results[i],
                           numInputs + i, vector * lanes, partial);
    return results;
  };
  return forLoops(parallelLoops, carried,
                  [&](ValueRange inner) { return forVectors(inner, block); });
}

VectorLoopsKernel::Values VectorLoopsKernel::lowerRow(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  Type element = getElementTypeOrSelf(carried[0]);
  auto combine = [&](Value left, Value right) {
    IRMapping mapping;
    mapping.map(combiner->getOperand(0), left);
    mapping.map(combiner->getOperand(1), right);
    Operation *clone = rewriter.clone(*combiner, mapping);
    clone->getResult(0).setType(left.getType());
    return clone->getResult(0);
  };
  auto block = [&](ValueRange sums, int64_t count, bool partial) {
    Values results(sums);
    for (int64_t vector = 0; vector < count; ++vector) {
      Values arguments;
      for (unsigned i = 0; i < numInputs; ++i)
        arguments.push_back(
            read(i, vector * lanes, partial, generic.getInputs()[i]));
      arguments.push_back(sums[vector]);
      Value sum = compute(arguments, vector * lanes, partial)[0];
      if (partial)
        sum = arith::SelectOp::create(rewriter, loc, existing(), sum,
                                      sums[vector]);
      results[vector] = sum;
    }
    return results;
  };
  return forLoops(parallelLoops, carried, [&](ValueRange inner) -> Values {
    TypedAttr neutral = *findNeutralElement(combiner);
    Value start = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(vectorOf(element),
                               ArrayRef<Attribute>(neutral)));
    Values sums = forLoops(
        reductionLoops, Values(vectors, start),
        [&](ValueRange partial) { return forVectors(partial, block); });
    while (sums.size() > 1) {
      Values halves;
      for (size_t i = 0; i + 1 < sums.size(); i += 2)
        halves.push_back(combine(sums[i], sums[i + 1]));
      if (sums.size() % 2)
        halves.push_back(sums.back());
      sums = halves;
    }
    vector::CombiningKind kind = *linalg::getCombinerOpKind(combiner);
    Value scalar =
        isa<FloatType>(element)
            ? vector::ReductionOp::create(rewriter, loc, kind, sums[0],
                                          arith::FastMathFlags::reassoc)
            : vector::ReductionOp::create(rewriter, loc, kind, sums[0]);
    Values position = indices(maps[numInputs], 0);
    Value before = tensor::ExtractOp::create(rewriter, loc, inner[0], position);
    return {tensor::InsertOp::create(rewriter, loc, combine(before, scalar),
                                     inner[0], position)};
  });
}

VectorLoopsKernel::Values VectorLoopsKernel::lowerSquares(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  unsigned square = *squareLoop;
  SmallVector<unsigned> outer(parallelLoops);
  llvm::erase(outer, square);
  auto block = [&](ValueRange destinations) {
    Value row = at[square], column = at[vectorLoop];
    // What is read along the other loop, transposed.
    SmallVector<Value> transposed(numInputs);
    for (unsigned i = 0; i < numInputs; ++i) {
      if (!dependsOn(maps[i], vectorLoop) || !isContiguous(maps[i], square))
        continue;
      Value source = generic.getInputs()[i];
      Type element = getElementTypeOrSelf(source);
      Value zero = arith::ConstantOp::create(rewriter, loc,
                                             rewriter.getZeroAttr(element));
      Value lines = arith::ConstantOp::create(
          rewriter, loc,
          rewriter.getZeroAttr(VectorType::get({lanes, lanes}, element)));
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Value line = vector::TransferReadOp::create(
            rewriter, loc, vectorOf(element), source, indices(maps[i], lane),
            zero, ArrayRef<bool>{true});
        lines = vector::InsertOp::create(rewriter, loc, line, lines, lane);
      }
      transposed[i] = vector::TransposeOp::create(rewriter, loc, lines,
                                                  ArrayRef<int64_t>{1, 0});
    }
    Values results(destinations);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      at[square] = add(row, lane);
      at[vectorLoop] = column;
      Values arguments;
      for (unsigned i = 0; i < numInputs; ++i)
        arguments.push_back(
            transposed[i]
                ? vector::ExtractOp::create(rewriter, loc, transposed[i], lane)
                      .getResult()
                : read(i, 0, false, generic.getInputs()[i]));
      for (auto [i, destination] : llvm::enumerate(destinations))
        arguments.push_back(read(numInputs + i, 0, false, destination));
      for (auto [i, value] :
           llvm::enumerate(compute(arguments, /*offset=*/0, /*partial=*/false)))
        results[i] = write(value, results[i], numInputs + i, 0, false);
    }
    return results;
  };
  return forLoops(outer, carried, [&](ValueRange inner) {
    return forLoop(square, constant(0), extents[square], lanes, inner,
                   [&](ValueRange rows) {
                     return forLoop(vectorLoop, constant(0),
                                    extents[vectorLoop], lanes, rows, block);
                   });
  });
}
