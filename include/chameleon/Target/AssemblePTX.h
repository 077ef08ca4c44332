//===- AssemblePTX.h - machine code for a GPU, by ptxas
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   llvm::Expected<Assembly> assembly = assemblePTX(program.ptx, {"sm_90"});
//   assembly->cubin; assembly->kernels[0].registers
//
// ptxas runs as a process of its own: it may take minutes over a kernel with
// many spills, and several at once scale, which the compiler inside the driver
// does not (docs/rationale.md, "ptxas in processes of its own").
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_ASSEMBLEPTX_H
#define CHAMELEON_TARGET_ASSEMBLEPTX_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace chameleon {

struct AssembleOptions {
  std::string chip = "sm_90";
  /// The executable. Empty: $CHAMELEON_PTXAS, PATH, $CUDA_HOME/bin,
  /// /usr/local/cuda/bin.
  std::string ptxas;
  unsigned seconds = 30; ///< wall clock; 0: unlimited
  /// Results are kept here by content, and taken from here. Empty: nowhere. The
  /// folder must exist.
  std::string cache;
};

/// What ptxas says of a kernel.
struct KernelUsage {
  std::string name;
  int64_t registers = 0;   ///< per thread
  int64_t sharedBytes = 0; ///< static, per block
  int64_t spillBytes = 0;  ///< stored, per thread
  int64_t stackBytes = 0;  ///< per thread
};

struct Assembly {
  std::string cubin;
  std::vector<KernelUsage> kernels;
  bool fromCache = false;
};

/// The ptxas that `given` names (a path, or nothing) or the one found; an error
/// that says where it was looked for.
llvm::Expected<std::string> findPtxas(llvm::StringRef given);

/// Errors: no ptxas, its first error message, the time limit, an output that is
/// no cubin.
llvm::Expected<Assembly> assemblePTX(llvm::StringRef ptx,
                                     const AssembleOptions &options);

/// Reads the output of `ptxas -v`.
std::vector<KernelUsage> parseKernelUsage(llvm::StringRef output);

} // namespace chameleon

#endif // CHAMELEON_TARGET_ASSEMBLEPTX_H
