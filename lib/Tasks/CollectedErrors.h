//===- CollectedErrors.h - errors as a reason instead of an error -*- C++ -*-=//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tasks. A schedule that does not apply says so by errors; where
// the task does without it, they are the reason and no errors.
//
//   CollectedErrors errors(context);
//   if (failed(applySpec(spec, payload)))
//     return errors.take();
//
// While it lives nothing is printed of what the context says, warnings and
// remarks included. It hears all threads of the context.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TASKS_COLLECTEDERRORS_H
#define CHAMELEON_LIB_TASKS_COLLECTEDERRORS_H

#include "mlir/IR/Diagnostics.h"
#include <string>

namespace chameleon {

class CollectedErrors {
public:
  explicit CollectedErrors(mlir::MLIRContext *context);

  /// The first error since the last call with its notes, on one line; "it
  /// fails" if there was none.
  std::string take();

private:
  std::string first;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TASKS_COLLECTEDERRORS_H
