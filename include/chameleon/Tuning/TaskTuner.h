//===- TaskTuner.h - one task while it is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A task, its schedules that compete (ScheduleTuner.h), and the decision among
// what was measured of them:
//
//   TaskTuner task(matchTask(…));
//   task.reuse(records);
//   measure(task.getDefaults());
//   while (std::optional<size_t> schedule = task.pickSchedule())
//     measure(task.ask(*schedule, 8));
//   task.tellFinals(task.getFinalists(), …);
//   if (std::optional<Decision> decision = task.decide()) …
//
// The loop over tasks is SearchLoop.h.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TASKTUNER_H
#define CHAMELEON_TUNING_TASKTUNER_H

#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Tuning/ScheduleTuner.h"
#include "chameleon/Tuning/TuneModule.h"
#include <limits>

namespace chameleon {

/// What a task is to be embedded with.
struct Decision {
  ScheduleChoice choice;
  bool isReused = false; ///< it comes from the finals of an earlier run
};

class TaskTuner {
public:
  /// `task` has a schedule.
  explicit TaskTuner(MatchedTask task);

  const TaskReport &getReport() const { return report; }
  const MeasureTask &getMeasureTask() const { return measureTask; }
  mlir::func::FuncOp getFunction() const { return function; }
  /// In the order of the library.
  llvm::MutableArrayRef<ScheduleTuner> getSchedules() { return schedules; }
  llvm::ArrayRef<ScheduleTuner> getSchedules() const { return schedules; }

  /// The text of a spec that applies this configuration to this task.
  std::string makeSpec(const ScheduleChoice &choice) const;
  Candidate makeCandidate(const ScheduleChoice &choice) const {
    return {report.key, makeSpec(choice)};
  }

  /// Takes measurements of an earlier run: those of the same schedules, text
  /// and all, whose configurations still exist. A result that was right then
  /// and whose error is above `tolerance` counts as wrong.
  void reuse(llvm::ArrayRef<Record> records,
             double tolerance = std::numeric_limits<double>::infinity());

  /// The default configurations that nothing is known of.
  std::vector<ScheduleChoice> getDefaults() const;
  /// The schedule that deserves the next batch: the more promising
  /// (TaskScheduler.h). Nothing: all are exhausted.
  std::optional<size_t> pickSchedule() const;
  /// Up to `n` configurations of this schedule to measure next.
  llvm::Expected<std::vector<ScheduleChoice>> ask(size_t schedule, int32_t n);
  /// Takes a measurement of this run; `isStored`: as a trial that is counted.
  void tell(const ScheduleChoice &choice, const Measurement &measurement,
            bool isStored = true);

  bool isMeasured(const ScheduleChoice &choice) const {
    return schedules[choice.schedule].isMeasured(choice.configuration);
  }
  /// Trials known, this run's and earlier ones'.
  int64_t countTrials() const;
  /// Trials since the best time last improved by more than 0.5 %.
  int64_t countTrialsWithoutGain() const { return trialsWithoutGain; }
  /// At most `n` right configurations, best first, none slower than `slack`
  /// times the best.
  std::vector<ScheduleChoice> getFastest(size_t n, double slack = 2) const;
  /// True if the searches that may still win hold it for likely that nothing
  /// much faster is left.
  bool isConverged();
  /// True if an earlier run did all that one of `trials` trials would do.
  bool isFinished(int64_t trials) const;

  /// What is timed once more at the end: the fastest, after the default
  /// configuration if that was right, so that a gain is one over the same
  /// minutes. Empty if nothing was right.
  std::vector<ScheduleChoice> getFinalists() const;
  /// Takes measurements of finalists, which take the place of what was known of
  /// them.
  void tellFinals(llvm::ArrayRef<ScheduleChoice> finalists,
                  llvm::ArrayRef<Measurement> results);

  /// The fastest of the finals, else that of an earlier run's finals, else (the
  /// run was interrupted) the fastest that is known to be right.
  std::optional<Decision> decide() const;

private:
  /// The default configuration of the first schedule whose default is right.
  std::optional<ScheduleChoice> getBaseline() const;
  void note(const ScheduleChoice &choice, Outcome outcome, double seconds);
  bool isTriedBefore(const ScheduleChoice &a, const ScheduleChoice &b) const;

  mlir::func::FuncOp function; ///< in the user's module
  MeasureTask measureTask;
  TaskReport report;
  std::vector<ScheduleTuner> schedules;
  int64_t trialsWithoutGain = 0;
  std::optional<ScheduleChoice> final, earlierFinal;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_TASKTUNER_H
