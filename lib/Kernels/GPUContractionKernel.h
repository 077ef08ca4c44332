//===- GPUContractionKernel.h - a contraction as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. What can be built is decided in
// GPUContractionAnalysis.cpp; what is copied to shared memory is in
// GPUContractionTiles.cpp, what is computed from it in GPUContraction.cpp,
// where the sums go in GPUContractionSums.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_KERNELS_GPUCONTRACTIONKERNEL_H
#define CHAMELEON_LIB_KERNELS_GPUCONTRACTIONKERNEL_H

#include "Epilogue.h"
#include "chameleon/Kernels/GPUAtom.h"

namespace chameleon {

/// Of a block of the small kernels before and after.
constexpr int64_t reductionThreads = 256;

/// One operand of a block: where it comes from, and how it lies in shared
/// memory.
struct GPUContractionTile {
  const Access *access = nullptr;
  const Group *group = nullptr; ///< rows or columns
  GPUOperandLayout layout;
  /// Of the copy whose rows are aligned, if there is one, and its shape. In
  /// these directions it ends where the last tile does.
  std::optional<Access> aligned;
  llvm::SmallVector<int64_t> alignedShape;
  bool wholeExtents = false, wholeDepth = false;
  int64_t total = 0; ///< of the group
  /// Brings elements to the type of products, in the body; null: nothing does.
  mlir::Operation *widening = nullptr;
  llvm::SmallVector<Run> runs, depthRuns;
  bool padsWithOther() const {
    return !access->bounds.empty() && !isZero(access->padding);
  }

  // Of the kernel.
  mlir::Value buffer, line;
  /// Of each copy of this thread, fixed over the reduction.
  struct Slot {
    Place place;
    mlir::Value exists; ///< null: always
    Int depth;          ///< step of the reduction within the tile
    Int target;         ///< in the stage, offset
    mlir::Value isMine; ///< null: of every thread
  };
  llvm::SmallVector<Slot, 0> slots;
};

/// All that is decided before anything is built. Tiles point into it.
class GPUContractionPlan {
public:
  GPUContractionPlan(const KernelTask &task, const GPUContractionParameters &p,
                     const GPUHooks &hooks)
      : task(task), p(p), hooks(hooks), limits(hooks.getLimits(task.anchor)) {}
  GPUContractionPlan(const GPUContractionPlan &) = delete;

  /// Why it cannot be done; empty if it can.
  std::string analyze();

protected:
  /// Sets the types and the atom.
  std::string analyzeBody();
  /// Sets which loops are rows, columns, batch and depth, and the accesses of
  /// both operands.
  void analyzeLoops(const Access *&rowAccess, const Access *&columnAccess);
  void makeTile(GPUContractionTile &tile, const Access &access,
                const Group &group, int64_t extent);
  /// As above; with a copy of the operand where copies of the widest kind are
  /// possible only so, and `readers` tiles read each element.
  void makeAlignedTile(GPUContractionTile &tile, const Access &access,
                       const Group &group, int64_t extent, int64_t readers);

  const KernelTask &task;
  GPUContractionParameters p;
  const GPUHooks &hooks;
  GPULimits limits;
  const GPUAtom *atom = nullptr;
  AtomTypes types;
  /// Of sums and of operands in shared memory; of what is computed.
  mlir::Type element, result;
  std::array<mlir::Operation *, 2> widenings{}; ///< of the inputs
  /// Products by `and`, sums by `or`, of which integers count how many hold.
  bool isBoolean = false;
  Group batch, rows, columns, depth;
  int64_t batchCount = 1, rowCount = 1, columnCount = 1, depthCount = 1;
  int64_t rowBlocks = 1, columnBlocks = 1, chunks = 1; ///< chunks of a split
  bool checkDepth = false;
  GPUContractionTile left, right;
  GPUContractionResources resources;
};

class GPUContractionKernel : public GPUContractionPlan {
public:
  GPUContractionKernel(mlir::RewriterBase &rewriter, const KernelTask &task,
                       const GPUContractionParameters &p, const GPUHooks &hooks)
      : GPUContractionPlan(task, p, hooks), b(rewriter),
        loc(task.anchor.getLoc()), kernel(rewriter, loc, hooks) {}

  /// Builds what `analyze` has accepted; returns the launches.
  llvm::SmallVector<mlir::Operation *> build();

private:
  void buildTileKernel(mlir::gpu::LaunchOp launch);
  void buildReductionKernel(mlir::gpu::LaunchOp launch);
  /// Ends the kernel of a tile: what a block, or a cluster of them, has summed
  /// up goes through the epilogue, or is one of several partial sums.
  void storeSums(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> sums,
                 llvm::ArrayRef<Int> rowIndices,
                 llvm::ArrayRef<Int> columnIndices, Int split, Int batchIndex);
  /// Adds the tiles of a cluster up in its shared memory; each block ends a
  /// part of the tile.
  void combineInCluster(const GPUAtomEmitter::Sums &sums, Int thread,
                        Int member, Int firstRow, Int firstColumn, Int split,
                        Int batchIndex);
  void storePartialSums(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> sums,
                        llvm::ArrayRef<Int> rowIndices,
                        llvm::ArrayRef<Int> columnIndices, Int matrix);
  /// Sets the buffer of a tile; adds the launch that makes the copy.
  void createBuffer(GPUContractionTile &tile,
                    llvm::SmallVectorImpl<mlir::Operation *> &launches);
  void openTile(GPUContractionTile &tile, Int block, Int batchIndex,
                Int thread);
  /// Starts copies of a chunk of the reduction into a stage: those of `first`
  /// and the slots up to `last`.
  void copyTile(GPUContractionTile &tile, Int chunk, mlir::Value stage,
                int64_t first, int64_t last);
  /// Copies elements of another type than shared memory has, or another padding
  /// than zeros: through registers, at once. What does not exist is zero, what
  /// is not `inBounds` padding; either may be null.
  void copyThroughRegisters(const GPUContractionTile &tile, mlir::Value source,
                            mlir::Value exists, mlir::Value inBounds,
                            mlir::Value target);
  /// Elements of an operand as the type that sums have.
  mlir::Value widen(const GPUContractionTile &tile, mlir::Value vector);
  /// Sums as elements of the result.
  mlir::Value narrow(mlir::Value vector);
  /// One of so many parts of all copies of a chunk.
  void startChunk(Int chunk, mlir::Value stage, int64_t part = 0,
                  int64_t numParts = 1);
  /// Commits, waits for all groups but the youngest ones, and for all threads.
  void waitForChunk(int64_t younger);
  /// The loop over chunks; returns the accumulators after it.
  llvm::SmallVector<mlir::Value> buildChunkLoop();

  mlir::RewriterBase &b;
  mlir::Location loc;
  KernelBuilder kernel;
  mlir::Value shared;
  Int firstChunk;
  mlir::Value partialBuffer;
  std::optional<EpilogueBuilder> epilogue;
  std::unique_ptr<GPUAtomEmitter> emitter;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_GPUCONTRACTIONKERNEL_H
