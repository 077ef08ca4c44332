//===- BuiltinSchedules.h - the schedules of lib/Schedules as text
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SCHEDULE_BUILTINSCHEDULES_H
#define CHAMELEON_SCHEDULE_BUILTINSCHEDULES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace chameleon {

struct BuiltinSchedule {
  llvm::StringRef target; ///< cpu, nvvm; empty: of all
  llvm::StringRef name;   ///< conv_nchwc
  llvm::StringRef text;   ///< a module, NUL-terminated

  /// Sequences that every library of the target may include by their names,
  /// instead of schedules.
  bool isCommon() const { return name == "common"; }
};

/// Every file of lib/Schedules/<target>/ and lib/Schedules/, by target and
/// name.
llvm::ArrayRef<BuiltinSchedule> getBuiltinSchedules();

} // namespace chameleon

#endif // CHAMELEON_SCHEDULE_BUILTINSCHEDULES_H
