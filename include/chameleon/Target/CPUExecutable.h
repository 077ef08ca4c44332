//===- CPUExecutable.h - machine code for the host, in this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   auto executable = CPUExecutable::compile(lowered, target, {});
//   void *arguments[] = {image, weights, result};        // bare pointers, see
//   LowerToCPU.h
//   (*executable)->invoke("main", arguments);
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_CPUEXECUTABLE_H
#define CHAMELEON_TARGET_CPUEXECUTABLE_H

#include "chameleon/Target/TargetDescription.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace chameleon {

/// How hard LLVM works. `Adaptive`: a function that holds vectors, as schedules
/// leave them, gets a short pass list (as fast as O3 within the noise, a third
/// of the compile time); any other one O3. A candidate, a finalist and the
/// function in the tuned program are then the same code. `Once`: what pays for
/// code that runs once.
enum class CPUOptimization { Once, Adaptive, O2, O3 };

struct CPUCompileOptions {
  CPUOptimization optimization = CPUOptimization::Adaptive;
};

struct CPUCompileTimes {
  double translateSeconds = 0, optimizeSeconds = 0, codegenSeconds = 0;
};

/// Makes the C library keep the pages of freed buffers for the next ones, which
/// are large and live for a moment. For whole processes that run such code.
void keepFreedMemory();

class CPUExecutable {
public:
  /// `function(void **arguments)`: arguments[i] is the bare pointer itself.
  using Entry = void (*)(void **);

  /// Compiles a module in the LLVM dialect. Errors: translation (e.g. a
  /// resource without data), code generation, a missing OpenMP runtime
  /// (libomp.so.5, looked up only if the code needs it).
  static llvm::Expected<std::unique_ptr<CPUExecutable>>
  compile(mlir::ModuleOp lowered, const TargetDescription &target,
          const CPUCompileOptions &options);
  virtual ~CPUExecutable();

  virtual llvm::Expected<Entry> lookup(llvm::StringRef function) = 0;
  virtual const CPUCompileTimes &times() const = 0;
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_CPUEXECUTABLE_H
