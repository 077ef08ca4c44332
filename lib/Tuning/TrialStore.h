//===- TrialStore.h - where the trials of a run are kept
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tuning. The tuning database, and recorded spaces if they are
// asked for. What is measured is on disk as soon as it is known: a killed tuner
// loses the candidates in flight and nothing else.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TUNING_TRIALSTORE_H
#define CHAMELEON_LIB_TUNING_TRIALSTORE_H

#include "chameleon/Tuning/SpaceRecorder.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "chameleon/Tuning/TaskTuner.h"

namespace chameleon {

class TrialStore {
public:
  using Tasks = llvm::ArrayRef<std::unique_ptr<TaskTuner>>;

  /// Opens the database unless there is to be none, and lets each task reuse
  /// what it knows; a run that records a space reuses nothing. `options` and
  /// `tasks` must outlive it.
  static llvm::Expected<TrialStore> open(const TuningOptions &options,
                                         RecordOrigin origin, Tasks tasks);

  /// Lends the schedules of a task what the database knows of its nearest
  /// tasks.
  void relate(TaskTuner &task) const;
  /// Keeps a trial; false: the database failed, now or before.
  bool add(const TaskTuner &task, const ScheduleChoice &choice,
           const Measurement &measurement, bool final);
  /// Why the database could not be written; empty: it could.
  const std::string &getFailure() const { return failure; }
  /// Every file that `writeRecordings` may write.
  static std::vector<std::string> getRecordings(const TuningOptions &options,
                                                Tasks tasks);
  /// Writes the recorded spaces, a file a task and schedule.
  llvm::Error writeRecordings(llvm::StringRef device) const;

private:
  TrialStore(const TuningOptions &options, RecordOrigin origin, Tasks tasks)
      : options(options), origin(std::move(origin)), tasks(tasks) {}
  bool isRecording() const { return !options.record.empty(); }

  const TuningOptions &options;
  RecordOrigin origin;
  Tasks tasks;
  std::unique_ptr<Database> database;
  std::string failure;
  std::map<const ScheduleTuner *, SpaceRecorder> recorders;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TUNING_TRIALSTORE_H
