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
// address: strides, and bounds where padding was left out, if it is linear in
// the loops of the operation, else the indices.
//
//   auto analyzed = KernelTask::analyze(anchor);
//   if (auto *task = std::get_if<KernelTask>(&analyzed)) ...
//
// Limits: static shapes, one result.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_KERNELTASK_H
#define CHAMELEON_KERNELS_KERNELTASK_H

#include "chameleon/Kernels/Access.h"
#include "mlir/IR/PatternMatch.h"
#include <string>
#include <variant>

namespace chameleon {

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

} // namespace chameleon

#endif // CHAMELEON_KERNELS_KERNELTASK_H
