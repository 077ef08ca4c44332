//===- BuiltinSchedule.h - a file of schedules as text
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What CMake's chameleon_embed_schedules makes of a backend's folder of
// schedules:
//
//   chameleon_embed_schedules(MySchedules getMySchedules mine ${folder})
//
//   llvm::ArrayRef<BuiltinSchedule> chameleon::getMySchedules();
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SCHEDULES_BUILTINSCHEDULE_H
#define CHAMELEON_SCHEDULES_BUILTINSCHEDULE_H

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

} // namespace chameleon

#endif // CHAMELEON_SCHEDULES_BUILTINSCHEDULE_H
