//===- Compiler.h - from a module to a program, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   auto compiler = device->createCompiler(context, {});          // Device.h
//   mlir::FailureOr<Program> program = compiler->compile(module);
//   auto engine = device->openEngine();               // wherever there is one
//
// Compiling needs no device. A module may be lowered already, by
// --lower-to-cpu or by --lower-to-nvvm=format=nvvm; its schedules have been
// applied in any case.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TARGET_COMPILER_H
#define CHAMELEON_TARGET_COMPILER_H

#include "chameleon/Runtime/Program.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// How hard LLVM works on code for a CPU. `Adaptive`: a function that holds
/// vectors, as schedules leave them, gets a short pass list (as fast as O3
/// within the noise, a third of the compile time); any other one O3. A
/// candidate, a finalist and the function in the tuned program are then the
/// same code. `Once`: what pays for code that runs once.
enum class CPUOptimization { Once, Adaptive, O2, O3 };

struct CompileOptions {
  CPUOptimization optimization = CPUOptimization::Adaptive;
  /// Machine code of kernels is kept here by content, and taken from here. The
  /// folder must exist. Empty: nowhere.
  std::string cache;
  unsigned assembleSeconds = 600; ///< for ptxas; 0: unlimited
  /// Verifies the module after each pass. Without, an operation that a pass or
  /// a schedule got wrong may become a wrong program: for those whose results
  /// are checked, and for whom every millisecond counts.
  bool verify = true;
};

/// Steps of compiling and loading and the seconds that they took; some are
/// parts of the step before them.
struct CompileStep {
  llvm::StringRef name;
  double seconds = 0;
  bool isPart = false;
};

/// Keeps what many modules of one context share: passes, whose patterns take as
/// long to collect as a small candidate takes to lower.
class Compiler {
public:
  virtual ~Compiler();
  /// Changes the module. Emits and fails.
  virtual mlir::FailureOr<Program> compile(mlir::ModuleOp module) = 0;
  /// Of the last program.
  llvm::ArrayRef<CompileStep> steps() const { return lastSteps; }
  /// What holds for every program that it makes and its user may want to know;
  /// or nothing.
  virtual std::string remark() const { return ""; }

protected:
  std::vector<CompileStep> lastSteps;
};

} // namespace chameleon

#endif // CHAMELEON_TARGET_COMPILER_H
