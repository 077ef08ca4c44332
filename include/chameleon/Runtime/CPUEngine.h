//===- CPUEngine.h - programs on the host CPU, in this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Links object code into this process. Needs LLVM's ORC, and no MLIR: whoever
// runs saved programs links neither dialects nor code generators.
//
//   std::unique_ptr<Engine> engine = createCPUEngine({/*threads=*/8});
//
// Sections: "object"; "constant:<symbol>" is read-only data that the object
// refers to; "openmp" (empty) says that it needs LLVM's OpenMP runtime.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_CPUENGINE_H
#define CHAMELEON_RUNTIME_CPUENGINE_H

#include "chameleon/Runtime/Engine.h"

namespace chameleon {

namespace cpu {
inline constexpr llvm::StringLiteral backendName = "cpu";
inline constexpr llvm::StringLiteral objectSection = "object",
                                     constantSection = "constant:",
                                     openMPSection = "openmp";
/// Of `void entry(void **arguments)`, one for each function: arguments[i] is
/// the address itself, of a scalar or of a buffer.
inline constexpr llvm::StringLiteral entryPrefix = "chameleon.entry.";

/// What code needs: "x86_64 znver4 +avx,+avx2". Of `features`, as LLVM has
/// them, only what is on counts.
std::string describeTarget(llvm::StringRef triple, llvm::StringRef processor,
                           llvm::StringRef features);
/// Error: this processor lacks what `target` needs; found and expected.
llvm::Error checkTarget(llvm::StringRef target);
} // namespace cpu

struct CPUEngineOptions {
  /// Of parallel code. With one, calls are timed on one core.
  unsigned threads = 1;
  /// Functions of this process that code may call besides the C library's.
  std::vector<std::pair<std::string, void *>> symbols;
};

/// Makes the C library keep the pages of freed buffers for the next ones, which
/// are large and live for a moment. For whole processes that run such code.
void keepFreedMemory();

std::unique_ptr<Engine> createCPUEngine(const CPUEngineOptions &options);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_CPUENGINE_H
