//===- ConstraintCompiler.h - from SMT operations to a constraint program
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SCHEDULE_CONSTRAINTCOMPILER_H
#define CHAMELEON_LIB_SCHEDULE_CONSTRAINTCOMPILER_H

#include "ConstraintProgram.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"

namespace chameleon {

/// Compiles the region of `constraint`. `arguments` are the values of its
/// parameters, `guard` is a condition outside of which nothing is required (the
/// alternative that holds the constraint). Returns what the region yields.
/// Emits on the operation and fails for whatever has no value for given
/// parameters (functions, quantifiers, bit vectors, …).
mlir::FailureOr<llvm::SmallVector<ConstraintProgram::Ref>>
compileConstraint(mlir::transform::smt::ConstrainParamsOp constraint,
                  llvm::ArrayRef<ConstraintProgram::Ref> arguments,
                  ConstraintProgram::Ref guard, ConstraintProgram &program);

} // namespace chameleon

#endif // CHAMELEON_LIB_SCHEDULE_CONSTRAINTCOMPILER_H
