//===- Signature.h - how the functions of a module are called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowering notes the tensors of each function in `chameleon.signature`; beside
// it say `chameleon.constant`, on an argument, and `chameleon.init`, on the
// function, what the initialiser computes (Prepare.h, hoistConstants).
//
//   program.functions = readSignatures(lowered);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_SIGNATURE_H
#define CHAMELEON_TARGET_SIGNATURE_H

#include "chameleon/Runtime/Program.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace chameleon {

/// Errors: a dynamic shape, an element type that no buffer has.
llvm::Expected<BufferType> getBufferType(mlir::RankedTensorType type);

/// Of the functions of a lowered module that have a body, and take and return
/// nothing but tensors whose types buffers have.
std::vector<Program::Function> readSignatures(mlir::ModuleOp lowered);

/// Whether `function` can be called; emits why not, and which ones can.
mlir::LogicalResult checkCallable(mlir::ModuleOp lowered,
                                  llvm::StringRef function);

} // namespace chameleon

#endif // CHAMELEON_TARGET_SIGNATURE_H
