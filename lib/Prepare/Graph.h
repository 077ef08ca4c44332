//===- Graph.h - questions about a model's graph that several patterns ask
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/Prepare. A model is the body of a function: linalg and tensor
// operations in one block. The functions here look at it without changing it;
// the small builders at the end are what every rewrite needs.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_PREPARE_GRAPH_H
#define CHAMELEON_LIB_PREPARE_GRAPH_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

namespace chameleon {

/// Does the value depend on constants alone? True for an operation without
/// memory effects whose operands, those captured by its regions included, are
/// constant-derived; it ends at arith.constant and tensor.empty. Holds for
/// weights without data.
bool isConstantDerived(mlir::Value value);

/// A linalg.generic (or named operation) that computes each element of its
/// result on its own.
bool isAllParallel(mlir::Operation *op);

/// An all-parallel linalg.generic on tensors with one result, written through
/// the identity map.
bool isElementwise(mlir::linalg::GenericOp generic);

/// What a task is built around: a linalg operation that reduces (convolution,
/// matmul, pool, sum).
bool isAnchor(mlir::Operation *op);

/// The only operation of a generic's body besides its terminator, whose value
/// is the result; null if there is another one.
mlir::Operation *getOnlyBodyOperation(mlir::linalg::GenericOp generic);

/// The constant that a value is, looking through captured values; nothing if it
/// is not one.
std::optional<llvm::APFloat> getFloatConstant(mlir::Value value);

/// The value with which a destination is filled (linalg.fill, also seen through
/// reshapes); null if it is not filled.
mlir::Value getFillValue(mlir::Value destination);

bool isZeroFilled(mlir::Value destination);

/// A new tensor.empty filled with the scalar: each operation gets its own, see
/// separateDestinations.
mlir::Value createFilled(mlir::OpBuilder &builder, mlir::Location location,
                         mlir::RankedTensorType type, mlir::Value scalar);
mlir::Value createZero(mlir::OpBuilder &builder, mlir::Location location,
                       mlir::RankedTensorType type);
mlir::Value createEmpty(mlir::OpBuilder &builder, mlir::Location location,
                        mlir::RankedTensorType type);

/// `element` applied to each element of the inputs; maps has one entry for each
/// input, the result's map is the identity.
mlir::Value createElementwise(
    mlir::OpBuilder &builder, mlir::Location location,
    mlir::RankedTensorType type, mlir::ValueRange inputs,
    llvm::ArrayRef<mlir::AffineMap> maps,
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location,
                                   mlir::ValueRange)>
        element);

/// Gives every operation its own fill and its own tensor.empty, right before
/// it. CSE shares them, and one-shot-bufferize then copies whole images (17
/// instead of 2 in ResNet-18).
void separateDestinations(mlir::func::FuncOp function);

/// Common subexpressions, dead code, and the canonicalizations of the arith,
/// linalg, math and tensor dialects.
void cleanUp(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_PREPARE_GRAPH_H
