//===- LaunchList.h - functions as lists of kernel launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. Calls are followed, so that a buffer lives from its
// first launch to its last, in whichever function that is, and one piece of
// device memory serves a whole network.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_LAUNCHLIST_H
#define CHAMELEON_LIB_TARGET_LAUNCHLIST_H

#include "chameleon/Target/LowerToNVVM.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace chameleon {

/// The buffer that `value` is or is a part of, seen through operations that
/// only change its shape.
mlir::Value findBuffer(mlir::Value value);

/// What is known of a kernel.
struct KernelFacts {
  unsigned sharedBytes = 0; ///< dynamic
  /// Of each parameter, where the optimiser could tell; else it does both.
  struct Access {
    bool reads = true, writes = true;
  };
  llvm::SmallVector<Access> parameters;
};

/// Adds the functions and constants of `module` to `program`.
/// `dataComesLater`: constants may lack it.
llvm::Error listLaunches(mlir::ModuleOp module,
                         const llvm::StringMap<KernelFacts> &kernels,
                         NVVMProgram &program, bool dataComesLater = false);

/// Chooses the launches of a function that depend on constants alone and whose
/// results are worth keeping. `temporaryBytes`: of each piece of scratch
/// memory, whose number is the index of an argument; `isConstant`: of each
/// argument of the function.
llvm::SmallVector<bool>
findConstantLaunches(const NVVMFunction &function, const NVVMProgram &program,
                     llvm::ArrayRef<int64_t> temporaryBytes,
                     llvm::ArrayRef<bool> isConstant,
                     const llvm::StringMap<KernelFacts> &kernels);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_LAUNCHLIST_H
