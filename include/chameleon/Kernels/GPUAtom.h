//===- GPUAtom.h - the smallest product that a GPU does at once
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A contraction is put together from a tile, its stages, an atom and an
// epilogue (docs/kernels.md). Tile, stages and epilogue know of the atom what
// GPUAtom says: its shape, its types, who holds it. What happens between shared
// memory and sums is the atom's own: where its threads lie on the tile, how
// they read operands, the instruction, and which sums a thread has in the end:
//
//   const GPUAtom *atom = findGPUAtom(hooks, {f32, f32, f32}, reason);
//   std::unique_ptr<GPUAtomEmitter> emitter = atom->createEmitter(kernel,
//   block);
//
// A backend adds atoms by GPUHooks::getAtoms.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPUATOM_H
#define CHAMELEON_KERNELS_GPUATOM_H

#include "chameleon/Kernels/GPUContractionResources.h"
#include "chameleon/Kernels/KernelBuilder.h"

namespace chameleon {

/// Elements of the operands and of what they are added to.
struct AtomTypes {
  mlir::Type lhs, rhs, accumulator;
};

/// What an emitter is told of the block that it works in.
struct GPUBlock {
  const GPUContractionParameters &p;
  const GPUContractionResources &resources;
  const GPUOperandLayout &left, &right;
  AtomTypes types;
  GPULimits limits;
  mlir::Value shared; ///< memory of all stages
};

/// A thread's part in the products of a block, while its kernel is built.
class GPUAtomEmitter {
public:
  virtual ~GPUAtomEmitter() = default;

  /// Finds the thread's place in the tile: the layout of lanes. First of all.
  virtual void place(Int thread) = 0;
  /// What the sums start from.
  virtual llvm::SmallVector<mlir::Value> createAccumulators() = 0;
  /// What the thread needs for GPUContractionResources::steps steps of the
  /// reduction from `step` on, of the stage at offset `stage`.
  virtual llvm::SmallVector<mlir::Value> readOperands(mlir::Value stage,
                                                      int64_t step) = 0;
  /// Adds the products of what readOperands returned to the accumulators.
  virtual void multiply(llvm::ArrayRef<mlir::Value> operands,
                        llvm::MutableArrayRef<mlir::Value> accumulators) = 0;

  /// The sums of a thread as vectors of GPUContractionResources::width
  /// elements along the columns: vectors[i][j] begins at rows[i] and columns[j]
  /// of the tile.
  struct Sums {
    llvm::SmallVector<llvm::SmallVector<mlir::Value>> vectors;
    llvm::SmallVector<Int> rows, columns;
  };
  virtual Sums getSums(llvm::ArrayRef<mlir::Value> accumulators) = 0;
};

class GPUAtom {
public:
  GPUAtom(llvm::StringRef name, int64_t m, int64_t n, int64_t k,
          int64_t threads)
      : name(name), m(m), n(n), k(k), threads(threads) {}
  virtual ~GPUAtom() = default;

  const llvm::StringRef name;
  const int64_t m, n, k; ///< rows, columns and steps of the reduction
  const int64_t threads; ///< that do it together, and hold it

  /// What it cannot do with such elements; empty if it can.
  virtual std::string check(AtomTypes types) const = 0;
  virtual std::unique_ptr<GPUAtomEmitter>
  createEmitter(KernelBuilder &kernel, const GPUBlock &block) const = 0;
};

/// One thread multiplies and adds single elements: of 32 or 64 bits, floats.
const GPUAtom &getFmaAtom();

/// The first atom of the hooks that takes such elements; null with the reason
/// of the last one if none does.
const GPUAtom *findGPUAtom(const GPUHooks &hooks, AtomTypes types,
                           std::string &reason);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPUATOM_H
