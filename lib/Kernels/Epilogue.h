//===- Epilogue.h - what follows the reduction of a kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_EPILOGUE_H
#define CHAMELEON_LIB_KERNELS_EPILOGUE_H

#include "chameleon/Kernels/KernelBuilder.h"

namespace chameleon {

/// Computes the epilogue on vectors along the
/// columns and stores them. Shared by every kernel that ends a task.
class EpilogueBuilder {
public:
  /// `rows` and `columns` together with `batch` are the loops of the result.
  EpilogueBuilder(KernelBuilder &kernel, const KernelTask &task, Group batch,
                  Group rows, Group columns);

  /// Makes the buffers that the kernel needs; before the kernel.
  void createBuffers();
  /// Their lines, in the kernel; `batchIndex` is the same for the whole thread.
  void openKernel(Int batchIndex);
  /// How many columns can be stored at once.
  int64_t getLanes() const { return lanes; }
  mlir::Value getDestinationBuffer() const { return destinationBuffer; }

  /// Stores `vectors[row][column]` (null: nothing to store), each of `width`
  /// elements that begin at `rowIndices[row]` and `columnIndices[column]`.
  /// Where a tile may exceed the result, `checkRows` or `checkColumns` is set.
  void emit(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> vectors,
            llvm::ArrayRef<Int> rowIndices, llvm::ArrayRef<Int> columnIndices,
            int64_t width, bool checkRows, bool checkColumns);

private:
  struct Operand {
    const Access *access;
    mlir::Value buffer, line;
    llvm::SmallVector<Run> rowRuns, columnRuns;
    Place batch;
    bool isVector = false;  ///< lanes are one after the other
    bool isUniform = false; ///< lanes are the same
  };
  Operand makeOperand(const Access &access);
  Place placeOf(const Operand &operand, Int row, Int column);
  mlir::Value read(const Operand &operand, Int row, Int column, int64_t width);
  mlir::Value compute(mlir::Value vector, Int row, Int column, int64_t width);

  KernelBuilder &kernel;
  const KernelTask &task;
  Group batch, rows, columns;
  llvm::SmallVector<Operand, 0>
      operands; ///< inputs of the steps, then the rest
  Operand destination;
  std::optional<Operand> initial;
  mlir::Value destinationBuffer;
  int64_t lanes = 1, rowCount = 1, columnCount = 1;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_EPILOGUE_H
