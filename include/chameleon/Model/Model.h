//===- Model.h - a program with its weights, ready to be called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function of a program with everything that it needs: code, constants,
// which its initialiser computes once, and buffers for its results.
//
//   auto program = std::make_shared<Program>(
//       llvm::cantFail(loadProgram("model.program")));
//   auto engine = BackendRegistry::openEngine(&context, *program, {});
//   auto model = Model::create(program, "main", std::move(*engine));
//   llvm::Error error = (*model)->bind({&image});
//   llvm::Expected<double> seconds = (*model)->call();
//   error = (*model)->fetchResults();      // (*model)->results()[0].get(0)
//
// A program comes from a file or from `compileModel`. Shapes are static. For
// one thread at a time.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MODEL_MODEL_H
#define CHAMELEON_MODEL_MODEL_H

#include "chameleon/Runtime/Engine.h"
#include "chameleon/Runtime/HostTensor.h"
#include "chameleon/Target/CallProfile.h"
#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/Device.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {

struct CompileModelOptions {
  CompileOptions compile;
  /// Must be callable in the result; nothing: whatever there is.
  std::string function;
  /// Measures calls of tasks in `function` (host CPU). It outlives the model,
  /// and the program cannot be saved.
  CallProfile *profile = nullptr;
};

/// Applies the schedules that are embedded in `module`, lowers what is not
/// lowered yet, and compiles. Needs no device. Changes `module`; appends to
/// `steps`. Emits and fails.
mlir::FailureOr<Program> compileModel(mlir::ModuleOp module,
                                      const Device &device,
                                      const CompileModelOptions &options,
                                      std::vector<CompileStep> &steps);

/// $XDG_CACHE_HOME/chameleon/cubin, for CompileOptions::cache; nothing if it
/// cannot be made.
std::string getCodeCache();

class Model {
public:
  /// Loads the program, runs the initialiser of the function, allocates.
  /// Errors: those of the engine; no such function; an initialiser that takes
  /// arguments.
  static llvm::Expected<std::unique_ptr<Model>>
  create(std::shared_ptr<const Program> program, llvm::StringRef function,
         std::unique_ptr<Engine> engine, CallProfile *profile = nullptr);

  /// Types of the arguments that the caller gives.
  llvm::ArrayRef<BufferType> inputTypes() const { return inputs; }
  llvm::MutableArrayRef<HostTensor> results() { return outputs; }
  /// Of `create`.
  llvm::ArrayRef<CompileStep> steps() const { return loadSteps; }

  /// Binds inputs (of the types above, alive until the last call), for call().
  llvm::Error bind(llvm::ArrayRef<const HostTensor *> values);
  /// Computes the results from the bound inputs; the seconds that it took, by
  /// the engine's own clock.
  llvm::Expected<double> call();
  /// Brings what the last call computed to results().
  llvm::Error fetchResults();

private:
  Model(std::unique_ptr<Engine> engine, CallProfile *profile)
      : engine(std::move(engine)), profile(profile) {}
  llvm::Error load(std::shared_ptr<const Program> program,
                   llvm::StringRef function);
  llvm::Error initialise(const Program::Function &initialiser);
  /// Poisoned memory of the engine.
  llvm::Error allocate(llvm::ArrayRef<BufferType> types,
                       std::vector<std::unique_ptr<Engine::Buffer>> &buffers);

  std::vector<BufferType> inputs;
  std::vector<unsigned> inputPositions;
  std::vector<HostTensor> outputs;
  std::vector<CompileStep> loadSteps;

  // Members end in the opposite order: the engine last.
  std::unique_ptr<Engine> engine;
  CallProfile *profile;
  std::unique_ptr<Engine::Executable> executable;
  std::vector<std::unique_ptr<Engine::Buffer>> constants;
  /// Only where the engine does not use the memory of the host.
  std::vector<std::unique_ptr<Engine::Buffer>> inputBuffers, outputBuffers;
  std::unique_ptr<Engine::Call> bound;
};

} // namespace chameleon

#endif // CHAMELEON_MODEL_MODEL_H
