//===- SmallFloats.h - floats of eight bits and fewer, by integers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. LLVM has no such types: f8E4M3FN, f8E5M2 and their
// relatives become integers of as many bits, and what computes with them
// computes in f32 and rounds each result.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_SMALLFLOATS_H
#define CHAMELEON_LIB_TARGET_SMALLFLOATS_H

#include "mlir/IR/Operation.h"

namespace chameleon {

/// Leaves no value in `root` that is a small float or a vector of such; buffers
/// have their storage types already (widenStorage). Rounds to the nearest, ties
/// to even. What is too large becomes an infinity, a NaN where the type has no
/// infinity, the largest number where it has neither, as constant folding has
/// it.
void expandSmallFloats(mlir::Operation *root);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_SMALLFLOATS_H
