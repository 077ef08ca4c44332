//===- KernelTask.h - a task as GPU kernels see it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation with its fill, its padding and the elementwise operations that
// follow it becomes one kernel. What each of its operands needs for that is an
// address that is linear in the loops of the operation: strides, and bounds
// where padding was left out.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_KERNELTASK_H
#define CHAMELEON_KERNELS_KERNELTASK_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"
#include "mlir/IR/PatternMatch.h"
#include <optional>
#include <string>
#include <variant>

namespace chameleon {

/// sum(coefficients[loop] * loop) + constant, which must be in [0, size) for
/// the element to exist; else it is padding.
struct Bound {
  llvm::SmallVector<int64_t> coefficients;
  int64_t constant = 0, size = 0;
};

/// Where the iteration reads or writes a tensor: element
/// sum(strides[loop] * loop) + offset of its row-major buffer.
struct Access {
  mlir::Value tensor;
  llvm::SmallVector<int64_t> strides; ///< one for each loop of the anchor
  int64_t offset = 0;
  llvm::SmallVector<Bound, 0> bounds;
  mlir::Attribute padding; ///< what elements out of bounds are
  /// Zeros after each row of the innermost dimension, which may be read.
  int64_t slack = 0;
  /// The index in each dimension of the tensor.
  struct Index {
    llvm::SmallVector<int64_t> coefficients;
    int64_t constant;
  };
  llvm::SmallVector<Index, 0> indices;

  /// Sets strides and offset for a buffer of this shape.
  void setShape(llvm::ArrayRef<int64_t> shape);
  mlir::Type getElementType() const {
    return mlir::getElementTypeOrSelf(tensor.getType());
  }
  /// Whether the loop moves through padding.
  bool isBounded(unsigned loop) const {
    return llvm::any_of(bounds, [&](const Bound &bound) {
      return bound.coefficients[loop] != 0;
    });
  }
};

/// The access of `tensor` at indices `map` of `loops` loops, which looks
/// through constant padding; nothing if its address is not linear in them, or
/// the tensor not one of static shape and whole bytes.
std::optional<Access> getAccess(mlir::Value tensor, mlir::AffineMap map,
                                unsigned loops);

/// One elementwise operation after the anchor. Scalars have no access.
struct EpilogueStep {
  mutable mlir::linalg::LinalgOp op;
  unsigned chained = 0; ///< which input is the result of the step before
  /// Of each input and then of the init; nothing for the chained one, for
  /// scalars, and for an init that is not read.
  llvm::SmallVector<std::optional<Access>, 0> accesses;
};

struct KernelTask {
  mutable mlir::linalg::LinalgOp anchor; ///< LLVM knows no const operation
  llvm::SmallVector<int64_t> sizes;      ///< of the loops
  llvm::SmallVector<std::optional<Access>, 0> inputs; ///< nothing: a scalar
  /// What the reduction starts from: a constant, or a tensor, or a scalar.
  mlir::Attribute initialConstant;
  std::optional<Access> initialTensor;
  llvm::SmallVector<EpilogueStep, 0> epilogue;
  Access destination;
  mlir::Operation *root = nullptr; ///< its result is the task's

  /// Fails with the reason if it is not of this form.
  static std::variant<KernelTask, std::string>
  analyze(mlir::linalg::LinalgOp anchor);

  bool isReduction(unsigned loop) const {
    return mlir::linalg::isReductionIterator(
        anchor.getIteratorTypesArray()[loop]);
  }

  /// The buffer of an access, before the kernel.
  mlir::Value getBuffer(mlir::OpBuilder &builder, const Access &access,
                        bool isRead) const;
  /// After the kernel has written `buffer`: replaces the result of the root and
  /// erases the operations that the kernel stands for.
  void finish(mlir::RewriterBase &rewriter, mlir::Value buffer) const;
};

/// Where the result of `root`, whose own init is `destination`, is wanted. If
/// another operation places it there, that is the root.
mlir::Value findPlace(mlir::Operation *&root, mlir::Value destination);

/// The buffer of a tensor, before a kernel.
mlir::Value getBuffer(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value tensor, bool isRead);

/// After a kernel has written `buffer`: replaces the result of `root`, and
/// erases it with those of `operations` and of what they needed that nothing
/// else uses.
void replaceByBuffer(mlir::RewriterBase &rewriter, mlir::Operation *root,
                     mlir::Value buffer,
                     llvm::ArrayRef<mlir::Operation *> operations);

/// Applies an operation that makes kernels of what its first operand stands
/// for: `lower` is called with each task, adds the launches that replace it, or
/// returns why it cannot be done. Sets the only result.
mlir::DiagnosedSilenceableFailure
lowerToKernels(mlir::Operation *op, mlir::transform::TransformResults &results,
               mlir::transform::TransformState &state,
               llvm::function_ref<std::string(
                   const KernelTask &task,
                   llvm::SmallVectorImpl<mlir::Operation *> &launches)>
                   lower);
/// Consumes the first operand, reads the others.
void getLoweringEffects(mlir::Operation *op,
                        llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<
                            mlir::MemoryEffects::Effect>> &effects);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_KERNELTASK_H
