//===- ScheduleTuner.h - one schedule of a task while it is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search over a schedule's design space, and what is known of it: its own
// trials, and those of related tasks that it was lent. Which of a task's
// schedules deserves trials is TaskTuner.h.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_SCHEDULETUNER_H
#define CHAMELEON_TUNING_SCHEDULETUNER_H

#include "chameleon/Database/Database.h"
#include "chameleon/Measure/Measurement.h"
#include "chameleon/Tasks/MatchTask.h"
#include "chameleon/Tuning/SearchLibrary.h"
#include "llvm/ADT/StringSet.h"

namespace chameleon {

class ScheduleTuner {
public:
  struct Trial {
    Configuration configuration;
    Outcome outcome;
    double seconds;
  };

  explicit ScheduleTuner(TaskSchedule schedule)
      : schedule(std::move(schedule)) {}

  const TaskSchedule &getSchedule() const { return schedule; }
  const DesignSpace &getSpace() const { return schedule.space; }
  /// In the order in which they became known.
  llvm::ArrayRef<Trial> getTrials() const { return trials; }
  /// Of the right ones; 0: there is none.
  double getBestSeconds() const {
    return bestAfter.empty() ? 0 : bestAfter.back();
  }
  /// The same, after each trial.
  llvm::ArrayRef<double> getBestAfter() const { return bestAfter; }
  /// Of the default configuration; 0: not known, or it was not right.
  double getDefaultSeconds() const { return defaultSeconds; }
  bool isMeasured(llvm::ArrayRef<int32_t> configuration) const;

  /// True if both are one schedule, text and all: their knobs mean the same.
  bool hasKnobsOf(const ScheduleTuner &other) const {
    return schedule.name == other.schedule.name &&
           schedule.match.fingerprint == other.schedule.match.fingerprint;
  }

  /// Takes a trial of an earlier run, before the search is started, or of this
  /// one. False: the configuration was known.
  bool note(llvm::ArrayRef<int32_t> configuration, Outcome outcome,
            double seconds);
  /// Takes the trials of another task with the same schedule, for a warm start
  /// of the search; the nearest task first.
  void relate(llvm::ArrayRef<Record> records, mlir::MLIRContext *context);

  /// Starts the search and tells it everything known so far.
  /// `options.baselineSeconds` is filled in.
  llvm::Error startSearch(const SearchLibrary &library,
                          ChameleonSearchOptions options);
  bool isStarted() const { return search != nullptr; }
  /// Tells the search, which is started, the trials of another task with the
  /// same knobs from the `first` on. `id` tells that task from others of the
  /// run.
  void learnFrom(const ScheduleTuner &other, size_t id, int64_t first);
  /// Up to `n` configurations to measure next: the schedule's seeds, then what
  /// the search, which is started, proposes. None: the space is exhausted.
  llvm::Expected<std::vector<Configuration>> ask(int32_t n);
  bool isExhausted() const { return exhausted; }
  /// Nothing is asked of it any more.
  void giveUp() { exhausted = true; }

  /// True if the search holds it for likely that nothing much faster is left.
  bool isConverged();
  /// The last answer of `isConverged`.
  bool wasConverged() const { return converged; }

private:
  TaskSchedule schedule;
  std::unique_ptr<ScheduleSearch> search;
  std::vector<Trial> trials;
  llvm::StringSet<> keys; ///< of their configurations
  std::vector<std::vector<ScheduleSearch::RelatedTrial>> related;
  std::vector<double> bestAfter; ///< by trial
  double defaultSeconds = 0;
  size_t seedsAsked = 0;
  bool exhausted = false, converged = false;
  std::vector<double> chances; ///< of a gain, as the search answered
  size_t askedAt = 0;          ///< trials known at the last of these
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_SCHEDULETUNER_H
