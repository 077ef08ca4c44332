//===- OpenMPRuntime.h - libomp, found and loaded when code needs it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_RUNTIME_OPENMPRUNTIME_H
#define CHAMELEON_LIB_RUNTIME_OPENMPRUNTIME_H

#include "llvm/Support/Error.h"
#include <string>

namespace chameleon {

struct OpenMPRuntime {
  std::string path;
  void (*setThreads)(int) =
      nullptr; ///< omp_set_num_threads: of the calling thread
};

/// Loads LLVM's OpenMP runtime (GNU's has another interface). Error: it is not
/// installed, with what was looked for.
llvm::Expected<OpenMPRuntime> loadOpenMPRuntime();

} // namespace chameleon

#endif // CHAMELEON_LIB_RUNTIME_OPENMPRUNTIME_H
