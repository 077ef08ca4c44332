//===- LoadedModel.h - a model compiled for this machine, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TOOLS_RUN_LOADEDMODEL_H
#define CHAMELEON_TOOLS_RUN_LOADEDMODEL_H

#include "chameleon/Target/CPUExecutable.h"
#include "chameleon/Target/CallProfile.h"
#include "chameleon/Target/HostTensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

/// Steps of loading and the seconds that they took; some are parts of the step
/// before them.
struct LoadStep {
  llvm::StringRef name;
  double seconds = 0;
  bool isPart = false;
};

/// One function of a model with everything that it needs: code, hoisted
/// constants and result buffers.
class LoadedModel {
public:
  /// Applies embedded schedules, lowers what is not lowered yet, compiles for
  /// the target, and runs the initialiser of the function (`chameleon.init`).
  /// With a profile (CPU only; it outlives the model), each call() is a run of
  /// it. Changes `module`. Emits and fails.
  static mlir::FailureOr<std::unique_ptr<LoadedModel>>
  load(mlir::ModuleOp module, llvm::StringRef function,
       const TargetDescription &target, CPUOptimization optimization,
       CallProfile *profile = nullptr);
  virtual ~LoadedModel();

  /// Types of the arguments that the caller gives; of the results.
  llvm::ArrayRef<mlir::RankedTensorType> inputTypes() const { return inputs; }
  llvm::MutableArrayRef<HostTensor> results() { return outputs; }
  llvm::ArrayRef<LoadStep> steps() const { return loadSteps; }

  /// Binds inputs (of the types above, alive until the last call), for call().
  virtual llvm::Error bind(llvm::ArrayRef<const HostTensor *> values) = 0;
  /// Computes the results from the bound inputs; the seconds that it took, by
  /// the target's own clock.
  virtual llvm::Expected<double> call() = 0;
  /// Brings what the last call computed to results().
  virtual llvm::Error fetchResults() = 0;

protected:
  /// How a lowered function is called: `chameleon.signature` and the attributes
  /// beside it.
  struct Signature {
    llvm::SmallVector<mlir::RankedTensorType> arguments, results;
    /// For each argument the result of the initialiser that it takes, or -1.
    llvm::SmallVector<int64_t> constants;
    std::string initialiser;
  };
  static mlir::FailureOr<Signature> readSignature(mlir::ModuleOp module,
                                                  llvm::StringRef function);
  /// The signature of the initialiser that `signature` names.
  static mlir::FailureOr<Signature> readInitialiser(mlir::ModuleOp module,
                                                    const Signature &signature);
  /// Tells inputs from constants, and whether the constants are what the
  /// initialiser returns; makes the tensors of the results.
  mlir::LogicalResult
  takeSignature(mlir::Location location, llvm::StringRef function,
                const Signature &signature,
                llvm::ArrayRef<mlir::RankedTensorType> constants);
  static mlir::LogicalResult
  allocate(mlir::Location location,
           llvm::ArrayRef<mlir::RankedTensorType> types,
           std::vector<HostTensor> &tensors);

  llvm::SmallVector<mlir::RankedTensorType> inputs;
  llvm::SmallVector<unsigned> inputPositions;
  std::vector<HostTensor> outputs;
  std::vector<LoadStep> loadSteps;
};

/// Measures steps that follow each other.
class StepClock {
public:
  StepClock();
  /// Seconds since the step before.
  double lap();

private:
  double last;
};

// Kinds of targets; schedules have been applied.
mlir::FailureOr<std::unique_ptr<LoadedModel>>
loadCPUModel(mlir::ModuleOp module, llvm::StringRef function,
             const TargetDescription &target, CPUOptimization optimization,
             CallProfile *profile);
mlir::FailureOr<std::unique_ptr<LoadedModel>>
loadGPUModel(mlir::ModuleOp module, llvm::StringRef function,
             const TargetDescription &target);

} // namespace chameleon

#endif // CHAMELEON_TOOLS_RUN_LOADEDMODEL_H
