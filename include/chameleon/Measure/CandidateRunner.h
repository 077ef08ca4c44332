//===- CandidateRunner.h - what a child of the worker does with candidates
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The seam between the fork server, which knows processes, and a target, which
// knows how to compile, check and time. Runner.h is the one of every device
// that has an engine; another target, or a test, brings its own. Everything
// here happens in one process and one thread; a runner may crash, hang or eat
// memory at any point but in `warmUp`.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_CANDIDATERUNNER_H
#define CHAMELEON_MEASURE_CANDIDATERUNNER_H

#include "chameleon/Measure/WorkerPool.h"
#include <functional>

namespace chameleon {

struct RunnerOptions {
  std::string target = "cpu";
  unsigned threads = 1;
  uint64_t seed = 0;
};

/// What is computed once for a task and then shown, read-only, to every child.
struct PreparedTask {
  std::vector<char> data; ///< inputs and reference, in the runner's own layout
  std::string remark; ///< what the user may want to know, e.g. a reference of
                      ///< lower precision
  bool wantsDevice = false; ///< nothing was computed: ask again when the device
                            ///< is free
};

class CandidateRunner {
public:
  virtual ~CandidateRunner();

  /// Called once in the worker, before its first fork: whatever makes children
  /// quick. Must leave no thread behind.
  virtual llvm::Error warmUp() = 0;

  /// What decides which code a configuration becomes here.
  virtual std::string getGenerator() const { return ""; }

  /// Called in a child of its own, under the time limit of the task, while
  /// others compile. `mayUseDevice`: nothing is timed on the first device
  /// meanwhile.
  virtual llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task,
                                                   bool mayUseDevice) = 0;

  /// Called in a child before its first candidate of the task. `data` is page
  /// aligned and lives until the task is closed. Several tasks are open at a
  /// time.
  virtual llvm::Error openTask(const MeasureTask &task,
                               llvm::ArrayRef<char> data) = 0;

  /// Frees what belongs to a task of which no executable is left; it may be
  /// opened again.
  virtual void closeTask(llvm::StringRef key) = 0;

  /// Compiles and keeps the executable under `id`. Fills outcome, message and
  /// compileSeconds.
  virtual Measurement compile(int64_t id, const Candidate &candidate) = 0;

  /// Calls the executable once on poisoned outputs and compares. Fills outcome,
  /// message, relativeError.
  virtual Measurement check(int64_t id, const MeasurePolicy &policy) = 0;

  /// Times executables that have been checked, round robin if there are
  /// several; one measurement each.
  virtual std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                        const MeasurePolicy &policy) = 0;

  virtual void drop(int64_t id) = 0;

  /// How many children check and time, one a device, what the others have
  /// compiled. 0: a child checks and times what it has compiled itself.
  virtual unsigned countDevices() const { return 0; }

  /// Called in a child that checks and times, before anything else. Errors end
  /// the child, and cost the candidate that it was started for.
  virtual llvm::Error useDevice(unsigned device);

  /// What another child needs to run an executable that was compiled here, as
  /// text: the name of a file, for instance.
  virtual std::string exportExecutable(int64_t id);

  /// Makes such an executable of a task that is open known under `id`. Fills
  /// outcome and message.
  virtual Measurement importExecutable(int64_t id, llvm::StringRef taskKey,
                                       llvm::StringRef exported);
};

/// Ends a child whose device is lost; `why` becomes the candidate's message.
[[noreturn]] void endWithLostDevice(llvm::StringRef why);

using RunnerFactory =
    std::function<llvm::Expected<std::unique_ptr<CandidateRunner>>(
        const RunnerOptions &)>;

} // namespace chameleon

#endif // CHAMELEON_MEASURE_CANDIDATERUNNER_H
