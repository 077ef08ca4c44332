//===- SearchLoop.cpp - ask, measure, tell
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SearchLoop.h"
#include "chameleon/Runtime/Timing.h"
#include <limits>
#include <numeric>

using namespace mlir;
using namespace chameleon;

/// Trials between two refits of the search's models. Smaller: fewer trials to a
/// good schedule; larger: a refit costs less of each. Half of it at first,
/// where a refit is worth most (benchmarks/search).
static constexpr int32_t batchSize = 8;
static constexpr int64_t halfBatches = 64;
/// A task rests when its last batches took less than this share off the time of
/// the whole model: what its own timing cannot tell from noise.
static constexpr double leastGain = 5e-4;
/// Only who comes so near to the best is worth timing until the noise is gone.
static constexpr double contenderSlack = 1.02;
/// Seconds for the double-precision reference of a task.
static constexpr double referenceTimeout = 300;
/// Seconds beyond those of the run in which what is under way may end.
static constexpr double secondsToEnd = 10;
/// Seconds that finalists are timed, each.
static constexpr double secondsOfFinalist = 0.1;

SearchLoop::SearchLoop(ArrayRef<std::unique_ptr<TaskTuner>> tasks,
                       WorkerPool &pool, const SearchLibrary &library,
                       const TuningOptions &options, SearchLoopHooks hooks,
                       const std::atomic<bool> *interrupt)
    : tasks(tasks), pool(pool), library(library), options(options),
      hooks(std::move(hooks)), interrupt(interrupt), states(tasks.size()),
      start(monotonicSeconds()) {
  if (options.share)
    exchange.emplace(tasks);
  // An explicit number of trials is meant.
  scheduling.minimalGain = options.patience < options.trials ? leastGain : 0;
  for (auto [index, task] : llvm::enumerate(tasks)) {
    states[index].weight = static_cast<double>(task->getReport().count);
    states[index].finished = task->isFinished(options.trials);
    if (states[index].finished)
      continue;
    pool.registerTask(task->getMeasureTask(), referenceTimeout);
    if (!task->getDefaults().empty())
      defaults.push_back(index);
  }
  llvm::stable_sort(defaults, [&](size_t a, size_t b) {
    auto work = [&](size_t i) {
      return tasks[i]->getReport().flops * tasks[i]->getReport().count;
    };
    return work(a) < work(b);
  });
}

/// Nothing new is begun any more.
bool SearchLoop::mustStop() const {
  return !lost.empty() || isFull || hooks.mustStop();
}

/// When not even what is under way is waited for.
StopSignal SearchLoop::stopSignal() const {
  double now = monotonicSeconds();
  return {interrupt, isFull ? now : now + hooks.secondsLeft() + secondsToEnd};
}

llvm::Error SearchLoop::run() {
  fill();
  while (std::optional<MeasuredCandidate> one = pool.wait(stopSignal())) {
    take(*one);
    fill();
  }
  return lost.empty()
             ? llvm::Error::success()
             : llvm::createStringError("the worker was lost: %s", lost.c_str());
}

//===----------------------------------------------------------------------===//
// Ask
//===----------------------------------------------------------------------===//

/// How many more candidates fit into the seconds that are left, at the pace so
/// far.
int64_t SearchLoop::countAffordable() const {
  double left = hooks.secondsLeft();
  // The first candidates pay for the references of all.
  if (measured <
          static_cast<int64_t>(std::min(pool.getCapacity(), tasks.size())) ||
      left == std::numeric_limits<double>::infinity())
    return std::numeric_limits<int64_t>::max();
  double pace = (monotonicSeconds() - start) / static_cast<double>(measured);
  return static_cast<int64_t>(left / pace) -
         static_cast<int64_t>(pool.countOpen());
}

void SearchLoop::fill() {
  while (!mustStop() && pool.countOpen() < pool.getCapacity() && submitNext()) {
  }
}

