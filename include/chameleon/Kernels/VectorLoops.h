//===- VectorLoops.h - elementwise operations and reductions on vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations of any rank become loops around code on vectors along one of them:
//
//   std::string reason = lowerToVectorLoops(rewriter, op, {16, 4});
//
// Limits: results along loops; bodies of elementwise operations, indices and
// reads at computed indices; tiles of operations have operands at linear
// indices and no more than elementwise bodies.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_VECTORLOOPS_H
#define CHAMELEON_KERNELS_VECTORLOOPS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <string>

namespace chameleon {

/// What lower_to_vectors is told.
struct VectorLoopParameters {
  int64_t lanes;   ///< of a vector
  int64_t vectors; ///< in one iteration of the innermost loop
};

/// Why neither the operation nor tiles of it can be computed by vectors, as far
/// as operands and body tell; empty if they can. Nothing is changed.
std::string checkVectorForm(mlir::linalg::LinalgOp op);

/// Why the operation cannot be lowered; empty if it can. Nothing is changed.
std::string checkVectorLoops(mlir::linalg::LinalgOp op,
                             const VectorLoopParameters &p);

/// Replaces the operation by loops. Returns why it cannot be done; empty if it
/// is. A refused operation may have become general, without loops of one
/// iteration.
std::string lowerToVectorLoops(mlir::RewriterBase &rewriter,
                               mlir::linalg::LinalgOp op,
                               const VectorLoopParameters &p);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_VECTORLOOPS_H
