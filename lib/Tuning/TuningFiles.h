//===- TuningFiles.h - where tuning may write
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tuning. Found out before hours are spent.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TUNING_TUNINGFILES_H
#define CHAMELEON_LIB_TUNING_TUNINGFILES_H

#include "chameleon/Tuning/TuneModule.h"

namespace chameleon {

/// Errors: the database or one of `recordings` is one of the caller's files, a
/// schedule library or the other, by whatever path; a recording cannot be
/// written.
llvm::Error checkFiles(const TuningOptions &options,
                       llvm::ArrayRef<std::string> recordings);

} // namespace chameleon

#endif // CHAMELEON_LIB_TUNING_TUNINGFILES_H