bool SearchLoop::submitNext() {
  if (!defaults.empty())
    return submitDefault();
  // However little time is left, one batch is begun.
  if (countAffordable() < 1 && pool.countOpen() > 0)
    return false;
  if (std::optional<size_t> picked = pickTask(states, scheduling))
    return submitSearch(*picked);
  // Those that rest have had their last trial, too.
  for (size_t index = 0; index < tasks.size(); ++index)
    if (isSearched(index) && !states[index].finished &&
        !states[index].inFlight) {
      states[index].finished = true;
      submitFinals(index);
      return true;
    }
  return false;
}

bool SearchLoop::submitDefault() {
  size_t index = defaults.back();
  defaults.pop_back();
  TaskTuner &task = *tasks[index];
  hooks.onProgress(index, "measuring the defaults");
  std::vector<ScheduleChoice> choices = task.getDefaults();
  if (choices.size() > static_cast<size_t>(options.trials))
    choices.resize(options.trials);
  submit({Batch::Kind::Default, index, std::move(choices)}, makePolicy(task));
  return true;
}

bool SearchLoop::isSearched(size_t index) const {
  return llvm::any_of(tasks[index]->getSchedules(),
                      [](const ScheduleTuner &s) { return s.isStarted(); });
}

bool SearchLoop::startSearch(size_t index, size_t schedule) {
  ChameleonSearchOptions searchOptions = library.SearchDefaultOptions();
  searchOptions.strategy = options.strategy.c_str();
  searchOptions.seed = options.seed;
  searchOptions.batch = batchSize;
  ScheduleTuner &tuner = tasks[index]->getSchedules()[schedule];
  llvm::Error failed = tuner.startSearch(library, searchOptions);
  if (!failed)
    return true;
  tuner.giveUp();
  hooks.onWarning(index,
                  "is not searched: " + llvm::toString(std::move(failed)));
  return false;
}

std::vector<ScheduleChoice> SearchLoop::ask(size_t index, size_t schedule,
                                            int64_t room) {
  TaskTuner &task = *tasks[index];
  if (!task.getSchedules()[schedule].isStarted() &&
      !startSearch(index, schedule))
    return {};
  if (exchange)
    exchange->inform(index, schedule);
  llvm::Expected<std::vector<ScheduleChoice>> asked =
      task.ask(schedule, static_cast<int32_t>(room));
  if (asked)
    return std::move(*asked);
  // What was measured so far decides.
  hooks.onWarning(index, "is searched no further: " +
                             llvm::toString(asked.takeError()));
  return {};
}

/// The next batch of the most promising schedule that has one.
std::vector<ScheduleChoice> SearchLoop::ask(size_t index, int64_t room) {
  while (std::optional<size_t> schedule = tasks[index]->pickSchedule()) {
    if (room <= 0) {
      // The search is started all the same: the task has had its trials.
      if (!tasks[index]->getSchedules()[*schedule].isStarted())
        startSearch(index, *schedule);
      return {};
    }
    std::vector<ScheduleChoice> batch = ask(index, *schedule, room);
    if (!batch.empty())
      return batch;
  }
  return {};
}

bool SearchLoop::submitSearch(size_t index) {
  TaskTuner &task = *tasks[index];
  TaskProgress &state = states[index];
  double before = monotonicSeconds();
  int64_t trials = task.countTrials();
  std::vector<ScheduleChoice> batch =
      ask(index,
          std::min({options.trials - trials,
                    int64_t(trials < halfBatches ? batchSize / 2 : batchSize),
                    std::max<int64_t>(countAffordable(), 1)}));
  searchSeconds += monotonicSeconds() - before;
  if (batch.empty()) {
    state.finished = true;
    if (isSearched(index))
      submitFinals(index);
    return true;
  }
  hooks.onProgress(index, "tuning " + task.getReport().name);
  submit({Batch::Kind::Search, index, std::move(batch)}, makePolicy(task));
  return true;
}

void SearchLoop::submitFinals(size_t index) {
  TaskTuner &task = *tasks[index];
  std::vector<ScheduleChoice> finalists = task.getFinalists();
  if (finalists.empty())
    return;
  MeasurePolicy policy = makePolicy(task);
  policy.interleaved = true;
  policy.giveUpAbove = policy.contendersBelow = 0;
  policy.minimum = secondsOfFinalist;
  submit({Batch::Kind::Final, index, std::move(finalists)}, policy);
}

