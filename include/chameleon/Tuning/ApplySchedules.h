//===- ApplySchedules.h - tuned schedules onto a module, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where the schedules come from, the first that applies: a spec file, a tuning
// database, the spec embedded in the module. Tasks without a tuned schedule get
// the default configuration of the built-in ones if `defaults` is set, else
// stay plain. Nothing is measured and LibTorch is not loaded.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_APPLYSCHEDULES_H
#define CHAMELEON_TUNING_APPLYSCHEDULES_H

#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace chameleon {

struct ApplyOptions {
  std::string
      spec; ///< a file: a spec library, or a tuned module that embeds one
  std::string database;        ///< path of a tuning database
  std::string target = "auto"; ///< whose layouts and records
  unsigned threads = 0;
  std::vector<std::string> libraries;
  bool prepare = true; ///< prepare and extract a module that has no tasks yet,
                       ///< hoist what schedules compute from constants alone
  bool defaults = false;
};

/// Returns how many tasks got a schedule. Emits and fails if there is no source
/// of schedules at all, a file or database cannot be read, or a schedule fails
/// on its task. A source that knows none of the module's tasks is a warning.
mlir::FailureOr<int64_t> applySchedules(mlir::ModuleOp module,
                                        const ApplyOptions &options);

} // namespace chameleon

#endif // CHAMELEON_TUNING_APPLYSCHEDULES_H
