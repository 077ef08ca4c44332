//===- Seal.h - modules that are as we wrote them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   sealModule(*spec);                  // before it is written
//   if (!isSealed(spec)) …              // after it was read: someone changed
//   it
//
// A seal tells what nobody has touched from what a user or a broken disk has.
// It is no signature: whoever wants to may make one.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_SEAL_H
#define CHAMELEON_IR_SEAL_H

#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Of a module: the hash of what is in it.
inline constexpr llvm::StringLiteral sealAttribute = "chameleon.seal";

void sealModule(mlir::ModuleOp module);
/// Whether the module has a seal, and is what was sealed.
bool isSealed(mlir::ModuleOp module);

} // namespace chameleon

#endif // CHAMELEON_IR_SEAL_H
