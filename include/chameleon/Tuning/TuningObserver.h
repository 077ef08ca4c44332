//===- TuningObserver.h - what happens while a module is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library prints nothing. Who wants to show, log or count something gives
// an observer, and overrides what it wants to know:
//
//   struct Counter : TuningObserver {
//     void trialMeasured(const TrialEvent &) override { ++trials; }
//     int trials = 0;
//   } counter;
//   options.observer = &counter;
//
// All calls come from the thread that called `tuneModule`, in the order of the
// functions below; those between `runBegan` and `runEnded` repeat.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TUNINGOBSERVER_H
#define CHAMELEON_TUNING_TUNINGOBSERVER_H

#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Tasks/MatchTask.h"
#include <map>
#include <string>
#include <vector>

namespace chameleon {

/// What became of one task.
struct TaskReport {
  std::string key, name;
  std::string schedule; ///< of the best so far; the first before anything ran
  size_t numSchedules = 1; ///< that compete
  int64_t count = 0;
  double flops = 0;
  double baselineSeconds = 0; ///< of the default configuration; 0: it failed
  double bestSeconds = 0;     ///< 0: no candidate was right
  int64_t trials = 0;         ///< measured in this run, and stored
  int64_t unstored = 0;       ///< measured, but the database failed
  int64_t reused = 0;         ///< taken from the database
  std::map<std::string, int64_t> failures; ///< by Outcome
  std::string firstFailure; ///< message of the first failure of this run
};

struct TuningReport {
  std::vector<TaskReport> tasks;
  double wallSeconds = 0;
  double searchSeconds = 0; ///< proposing configurations and learning
  PoolActivity activity;    ///< compiling, checking and timing
  double peakGflops = 0;    ///< of all threads used
  bool interrupted = false;
  /// What went wrong once measuring had begun; emitted as errors, too.
  std::vector<std::string> errors;
};

/// A schedule of a task, in a dry run.
struct SpaceReport {
  const TuningTask &task;
  std::string schedule;
  double points = 0;            ///< before constraints
  std::optional<int64_t> legal; ///< nothing: too many to count
};

/// What a run is about to do.
struct RunPlan {
  std::string target; ///< "cpu: AMD EPYC, 2 threads"
  double peakGflops = 0;
  size_t tasks = 0;
  int64_t trials = 0; ///< a task, at most
  double seconds = 0; ///< of the whole run, at most; 0: no limit
  /// An earlier run did it all: nothing will be measured.
  bool isDone = false;
};

/// A candidate that was measured.
struct TrialEvent {
  const TaskReport &task;
  const TaskSchedule &schedule;
  llvm::ArrayRef<int32_t> configuration;
  const Measurement &measurement;
  bool isFinal; ///< timed once more at the end
};

class TuningObserver {
public:
  virtual ~TuningObserver() = default;

  /// A task that has schedules.
  virtual void taskFound(const MatchedTask &task) {}
  /// A task that stays as it is. The same is emitted as a remark.
  virtual void taskRefused(const MatchedTask &task) {}
  /// A dry run, which ends with it: all schedules of all tasks.
  virtual void spacesFound(llvm::ArrayRef<SpaceReport> spaces) {}
  virtual void runBegan(const RunPlan &plan) {}
  /// Something is known of the task `current`, or begins. `tasks` in a stable
  /// order.
  virtual void progressed(llvm::ArrayRef<const TaskReport *> tasks,
                          size_t current, llvm::StringRef activity) {}
  virtual void trialMeasured(const TrialEvent &trial) {}
  /// What else is to be said of a task. The same is emitted as a diagnostic.
  virtual void remarked(const TaskReport &task, llvm::StringRef text) {}
  virtual void runEnded(const TuningReport &report) {}
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_TUNINGOBSERVER_H
