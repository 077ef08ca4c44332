//===- ConvertToLLVM.h - everything to the LLVM dialect, in one conversion
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. Upstream has a pass for each dialect, and each walks the
// whole module and leaves casts for the next one: ten of them were a third of
// the time that a candidate spent in lowering, this one is a seventh.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_CONVERTTOLLVM_H
#define CHAMELEON_LIB_TARGET_CONVERTTOLLVM_H

#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Converts affine, arith, cf, func, index, math, memref, omp and ub
/// operations. Functions take bare pointers; buffers come from aligned_alloc.
/// Vectors have been converted before, and casts around them are left.
llvm::LogicalResult convertToLLVM(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_CONVERTTOLLVM_H
