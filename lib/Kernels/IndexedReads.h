//===- IndexedReads.h - reads at indices that a GPU kernel computes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. The loops' indices as values: for operands whose address
// is not linear in them, for `linalg.index`, and for `tensor.extract`.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_INDEXEDREADS_H
#define CHAMELEON_LIB_KERNELS_INDEXEDREADS_H

#include "chameleon/Kernels/KernelBuilder.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace chameleon {

class IndexedReads {
public:
  /// What is at `column` of these loops and `step` of those.
  IndexedReads(KernelBuilder &kernel, const KernelTask &task)
      : kernel(kernel), task(task) {}

  /// Why an operation of the body cannot be computed; empty if it can, or is
  /// elementwise.
  static std::string check(mlir::Operation &op);

  /// Before the kernel: buffers of the tensors that the body reads itself.
  void createBuffers(const Group &columns, const Group &depth);
  void openKernel();

  /// The element of an access that is not linear; `line` is its buffer.
  mlir::Value load(const Access &access, mlir::Value line, Int column,
                   Int step);
  /// `op` of the body from `column` on; null if it is elementwise.
  mlir::Value compute(mlir::Operation &op, mlir::IRMapping &mapping, Int column,
                      Int step, int64_t width);

private:
  struct Loop {
    llvm::SmallVector<Run> columnRuns, depthRuns;
    bool movesAlongColumns = false;
  };
  mlir::Value getIndex(unsigned loop, Int column, Int step);
  mlir::Value loadAt(mlir::Value line, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<mlir::AffineExpr> position,
                     mlir::ValueRange dims);

  KernelBuilder &kernel;
  const KernelTask &task;
  llvm::SmallVector<Loop, 0> loops;
  struct Source {
    mlir::Value buffer, line;
  };
  llvm::MapVector<mlir::Value, Source> sources;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_INDEXEDREADS_H
