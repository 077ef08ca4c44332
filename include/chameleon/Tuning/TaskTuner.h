//===- TaskTuner.h - search the schedule of one task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Owns what belongs to one task while it is tuned: its payload, the schedule
// that matched, the design space, the search, and what was measured. The loop
// over tasks is SearchLoop.h.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TASKTUNER_H
#define CHAMELEON_TUNING_TASKTUNER_H

#include "chameleon/Database/Database.h"
#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Tasks/MatchTask.h"
#include "chameleon/Tuning/SearchLibrary.h"
#include "chameleon/Tuning/TuneModule.h"
#include "llvm/ADT/StringSet.h"
#include <limits>

namespace chameleon {

class TaskTuner {
public:
  /// `task` has a schedule.
  explicit TaskTuner(MatchedTask task);

  const DesignSpace &getSpace() const { return schedule.space; }
  const TaskSchedule &getSchedule() const { return schedule; }
  TaskReport &getReport() { return report; }
  const TaskReport &getReport() const { return report; }
  const MeasureTask &getMeasureTask() const { return measureTask; }
  mlir::func::FuncOp getFunction() const { return function; }

  /// The text of a spec that applies this configuration to this task.
  std::string makeSpec(llvm::ArrayRef<int32_t> configuration) const;
  Candidate makeCandidate(llvm::ArrayRef<int32_t> configuration) const;
  Record makeRecord(llvm::ArrayRef<int32_t> configuration,
                    const Measurement &measurement, bool final,
                    llvm::StringRef targetKey) const;

  /// Takes measurements of an earlier run: those of the same schedule, text and
  /// all, whose configurations still exist. A result that was right then and
  /// whose error is above `tolerance` counts as wrong.
  void reuse(llvm::ArrayRef<Record> records,
             double tolerance = std::numeric_limits<double>::infinity());
  /// Takes the trials of another task with the same schedule, for a warm start
  /// of the search; the nearest task first.
  void relate(llvm::ArrayRef<Record> records);
  /// True if both were matched by one schedule, text and all: their knobs mean
  /// the same.
  bool hasKnobsOf(const TaskTuner &other) const {
    return report.schedule == other.report.schedule &&
           schedule.match.fingerprint == other.schedule.match.fingerprint;
  }
  /// Starts the search and tells it everything known so far.
  /// `options.baselineSeconds` is filled in.
  llvm::Error startSearch(const SearchLibrary &library,
                          ChameleonSearchOptions options);
  /// Tells the search, which is started, the trials of another task with the
  /// same knobs from the `first` on. `id` tells that task from others of the
  /// run.
  void learnFrom(const TaskTuner &other, size_t id, int64_t first);
  /// Up to `n` configurations to measure next: the schedule's seeds, then what
  /// the search proposes. None: the space is exhausted.
  llvm::Expected<std::vector<Configuration>> ask(int32_t n);
  /// Takes a measurement of this run.
  void tell(llvm::ArrayRef<int32_t> configuration,
            const Measurement &measurement);

  bool isMeasured(llvm::ArrayRef<int32_t> configuration) const;
  /// Trials known, this run's and earlier ones'.
  int64_t countTrials() const { return static_cast<int64_t>(known.size()); }
  /// Trials since the best time last improved by more than 0.5 %.
  int64_t countTrialsWithoutGain() const { return trialsWithoutGain; }
  /// At most `n` right configurations, best first, none slower than `slack`
  /// times the best.
  std::vector<Configuration> getFastest(size_t n, double slack = 2) const;

  /// True if the search holds it for likely that nothing much faster is left.
  bool isConverged();

  /// True if an earlier run did all that one of `trials` trials would do.
  bool isFinished(int64_t trials) const;

  /// What is timed once more at the end: the fastest, after the default
  /// configuration if that was right, so that a gain is one over the same
  /// minutes. Empty if nothing was right.
  std::vector<Configuration> getFinalists() const;
  /// Decides by measurements of finalists, which take the place of what was
  /// known of them.
  void decide(llvm::ArrayRef<Configuration> finalists,
              llvm::ArrayRef<Measurement> results);

  /// What is embedded. Empty: nothing was decided.
  std::optional<Configuration> winner;
  /// True if the winner comes from a final measurement of an earlier run.
  bool winnerReused = false;

private:
  void note(llvm::ArrayRef<int32_t> configuration, Outcome outcome,
            double seconds);

  struct Trial {
    Configuration configuration;
    Outcome outcome;
    double seconds;
  };
  mlir::func::FuncOp function; ///< in the user's module
  TaskSchedule schedule;
  MeasureTask measureTask;
  TaskReport report;
  std::unique_ptr<ScheduleSearch> search;
  std::vector<Trial> known;
  std::vector<std::vector<ScheduleSearch::RelatedTrial>> related;
  llvm::StringSet<> knownKeys;
  int64_t trialsWithoutGain = 0;
  size_t seedsAsked = 0;
  std::vector<double> chances; ///< of a gain, as the search answered
  int64_t askedAt = 0;         ///< trials known at the last of these
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_TASKTUNER_H
