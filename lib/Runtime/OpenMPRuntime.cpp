//===- OpenMPRuntime.cpp - libomp, found and loaded when code needs it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpenMPRuntime.h"
#include "llvm/ADT/SmallVector.h"
#include <dlfcn.h>

namespace chameleon {

llvm::Expected<OpenMPRuntime> loadOpenMPRuntime() {
  llvm::SmallVector<std::string> candidates = {"libomp.so.5", "libomp.so",
                                               "libomp5.so"};
  // Debian's libomp5-<n> and LLVM's own packages keep a copy beside their LLVM.
  for (unsigned version = 30; version >= 11; --version)
    candidates.push_back("/usr/lib/llvm-" + std::to_string(version) +
                         "/lib/libomp.so.5");
  for (const std::string &path : candidates) {
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
      continue;
    if (dlsym(library, "__kmpc_fork_call"))
      if (void *setThreads = dlsym(library, "omp_set_num_threads"))
        return OpenMPRuntime{path, reinterpret_cast<void (*)(int)>(setThreads)};
    dlclose(library);
  }
  return llvm::createStringError(
      "the code is parallel and needs LLVM's OpenMP runtime, but libomp.so.5 "
      "was not found (Debian: "
      "libomp5-19 or libomp5-14)");
}

} // namespace chameleon
