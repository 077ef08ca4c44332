//===- NeutralElement.h - what a reduction may start from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   std::optional<TypedAttr> zero = findNeutralElement(addition);
//
// Upstream's arith::getNeutralElement, for elements of index type too: those
// have no width that it could ask for.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_KERNELS_NEUTRALELEMENT_H
#define CHAMELEON_KERNELS_NEUTRALELEMENT_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/Operation.h"
#include <optional>

namespace chameleon {

/// Combined with it, any value stays what it is; of the type of the result.
/// Nothing: `combiner` has none.
std::optional<mlir::TypedAttr> findNeutralElement(mlir::Operation *combiner);

} // namespace chameleon

#endif // CHAMELEON_KERNELS_NEUTRALELEMENT_H
