//===- MemoryPlan.h - buffers with static shapes share one piece of memory
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A network allocates and frees each activation once per inference. Large
// blocks come fresh from the system each time, and touching their pages costs
// more than many an operation. Their sizes and lifetimes are known here, so
// they are placed into one arena per call depth, which exists as long as the
// code does.
//
// The price: functions that own memory in an arena must not run twice at the
// same time.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_MEMORYPLAN_H
#define CHAMELEON_LIB_TARGET_MEMORYPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace chameleon {

/// A buffer of `bytes` that is in use from step `first` to step `last`, both
/// included.
struct BufferLifetime {
  int64_t bytes, first, last;
};

struct MemoryPlan {
  llvm::SmallVector<int64_t> offsets; ///< of each buffer, multiples of 64
  int64_t bytes = 0;                  ///< of the whole
};

/// Places buffers so that those in use at the same time do not overlap: largest
/// first, each into the smallest gap that holds it.
MemoryPlan planBuffers(llvm::ArrayRef<BufferLifetime> buffers);

/// Moves the static allocations in the bodies of functions (not in their loops:
/// hoist before) into arenas. Left alone: what escapes by return, and functions
/// that are recursive or called from parallel loops.
void planMemory(mlir::ModuleOp module);

/// Whether an allocation is for one iteration of a parallel loop: of static
/// size, in its body.
bool belongsToThread(mlir::memref::AllocOp alloc);

/// Gives each iteration of a parallel loop one piece of memory for all
/// allocations that belong to it, and frees it at the end. Left alone: what is
/// freed already.
void planThreadMemory(mlir::func::FuncOp function);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_MEMORYPLAN_H
