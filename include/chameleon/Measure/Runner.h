//===- Runner.h - candidates on a device, whichever it is
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies the spec to a clone of the task's payload, compiles it, checks it
// against the task in double precision and times it. What differs between
// devices is in RunnerDevice and in its engine.
//
//   auto runner = createRunner(options, registry);     // by options.target
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_RUNNER_H
#define CHAMELEON_MEASURE_RUNNER_H

#include "chameleon/Measure/CandidateRunner.h"
#include "chameleon/Runtime/Engine.h"
#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/Device.h"

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

/// What a device asks of the runner, and offers.
struct RunnerDevice {
  std::shared_ptr<const Device> device;
  /// 0: a child checks and times what it has compiled itself. Else there are so
  /// many devices: children compile without one and export what they made as a
  /// file; one child a device checks and times.
  unsigned devices = 0;
  /// Applied to the task that warms a worker up, so that children inherit what
  /// schedules need; or nothing.
  llvm::StringRef warmUpSchedule;
  std::function<std::unique_ptr<Compiler>(mlir::MLIRContext *,
                                          const CompileOptions &)>
      createCompiler;
  std::function<llvm::Expected<std::unique_ptr<Engine>>(unsigned ordinal)>
      openEngine;

  /// Of a target, among the backends of the registry. Errors: a text that is
  /// none; no such device on this machine.
  static llvm::Expected<RunnerDevice>
  find(const RunnerOptions &options, const mlir::DialectRegistry &registry);
};

/// What a test does to a candidate that the runner would otherwise treat well:
/// called with each output of a checked call.
using OutputFilter =
    std::function<void(int64_t executable, char *output, size_t bytes)>;

/// `registry` outlives the runner.
llvm::Expected<std::unique_ptr<CandidateRunner>>
createRunner(const RunnerOptions &options,
             const mlir::DialectRegistry &registry,
             OutputFilter filter = nullptr);
llvm::Expected<std::unique_ptr<CandidateRunner>>
createRunner(const RunnerOptions &options, RunnerDevice device,
             const mlir::DialectRegistry &registry,
             OutputFilter filter = nullptr);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_RUNNER_H
