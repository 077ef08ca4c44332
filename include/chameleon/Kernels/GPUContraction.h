//===- GPUContraction.h - a matrix product or convolution as a GPU kernel
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Any contraction of static shape with its fill, its padding and what follows
// it becomes one kernel, or two if its reduction is split over blocks:
//
//   std::string reason = lowerGPUContraction(rewriter, task, parameters, hooks,
//                                            launches);
//
// Limits: sums of products of numbers that an atom of the device does
// (GPUAtom.h) once they are brought to the type of the sums: f32 for 16-bit
// floats, i32 for small integers. Fewer than 2^31 results.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPUCONTRACTION_H
#define CHAMELEON_KERNELS_GPUCONTRACTION_H

#include "chameleon/Kernels/KernelTask.h"

namespace chameleon {

class GPUHooks;

/// What lower_to_gpu_contraction is told.
struct GPUContractionParameters {
  int64_t tileRows, tileColumns, tileDepth;  ///< of a block
  int64_t interleaveRows, interleaveColumns; ///< parts of a thread's tile
  int64_t threadRows, threadColumns;         ///< of each part
  int64_t stages, pad;
  int64_t turn;    ///< 1: both operands lie along the result in shared memory
  int64_t splits;  ///< blocks that share a reduction
  int64_t cluster; ///< so many of them add up within a cluster

  /// Sums of a tile that come to global memory.
  int64_t getPartialSums() const { return splits / cluster; }
};

/// What sums of results of this type are computed in, and operands brought to
/// in shared memory: no less exact, and whole words. Null: there are no such
/// kernels.
mlir::Type getGPUSumType(mlir::Type result);

/// Why no kernel computes the task, whatever its parameters; empty if one may.
/// Nothing is changed.
std::string checkGPUContraction(const KernelTask &task, const GPUHooks &hooks);

/// Why no kernel with these parameters can be built; empty if one can. Nothing
/// is changed.
std::string checkGPUContraction(const KernelTask &task,
                                const GPUContractionParameters &p,
                                const GPUHooks &hooks);

/// Replaces the task by kernels and adds their launches. Returns why it cannot
/// be done; empty if it is.
std::string
lowerGPUContraction(mlir::RewriterBase &rewriter, const KernelTask &task,
                    const GPUContractionParameters &p, const GPUHooks &hooks,
                    llvm::SmallVectorImpl<mlir::Operation *> &launches);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPUCONTRACTION_H
