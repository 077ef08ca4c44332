//===- ProcessWorkerPool.h - a pool with one worker process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Owns the worker and what must survive its death.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H
#define CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H

#include "WorkerProcess.h"
#include "chameleon/Measure/WorkerPool.h"

namespace chameleon {

/// A worker enforces time limits itself; if it is so much late, it hangs.
constexpr double workerGrace = 10;

class ProcessWorkerPool final : public WorkerPool {
public:
  ProcessWorkerPool(const WorkerPoolOptions &options,
                    std::vector<std::string> commandLine)
      : options(options), commandLine(std::move(commandLine)) {}

  llvm::Error startWorker();
  llvm::Error addTask(const MeasureTask &task, double timeout,
                      const std::atomic<bool> *interrupt) override;
  std::vector<Measurement>
  measure(llvm::ArrayRef<Candidate> candidates, const MeasurePolicy &policy,
          llvm::function_ref<void(size_t, const Measurement &)> onResult,
          const std::atomic<bool> *interrupt) override;

private:
  friend class MeasureSession;

  struct KnownTask {
    MeasureTask task;
    double timeout;
  };

  llvm::Error sendTask(const KnownTask &known,
                       const std::atomic<bool> *interrupt = nullptr);
  int64_t nextId() { return ++lastId; }

  WorkerPoolOptions options;
  std::vector<std::string> commandLine;
  std::unique_ptr<WorkerProcess> worker;
  /// Candidates since the child was forked.
  std::vector<unsigned> compiledInChild;
  /// Children that check and time, after those that compile; 0: all do both.
  size_t devices = 0;
  std::vector<KnownTask> tasks; ///< in the order in which they were added
  int64_t lastId = 0;
  unsigned deaths = 0; ///< of the worker, since the last result
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H
