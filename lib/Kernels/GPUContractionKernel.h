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
#include "chameleon/Kernels/GPUContraction.h"

namespace chameleon {

/// Of a block of the small kernels before and after.
constexpr int64_t reductionThreads = 256;

/// One operand in shared memory: `extent` rows or columns of the result by
/// `depth` steps of the reduction.
struct GPUContractionTile {
  const Access *access = nullptr;
  const Group *group = nullptr; ///< rows or columns
  /// Of the copy whose rows are aligned, if there is one, and its shape. In
  /// these directions it ends where the last tile does.
  std::optional<Access> aligned;
  llvm::SmallVector<int64_t> alignedShape;
  bool wholeExtents = false, wholeDepth = false;
  mlir::Value buffer, line;
  int64_t extent = 0, total = 0; ///< of the tile, of the group
  bool depthInside = false;      ///< steps of the reduction are contiguous
  /// They are so in memory, but not in shared memory.
  bool turned = false;
  int64_t lanes = 1;           ///< of an asynchronous copy
  int64_t alignedLanes = 1;    ///< that alignment would allow
  int64_t pitch = 0, size = 0; ///< of a row, of the whole, in elements
  int64_t base = 0;            ///< in a stage
  llvm::SmallVector<Run> runs, depthRuns;

  // Of each copy of this thread, fixed over the reduction.
  struct Slot {
    Place place;
    mlir::Value exists; ///< null: always
    Int depth;          ///< step of the reduction within the tile
    Int target;         ///< in the stage, offset
    mlir::Value isMine; ///< null: of every thread
  };
  llvm::SmallVector<Slot, 0> slots;
};

class GPUContractionKernel {
public:
  GPUContractionKernel(mlir::RewriterBase &rewriter, const KernelTask &task,
                       const GPUContractionParameters &p)
      : b(rewriter), loc(task.anchor.getLoc()), kernel(rewriter, loc),
        task(task), p(p) {}

  /// Why it cannot be done; empty if it can.
  std::string analyze();
  /// Returns the launches.
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
  /// part of the tile. Indices are in the tile.
  void combineInCluster(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> sums,
                        llvm::ArrayRef<Int> rowIndices,
                        llvm::ArrayRef<Int> columnIndices, Int thread,
                        Int member, Int firstRow, Int firstColumn, Int split,
                        Int batchIndex);
  void makeTile(GPUContractionTile &tile, const Access &access,
                const Group &group, int64_t extent);
  /// As above; with a copy of the operand where copies of 16 bytes are possible
  /// only so, and `readers` tiles read each element.
  void makeAlignedTile(GPUContractionTile &tile, const Access &access,
                       const Group &group, int64_t extent, int64_t readers);
  /// Sets the buffer of a tile; adds the launch that makes the copy.
  void createBuffer(GPUContractionTile &tile,
                    llvm::SmallVectorImpl<mlir::Operation *> &launches);
  void openTile(GPUContractionTile &tile, Int block, Int batchIndex,
                Int thread);
  /// Starts copies of a chunk of the reduction into a stage: those of `first`
  /// and the slots up to `last`.
  void copyTile(GPUContractionTile &tile, Int chunk, mlir::Value stage,
                int64_t first, int64_t last);
  /// One of so many parts of all copies of a chunk.
  void startChunk(Int chunk, mlir::Value stage, int64_t part = 0,
                  int64_t numParts = 1);
  /// Makes a group of the copies since the last one.
  void commitChunk();
  /// Commits, waits for all groups but the youngest ones, and for all threads.
  void waitForChunk(int64_t younger);
  /// Sets row and column of a thread in the tile: lanes of a warp are a block
  /// of threads, if that takes fewer accesses of shared memory than a line.
  void placeThread(Int thread);
  /// Elements of an operand that are read at once: what is contiguous in shared
  /// memory.
  int64_t readLanes(const GPUContractionTile &tile, int64_t interleave,
                    int64_t inPart) const;
  /// What a thread needs for `steps` steps from `step` on: a scalar for each
  /// row and step, then one for each column and step.
  llvm::SmallVector<mlir::Value> readOperands(mlir::Value stage, int64_t step);
  void readOperand(const GPUContractionTile &tile, mlir::Value stage,
                   int64_t step, int64_t interleave, int64_t inPart,
                   Int threadPart, llvm::SmallVectorImpl<mlir::Value> &result);
  /// Adds the products of `operands` to the accumulators.
  void multiply(llvm::ArrayRef<mlir::Value> operands,
                llvm::MutableArrayRef<mlir::Value> accumulators);
  /// The loop over chunks; returns the accumulators after it.
  llvm::SmallVector<mlir::Value> buildChunkLoop();
  void storePartialSums(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> sums,
                        llvm::ArrayRef<Int> rowIndices,
                        llvm::ArrayRef<Int> columnIndices, Int matrix);

  mlir::RewriterBase &b;
  mlir::Location loc;
  KernelBuilder kernel;
  const KernelTask &task;
  GPUContractionParameters p;
  mlir::Type element;
  Group batch, rows, columns, depth;
  int64_t batchCount = 1, rowCount = 1, columnCount = 1, depthCount = 1;
  int64_t rowBlocks = 1, columnBlocks = 1, chunks = 1; ///< chunks of a split
  int64_t threadsOfRow = 1, threadsOfColumn = 1, threads = 1;
  int64_t width = 1; ///< of a vector of results
  int64_t steps = 1; ///< of the reduction that are read at once
  bool checkDepth = false;
  GPUContractionTile left, right;
  int64_t stageSize = 0, sharedSize = 0;
  mlir::Value shared;
  Int threadRow, threadColumn, firstChunk;
  mlir::Value partialBuffer;
  std::optional<EpilogueBuilder> epilogue;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_KERNELS_GPUCONTRACTIONKERNEL_H
