//===- Simplify.h - the patterns of transform.chameleon.simplify, collected once
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Internal to lib/TransformOps. To collect and freeze the patterns takes a
// millisecond, a schedule simplifies its payload five times, and there are
// dozens of candidates a second: the transform dialect keeps them.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TRANSFORMOPS_SIMPLIFY_H
#define CHAMELEON_LIB_TRANSFORMOPS_SIMPLIFY_H

#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"
#include <array>
#include <mutex>

namespace chameleon {

class SimplifyPatterns
    : public mlir::transform::TransformDialectData<SimplifyPatterns> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SimplifyPatterns)

  explicit SimplifyPatterns(mlir::MLIRContext *context)
      : TransformDialectData(context), context(context) {}

  /// From any thread.
  const mlir::FrozenRewritePatternSet &get(bool foldEmptyTensors,
                                           bool foldTransfers) const;

private:
  struct Entry {
    std::once_flag once;
    mlir::FrozenRewritePatternSet patterns;
  };
  mlir::MLIRContext *context;
  mutable std::array<Entry, 4> entries;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TRANSFORMOPS_SIMPLIFY_H
