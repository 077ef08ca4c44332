//===- KernelProgram.h - functions as static lists of kernel launches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is left of a module of static shapes when it has been lowered for a GPU.
// Nothing of it runs on the host: a function is launches over its arguments,
// constants that stay on the device, and a scratch arena planned at compile
// time. Plain data, made by translateToPTX (Target/LowerToNVVM.h), replayed by
// DeviceProgram.h.
//
//   main(%x, %y):  @matmul <<<(8,8,1), (256,1,1), 0>>>(%x, constant 0, scratch
//   + 0)
//                  @relu   <<<(64,1,1), (128,1,1), 0>>>(scratch + 0, %y)
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_KERNELPROGRAM_H
#define CHAMELEON_RUNTIME_KERNELPROGRAM_H

#include "chameleon/Runtime/Program.h"
#include "llvm/Support/Error.h"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace chameleon {

/// A pointer that a kernel gets: `byteOffset` into a buffer.
struct KernelArgument {
  enum class Kind {
    Argument, ///< of the function: buffer `index`
    Scratch,  ///< of the call: NVVMFunction::scratchBytes
    Constant, ///< of the program: NVVMProgram::constants[index]
    Kept,     ///< of what the function computes once: NVVMFunction::keptBytes
  };
  Kind kind = Kind::Argument;
  unsigned index = 0;
  int64_t byteOffset = 0;
};

struct KernelLaunch {
  std::string kernel; ///< its name in the PTX
  std::array<unsigned, 3> grid = {1, 1, 1}, block = {1, 1, 1};
  unsigned dynamicSharedBytes = 0;
  std::vector<KernelArgument> arguments; ///< each a device pointer
};

struct NVVMFunction {
  std::string name;
  /// Bytes of each buffer that the function takes, results last.
  std::vector<int64_t> argumentBytes;
  unsigned numResults = 0;            ///< trailing arguments that are results
  std::vector<KernelLaunch> launches; ///< in order; each after the one before
  /// Device memory that the function uses while it runs, aligned to 256 bytes.
  int64_t scratchBytes = 0;
  /// What depends on constants alone, such as aligned copies of weights. Made
  /// once, before the first call with these arguments, and kept.
  std::vector<KernelLaunch> constantLaunches;
  int64_t keptBytes = 0;
};

struct NVVMProgram {
  std::string ptx;                     ///< empty if there is nothing to launch
  std::vector<NVVMFunction> functions; ///< each function with a body
  /// Read-only data that the engine places on the device once, aligned to 256
  /// bytes.
  std::vector<std::shared_ptr<const llvm::MemoryBuffer>> constants;

  const NVVMFunction *lookup(llvm::StringRef name) const {
    for (const NVVMFunction &function : functions)
      if (function.name == name)
        return &function;
    return nullptr;
  }
};

/// Sections of a program for an NVIDIA GPU: "launches" (functions as JSON),
/// "constant:<n>", and the code, if there is any: "cubin", or "ptx" with a NUL
/// at the end, which the driver compiles itself.
inline constexpr llvm::StringLiteral launchesSection = "launches",
                                     cubinSection = "cubin", ptxSection = "ptx";

/// `cubin`: what ptxas made of the PTX; empty: there was no ptxas.
void addKernelSections(const NVVMProgram &kernels, llvm::StringRef cubin,
                       Program &program);
/// All but the PTX. Errors: sections that `addKernelSections` has not written.
llvm::Expected<NVVMProgram> readKernelSections(const Program &program);
/// Of `program`; empty: there is nothing to launch.
llvm::StringRef findImage(const Program &program);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_KERNELPROGRAM_H
