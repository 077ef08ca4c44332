//===- SplitPads.h - padding that cuts, as a slice and a padding
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %r = tensor.pad %x low[-1, 2] high[0, -3] …
//     →  %s = tensor.extract_slice %x …
//        %r = tensor.pad %s low[0, 2] high[0, 0] …
//
// Front ends write negative amounts (a cropping transposed convolution), and
// upstream's lowerings of tensor.pad take them for offsets. Static shapes only.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_SPLITPADS_H
#define CHAMELEON_IR_SPLITPADS_H

#include "mlir/IR/Operation.h"

namespace chameleon {

/// Afterwards no tensor.pad of static shape within `root` has a negative
/// amount, or puts nothing at the end of its result.
void splitCuttingPads(mlir::Operation *root);

} // namespace chameleon

#endif // CHAMELEON_IR_SPLITPADS_H
