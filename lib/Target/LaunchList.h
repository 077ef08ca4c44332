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

/// Adds the functions and constants of `module` to `program`. `sharedBytes`:
/// dynamic shared memory of each kernel that needs any.
llvm::Error listLaunches(mlir::ModuleOp module,
                         const llvm::StringMap<unsigned> &sharedBytes,
                         NVVMProgram &program);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_LAUNCHLIST_H
