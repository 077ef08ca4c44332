//===- ChameleonDialect.h - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect `chameleon` has no operations: it is where backends are
// registered, as extensions of a DialectRegistry, and it is loaded in every
// context in which Chameleon's passes or transform operations run.
//
//   registry.insert<chameleon::ChameleonDialect>();  // registerAll does it
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_CHAMELEONDIALECT_H
#define CHAMELEON_IR_CHAMELEONDIALECT_H

#include "mlir/IR/Dialect.h"

#include "chameleon/IR/ChameleonDialect.h.inc"

#endif // CHAMELEON_IR_CHAMELEONDIALECT_H
