//===- LoadedModel.h - a model compiled into this process, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TOOLS_RUN_LOADEDMODEL_H
#define CHAMELEON_TOOLS_RUN_LOADEDMODEL_H

#include "chameleon/Target/CPUExecutable.h"
#include "chameleon/Target/HostTensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Seconds that loading took, by step.
struct LoadTimes {
  double schedules = 0, lowering = 0, compiling = 0, initialising = 0;
};

/// One function of a model with everything that it needs: code, hoisted
/// constants and result buffers.
class LoadedModel {
public:
  /// Applies embedded schedules, lowers what is not in the LLVM dialect yet,
  /// compiles, and runs the initialiser of the function (`chameleon.init`).
  /// Changes `module`. Emits and fails.
  static mlir::FailureOr<LoadedModel> load(mlir::ModuleOp module,
                                           llvm::StringRef function,
                                           const TargetDescription &target,
                                           CPUOptimization optimization);

  /// Types of the arguments that the caller gives; of the results.
  llvm::ArrayRef<mlir::RankedTensorType> inputTypes() const { return inputs; }
  llvm::ArrayRef<HostTensor> results() const { return outputs; }
  llvm::MutableArrayRef<HostTensor> results() { return outputs; }
  const LoadTimes &times() const { return loadTimes; }
  const CPUCompileTimes &compileTimes() const { return executable->times(); }

  /// Binds inputs (of the types above, alive until the last call), for call().
  void bind(llvm::ArrayRef<const HostTensor *> values);
  /// Computes results() from the bound inputs.
  void call() { entry(arguments.data()); }

private:
  std::unique_ptr<CPUExecutable> executable;
  CPUExecutable::Entry entry = nullptr;
  llvm::SmallVector<mlir::RankedTensorType> inputs;
  llvm::SmallVector<unsigned> inputPositions;
  std::vector<HostTensor> constants, outputs;
  std::vector<void *> arguments;
  LoadTimes loadTimes;
};

} // namespace chameleon

#endif // CHAMELEON_TOOLS_RUN_LOADEDMODEL_H