void SearchLoop::submit(Batch batch, const MeasurePolicy &policy) {
  TaskTuner &task = *tasks[batch.task];
  std::vector<Candidate> candidates;
  for (const ScheduleChoice &choice : batch.choices)
    candidates.push_back(task.makeCandidate(choice));
  batch.missing = candidates.size();
  batch.results.resize(candidates.size());
  batch.isKept.resize(candidates.size());
  states[batch.task].inFlight = true;
  inFlight.emplace(pool.submit(candidates, policy), std::move(batch));
}

MeasurePolicy SearchLoop::makePolicy(const TaskTuner &task) const {
  MeasurePolicy policy;
  double best = task.getReport().bestSeconds,
         baseline = task.getReport().baselineSeconds;
  policy.tolerance = options.tolerance;
  policy.compileTimeout =
      options.compileTimeout > 0 ? options.compileTimeout : 10;
  // Ten calls of a default that is not measured yet, at 20 GFLOP/s.
  double secondsOfSlow = 10 * task.getReport().flops / 20e9;
  // Ten times slower than the default is hopeless; a first call also pays for
  // page faults and the check.
  policy.runTimeout = options.runTimeout > 0 ? options.runTimeout
                      : baseline > 0         ? std::max(2.0, 50 * baseline)
                                             : std::max(60.0, secondsOfSlow);
  policy.giveUpAbove = best > 0 ? 2 * best : 0;
  policy.contendersBelow = best > 0 ? contenderSlack * best : 0;
  return policy;
}

//===----------------------------------------------------------------------===//
// Tell
//===----------------------------------------------------------------------===//

void SearchLoop::take(const MeasuredCandidate &one) {
  auto found = std::prev(inFlight.upper_bound(one.ticket));
  Batch &batch = found->second;
  size_t position = static_cast<size_t>(one.ticket - found->first);
  batch.results[position] = one.measurement;
  if (isMeasured(one.measurement.outcome)) {
    ++measured;
    batch.isKept[position] =
        hooks.onTrial(batch.task, batch.choices[position], one.measurement,
                      batch.kind == Batch::Kind::Final);
    isFull |= !batch.isKept[position];
  }
  if (--batch.missing > 0)
    return;
  Batch complete = std::move(batch);
  inFlight.erase(found);
  this->complete(complete);
}

void SearchLoop::complete(Batch &batch) {
  TaskTuner &task = *tasks[batch.task];
  TaskProgress &state = states[batch.task];
  state.inFlight = false;
  const Measurement &first = batch.results.front();
  bool isInterrupted = stopSignal().isRaised();
  if (first.outcome == Outcome::NoReference) {
    state.finished = true;
    if (!isInterrupted)
      hooks.onWarning(batch.task, "is left as it is: " + first.message);
    return;
  }
  if (!isInterrupted && llvm::all_of(batch.results, [](const Measurement &m) {
        return m.outcome == Outcome::WorkerLost;
      }))
    lost = first.message;
  if (batch.kind == Batch::Kind::Final) {
    task.tellFinals(batch.choices, batch.results);
  } else {
    double before = monotonicSeconds();
    for (auto [choice, measurement, isKept] :
         llvm::zip_equal(batch.choices, batch.results, batch.isKept))
      task.tell(choice, measurement, isKept);
    searchSeconds += monotonicSeconds() - before;
    if (batch.kind == Batch::Kind::Search)
      completeSearch(batch);
  }
  hooks.onProgress(batch.task, batch.kind == Batch::Kind::Default
                                   ? "measuring the defaults"
                                   : "tuning " + task.getReport().name);
}

void SearchLoop::completeSearch(const Batch &batch) {
  TaskTuner &task = *tasks[batch.task];
  TaskProgress &state = states[batch.task];
  double before = monotonicSeconds();
  state.best.push_back(task.getReport().bestSeconds);
  state.finished = task.countTrials() >= options.trials ||
                   task.countTrialsWithoutGain() >= options.patience ||
                   (options.patience < options.trials && task.isConverged());
  searchSeconds += monotonicSeconds() - before;
  if (state.finished && !mustStop())
    submitFinals(batch.task);
}
