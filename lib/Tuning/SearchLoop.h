//===- SearchLoop.h - ask, measure, tell
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Tuning. Keeps the worker pool full: while it has room, the
// task scheduler picks a task, whose search is asked for a batch. A task has
// one batch in flight at a time, and its search is told of whole batches, in
// the order in which they were asked for. `share=false`: what it is told does
// not depend on the order in which candidates are done; the same seed and the
// same measured values give the same trials of a task, however many of them
// were made. Otherwise it is also told what other tasks have measured when it
// is picked (TaskExchange.h): the same needs the same order of batches.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TUNING_SEARCHLOOP_H
#define CHAMELEON_LIB_TUNING_SEARCHLOOP_H

#include "TaskExchange.h"
#include "chameleon/Tuning/TaskScheduler.h"
#include "chameleon/Tuning/TaskTuner.h"
#include <functional>

namespace chameleon {

/// What the loop does not decide itself.
struct SearchLoopHooks {
  /// A candidate is done. Called as soon as it is known; false: it could not be
  /// kept. Then nothing more is measured.
  std::function<bool(size_t task, const ScheduleChoice &choice,
                     const Measurement &measurement, bool final)>
      onTrial;
  /// Something is known of a task, or begins.
  std::function<void(size_t task, llvm::StringRef activity)> onProgress;
  /// A task is not searched (any further), or left as it is.
  std::function<void(size_t task, const std::string &message)> onWarning;
  /// Nothing new is begun any more; what is in flight is waited for.
  std::function<bool()> mustStop;
  /// Seconds that are left for measuring, infinite if there is no limit.
  std::function<double()> secondsLeft;
};

class SearchLoop {
public:
  /// `options.trials` and `options.patience` are set. Everything must outlive
  /// the loop.
  SearchLoop(llvm::ArrayRef<std::unique_ptr<TaskTuner>> tasks, WorkerPool &pool,
             const SearchLibrary &library, const TuningOptions &options,
             SearchLoopHooks hooks, const std::atomic<bool> *interrupt);

  /// First the defaults of every task, those first where most work is done: a
  /// run that ends early has a schedule that is known to be right for each that
  /// it reached. Then searches, and times finalists as soon as a task is
  /// finished. Errors: the worker was lost. A task that cannot be measured, or
  /// not searched, is left alone with a warning.
  llvm::Error run();

  /// Inside the search library.
  double getSearchSeconds() const { return searchSeconds; }

private:
  struct Batch {
    enum class Kind { Default, Search, Final };
    Kind kind;
    size_t task;
    std::vector<ScheduleChoice> choices;
    std::vector<Measurement> results = {}; ///< as they become known
    std::vector<bool> isKept = {};
    size_t missing = 0;
  };

  void fill();
  bool submitNext();
  bool submitDefault();
  bool submitSearch(size_t index);
  void submitFinals(size_t index);
  void submit(Batch batch, const MeasurePolicy &policy);
  bool startSearch(size_t index, size_t schedule);
  std::vector<ScheduleChoice> ask(size_t index, int64_t room);
  std::vector<ScheduleChoice> ask(size_t index, size_t schedule, int64_t room);
  bool isSearched(size_t index) const;
  void take(const MeasuredCandidate &one);
  void complete(Batch &batch);
  bool mustStop() const;
  StopSignal stopSignal() const;
  void completeSearch(const Batch &batch);
  int64_t countAffordable() const;
  MeasurePolicy makePolicy(const TaskTuner &task) const;

  llvm::ArrayRef<std::unique_ptr<TaskTuner>> tasks;
  WorkerPool &pool;
  const SearchLibrary &library;
  const TuningOptions &options;
  SearchLoopHooks hooks;
  const std::atomic<bool> *interrupt;
  TaskSchedulerOptions scheduling;
  std::vector<TaskProgress> states; ///< by task
  std::optional<TaskExchange> exchange;
  std::vector<size_t> defaults; ///< tasks whose default is to be measured, last
                                ///< one first
  std::map<int64_t, Batch> inFlight; ///< by the first ticket
  std::string lost;                  ///< why the worker was lost
  bool isFull = false;               ///< a trial could not be kept
  double start = 0, searchSeconds = 0;
  int64_t measured = 0; ///< candidates
};

} // namespace chameleon

#endif // CHAMELEON_LIB_TUNING_SEARCHLOOP_H
