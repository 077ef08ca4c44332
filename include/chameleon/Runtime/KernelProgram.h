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

#include "llvm/ADT/StringRef.h"
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
};

struct NVVMProgram {
  std::string ptx;                     ///< empty if there is nothing to launch
  std::vector<NVVMFunction> functions; ///< each function with a body
  /// Read-only data that the runner places on the device once, aligned to 256
  /// bytes.
  std::vector<std::vector<char>> constants;

  const NVVMFunction *lookup(llvm::StringRef name) const {
    for (const NVVMFunction &function : functions)
      if (function.name == name)
        return &function;
    return nullptr;
  }
};

/// As JSON, without the PTX: what a process needs that has the machine code.
std::string serialize(const NVVMProgram &program);
/// Errors: text that `serialize` has not written.
llvm::Expected<NVVMProgram> deserialize(llvm::StringRef text);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_KERNELPROGRAM_H
