//===- StorageType.h - what memory holds of an element type
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory has bytes, and elements whose number of bytes is a power of two: an i4
// lies in a byte of its own, an i12 in two, an i24 in four, a float of eight
// bits or fewer in a byte. Vectors of such elements, which LLVM packs, are
// for registers alone.
//
//   getStorageType(i1);   // i8
//   getStorageType(f8);   // i8
//   getStorageType(f32);  // f32
//
// Limits: an element type without a width (complex numbers, vectors, types of
// other dialects) is its own storage type, and has no number of bytes.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_STORAGETYPE_H
#define CHAMELEON_IR_STORAGETYPE_H

#include "mlir/IR/BuiltinTypes.h"

namespace chameleon {

/// Whether elements of a buffer can be read and written as vectors: integers
/// without a sign of their own, indices, and floats that LLVM has without gaps
/// between them in memory, or that are made from integers.
bool hasStorage(mlir::Type element);

/// The element type of buffers that hold elements of type `element`.
mlir::Type getStorageType(mlir::Type element);

/// Bytes from one element of a buffer to the next; `index` has eight.
/// `element` is an integer, a float or an index.
int64_t getStorageBytes(mlir::Type element);

} // namespace chameleon

#endif // CHAMELEON_IR_STORAGETYPE_H
