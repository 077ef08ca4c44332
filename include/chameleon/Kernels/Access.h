//===- Access.h - where an iteration reads or writes a tensor
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What generators for every target ask before they build anything: the address
// of an operand as a linear function of the loops of its operation, in which
// loops act as one, and how many elements may be moved at once. Nothing here
// changes the payload.
//
//   std::optional<Access> access = getAccess(tensor, map, loops);
//   int64_t lanes = access->getLanes(sizes, columns, {&rows});
//
// Limits: static shapes; elements of whole bytes, and booleans, which are a
// byte each.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_ACCESS_H
#define CHAMELEON_KERNELS_ACCESS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace chameleon {

/// Loops with one linear index, outermost first. Those of one iteration are
/// left out.
using Group = llvm::SmallVector<unsigned>;

/// Loops that an access steps through as if they were one.
struct Run {
  int64_t size, stride;
  llvm::SmallVector<int64_t> bounds; ///< coefficient in each bound
  bool isBounded() const {
    return llvm::any_of(bounds, [](int64_t c) { return c != 0; });
  }
};

/// sum(coefficients[loop] * loop) + constant, which must be in [0, size) for
/// the element to exist; else it is padding.
struct Bound {
  llvm::SmallVector<int64_t> coefficients;
  int64_t constant = 0, size = 0;
};

/// Where the iteration reads or writes a tensor: element
/// sum(strides[loop] * loop) + offset of its row-major buffer.
struct Access {
  mlir::Value tensor;
  llvm::SmallVector<int64_t> strides; ///< one for each loop of the anchor
  int64_t offset = 0;
  llvm::SmallVector<Bound, 0> bounds;
  mlir::Attribute padding; ///< what elements out of bounds are
  /// Zeros after each row of the innermost dimension, which may be read.
  int64_t slack = 0;
  /// The index in each dimension of the tensor.
  struct Index {
    llvm::SmallVector<int64_t> coefficients;
    int64_t constant;
  };
  llvm::SmallVector<Index, 0> indices;
  /// Where the address is not linear in the loops: the indices. Strides mean
  /// nothing then.
  mlir::AffineMap computed;

  /// What `group` is to the address. `sizes` are those of all loops.
  llvm::SmallVector<Run> getRuns(llvm::ArrayRef<int64_t> sizes,
                                 const Group &group) const;
  /// Elements from one address on, at most 16 bytes, that all accesses along
  /// the innermost run of `group` are aligned to.
  int64_t getLanes(llvm::ArrayRef<int64_t> sizes, const Group &group,
                   llvm::ArrayRef<const Group *> others) const;
  /// Sets strides and offset for a buffer of this shape.
  void setShape(llvm::ArrayRef<int64_t> shape);
  mlir::Type getElementType() const {
    return mlir::getElementTypeOrSelf(tensor.getType());
  }
  /// Whether the loop moves through padding.
  bool isBounded(unsigned loop) const {
    return llvm::any_of(bounds, [&](const Bound &bound) {
      return bound.coefficients[loop] != 0;
    });
  }
};

/// The access of `tensor` at indices `map` of `loops` loops, which looks
/// through constant padding; nothing if its address is not linear in them, or
/// the tensor not one of static shape and whole bytes.
std::optional<Access> getAccess(mlir::Value tensor, mlir::AffineMap map,
                                unsigned loops);

/// The access of a tensor of static shape at any indices; its address is
/// computed (Access::computed).
std::optional<Access> getComputedAccess(mlir::Value tensor, mlir::AffineMap map,
                                        unsigned loops);

/// Whether a constant is the number zero.
bool isZero(mlir::Attribute constant);

/// The largest power of two up to `most`, which is one, that divides `value`.
inline int64_t largestDividing(int64_t most, int64_t value) {
  while (value % most != 0)
    most /= 2;
  return most;
}

} // namespace chameleon

#endif // CHAMELEON_KERNELS_ACCESS_H
