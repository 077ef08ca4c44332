//===- ChameleonTransformOps.h - transform.chameleon.* and their registration
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMOPS_CHAMELEONTRANSFORMOPS_H
#define CHAMELEON_TRANSFORMOPS_CHAMELEONTRANSFORMOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/IR/TransformTypes.h"
#include "mlir/Dialect/Transform/Interfaces/MatchInterfaces.h"
#include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

#define GET_OP_CLASSES
#include "chameleon/TransformOps/ChameleonTransformOps.h.inc"

namespace chameleon {

/// Adds `transform.chameleon.*` to the transform dialect.
void registerTransformOps(mlir::DialectRegistry &registry);

/// The value of a parameter that stands for one integer of at least `minimum`;
/// otherwise a definite failure on `op`, which names the parameter.
mlir::DiagnosedSilenceableFailure
getIntegerParam(mlir::transform::TransformState &state,
                mlir::transform::TransformOpInterface op, mlir::Value param,
                llvm::StringRef name, int64_t minimum, int64_t &value);

/// `target` as the loop that `op` works on; otherwise a silenceable failure
/// which says what it is.
mlir::DiagnosedSilenceableFailure
getLoop(mlir::transform::TransformOpInterface op, mlir::Operation *target,
        mlir::scf::ForOp &loop);

} // namespace chameleon

#endif // CHAMELEON_TRANSFORMOPS_CHAMELEONTRANSFORMOPS_H
