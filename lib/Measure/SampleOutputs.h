//===- SampleOutputs.h - a task cut down to some elements of its results
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Some tiles of the results, in high precision and by
// plain loops, cost next to nothing where the whole would take minutes: each is
// a slice of a result, which is pulled through the operations before it, so
// that they compute what it needs and no more.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_SAMPLEOUTPUTS_H
#define CHAMELEON_LIB_MEASURE_SAMPLEOUTPUTS_H

#include "TaskBuffers.h"
#include "mlir/IR/OwningOpRef.h"
#include <optional>

namespace chameleon {

/// A part of one result of a task.
struct OutputTile {
  size_t output = 0;
  llvm::SmallVector<int64_t> offsets, sizes;
  int64_t countElements() const;
  /// The position in the whole result of element `i` of the tile, both
  /// row-major.
  int64_t locate(int64_t i, llvm::ArrayRef<int64_t> shape) const;
};

/// Tiles of every result: its first and last corner and others at random, no
/// two at the same place.
std::vector<OutputTile> chooseTiles(const TaskSignature &signature,
                                    uint64_t seed);

/// Of all loops of all structured operations, roughly what a call costs.
double countIterations(mlir::ModuleOp module);

/// A module with the task's function, which takes its inputs, as they are, and
/// returns the tiles. `wide`: the task in high precision (`widenToDouble`).
/// Null: an operation cannot be cut, or tiles would cost more than
/// `mostIterations`.
mlir::OwningOpRef<mlir::ModuleOp> cutToTiles(mlir::ModuleOp wide,
                                             const TaskSignature &signature,
                                             llvm::ArrayRef<OutputTile> tiles,
                                             double mostIterations);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_SAMPLEOUTPUTS_H
