//===- ExpandMath.h - elementary functions as straight-line code
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations of the math dialect become arithmetic that any target vectorises,
// within two units in the last place for every argument:
//
//   RewritePatternSet patterns(context);
//   populateMathExpansions(patterns);
//   applyPatternsGreedily(function, std::move(patterns));
//
// f32, scalars and vectors; narrower types are extended to it and rounded once.
// f64 is left to the target's library. docs/kernels.md has a table of the
// errors.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_EXPANDMATH_H
#define CHAMELEON_KERNELS_EXPANDMATH_H

#include "mlir/IR/PatternMatch.h"

namespace chameleon {

void populateMathExpansions(mlir::RewritePatternSet &patterns);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_EXPANDMATH_H
