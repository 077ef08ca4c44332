//===- WidenStorage.h - buffers of what memory can hold
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. `memref<8xi4>` becomes `memref<8xi8>`, and whatever
// reads or writes it widens and narrows:
//
//   vector.load %m[%i] : memref<8xi4>, vector<4xi4>
//   -> arith.trunci (vector.load %m[%i] : memref<8xi8>, vector<4xi8>)
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_WIDENSTORAGE_H
#define CHAMELEON_LIB_TARGET_WIDENSTORAGE_H

#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// After bufferization: gives all buffers their storage type
/// (getStorageType). What is read may have any bits beyond the width of an
/// element; what is written has copies of the sign there, zeros for booleans
/// and floats. Emits an error and fails for constants that have too few bytes.
mlir::LogicalResult widenStorage(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_WIDENSTORAGE_H
