//===- GPUHooks.h - what a kernel asks of the GPU that it is built for
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generators know blocks, threads, shared memory and barriers, which every GPU
// has. How one maker's copy runs while a block computes, how blocks of a
// cluster read each other's memory, how many threads are a warp and which
// products are done at once is behind this interface. A backend implements it
// and adds it under its name where it is registered:
//
//   registry.addExtension(+[](MLIRContext *, ChameleonDialect *dialect) {
//     addGPUHooks(*dialect, "nvvm", std::make_shared<NVVMHooks>());
//   });
//
// and operations ask for it by the payload that they change:
//
//   const GPUHooks *hooks = getGPUHooks(payload);
//
// The payload's device (its entry "hooks" in the DLTI description "GPU") says
// which; without that they are those that were added first.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_GPUHOOKS_H
#define CHAMELEON_KERNELS_GPUHOOKS_H

#include "mlir/IR/Builders.h"
#include <memory>

namespace chameleon {

class ChameleonDialect;
class GPUAtom;

/// What a kernel may not exceed, and what its layout follows.
struct GPULimits {
  int64_t warpThreads = 1;  ///< threads that shuffle, and read together
  int64_t blockThreads = 1; ///< at most
  int64_t sharedBytes = 0;  ///< of a block, at most
  int64_t sharedBanks = 1;  ///< of 32 bits
  int64_t copyBytes = 4;    ///< of the widest copy, load or store of a thread
  int64_t clusterBlocks = 1;
};

class GPUHooks {
public:
  virtual ~GPUHooks();

  /// Of the device that the payload describes; where it describes none, what
  /// every device of the backend has.
  GPULimits getLimits(mlir::Operation *payload) const;
  /// The products that the device does at once, in the order in which they are
  /// tried. Every device has that of single elements.
  virtual llvm::ArrayRef<const GPUAtom *> getAtoms() const;

  /// The memory space of what threads of a block share.
  virtual mlir::Attribute getSharedSpace(mlir::MLIRContext *context) const = 0;

  // Copies to shared memory, which run while the thread goes on.
  /// Starts a copy of `lanes` elements of `line` from `source` on to `target`
  /// in `shared`. Where `count` is given, only so many of them are there; the
  /// rest become zero, and if none is, `source` may be anywhere.
  virtual void startCopy(mlir::OpBuilder &b, mlir::Location loc,
                         mlir::Value shared, mlir::Value target,
                         mlir::Value line, mlir::Value source, int64_t lanes,
                         mlir::Value count) const = 0;
  /// Makes a group of the thread's copies since the last group.
  virtual void commitCopies(mlir::OpBuilder &b, mlir::Location loc) const = 0;
  /// Waits for all of the thread's groups but the `younger` youngest ones.
  virtual void waitForCopies(mlir::OpBuilder &b, mlir::Location loc,
                             int64_t younger) const = 0;
  /// Reads of shared memory ahead of this place are not moved behind it.
  virtual void holdReads(mlir::OpBuilder &b, mlir::Location loc) const = 0;

  // Threads of a block.
  virtual void barrier(mlir::OpBuilder &b, mlir::Location loc) const;
  /// `scalar` of the thread of the warp whose number differs by `distance`, a
  /// power of two, in that bit.
  virtual mlir::Value shuffle(mlir::OpBuilder &b, mlir::Location loc,
                              mlir::Value scalar, int64_t distance) const;

  // Blocks of a cluster. Asked only where clusterBlocks is more than one.
  /// All threads of the cluster have come here, and what they have written
  /// before is seen by all. `wait` follows each `arrive`.
  virtual void arriveInCluster(mlir::OpBuilder &b, mlir::Location loc) const;
  virtual void waitForCluster(mlir::OpBuilder &b, mlir::Location loc) const;
  /// The shared memory of a block of the cluster, at the place of this block's.
  virtual mlir::Value getSharedOf(mlir::OpBuilder &b, mlir::Location loc,
                                  mlir::Value shared, int64_t member) const;
  /// `lanes` elements of what getSharedOf returns, from `offset` on.
  virtual mlir::Value loadSharedOf(mlir::OpBuilder &b, mlir::Location loc,
                                   mlir::Value memory, mlir::Value offset,
                                   mlir::Type element, int64_t lanes) const;

protected:
  /// What every device of the backend has.
  virtual GPULimits getDefaultLimits() const = 0;
};

/// Adds hooks under the name of their backend, whose extension of the dialect
/// calls this. Those that came first under a name stay.
void addGPUHooks(ChameleonDialect &dialect, llvm::StringRef name,
                 std::shared_ptr<const GPUHooks> hooks);

/// The hooks for the device that `payload` is meant for; null if none are
/// registered, or not those that the device names.
const GPUHooks *getGPUHooks(mlir::Operation *payload);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_GPUHOOKS_H
