//===- TaskTuner.cpp - search the schedule of one task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskTuner.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace mlir;
using namespace chameleon;

namespace {

std::string toKey(ArrayRef<int32_t> configuration) {
  return std::string(reinterpret_cast<const char *>(configuration.data()),
                     configuration.size() * sizeof(int32_t));
}

ChameleonTrialOutcome toSearchOutcome(Outcome outcome) {
  switch (outcome) {
  case Outcome::Ok:
    return CHAMELEON_TRIAL_OK;
  case Outcome::CompileTimeout:
  case Outcome::RunTimeout:
    return CHAMELEON_TRIAL_TIMEOUT;
  default:
    return CHAMELEON_TRIAL_INVALID;
  }
}

/// A gain below this is noise to the stop rule.
constexpr double kSmallestGain = 0.005;
/// Configurations of a task that are timed against each other at the end.
constexpr size_t kFinalists = 4;
/// A configuration slower than the best by more than this is no finalist: more
/// than the quick timing's error, less than what another minute could win.
constexpr double kFinalSlack = 1.1;

/// A search has converged when, on average over its last answers, it gives less
/// than this chance to a gain of so much. Single answers waver with the model's
/// lengths. How often that is wrong: benchmarks/search/results.
constexpr double kWorthwhileGain = 0.02;
constexpr double kLeastChance = 0.05;
constexpr size_t kChancesAveraged = 4;
/// Trials between two questions, which cost 30 ms.
constexpr int64_t kTrialsBetween = 8;

} // namespace

TaskTuner::TaskTuner(MatchedTask matched)
    : function(matched.task.function),
      schedule(std::move(matched.schedules.front())) {
  report.key = measureTask.key = matched.task.key;
  report.name = matched.task.name;
  report.count = matched.task.count;
  report.flops = matched.task.flops;
  report.schedule = schedule.name;
  measureTask.payload = std::move(matched.payload);
  measureTask.numOutputs = function.getNumResults();
}

std::string TaskTuner::makeSpec(ArrayRef<int32_t> configuration) const {
  return printSpec(report.key, schedule, configuration);
}

Candidate TaskTuner::makeCandidate(ArrayRef<int32_t> configuration) const {
  return {report.key, makeSpec(configuration)};
}

Record TaskTuner::makeRecord(ArrayRef<int32_t> configuration,
                             const Measurement &measurement, bool final,
                             StringRef targetKey) const {
  return chameleon::makeRecord(report.key, targetKey, schedule, configuration,
                               measurement, final);
}

void TaskTuner::note(ArrayRef<int32_t> configuration, Outcome outcome,
                     double seconds) {
  if (!knownKeys.insert(toKey(configuration)).second)
    return;
  known.push_back({Configuration(configuration), outcome, seconds});
  ++trialsWithoutGain;
  if (outcome != Outcome::Ok) {
    ++report.failures[toString(outcome).str()];
    return;
  }
  if (report.bestSeconds == 0 ||
      seconds < report.bestSeconds * (1 - kSmallestGain))
    trialsWithoutGain = 0;
  if (report.bestSeconds == 0 || seconds < report.bestSeconds)
    report.bestSeconds = seconds;
  if (ArrayRef<int32_t>(schedule.space.getDefault()) == configuration)
    report.baselineSeconds = seconds;
}

void TaskTuner::relate(ArrayRef<Record> records) {
  std::vector<ScheduleSearch::RelatedTrial> trials;
  for (const Record &record : records) {
    std::optional<Configuration> configuration =
        readConfiguration(schedule.space, record, function.getContext());
    std::optional<Outcome> outcome = outcomeFromString(record.outcome);
    if (configuration && outcome)
      trials.push_back(
          {*configuration, toSearchOutcome(*outcome), record.seconds});
  }
  if (!trials.empty())
    related.push_back(std::move(trials));
}

void TaskTuner::reuse(ArrayRef<Record> records, double tolerance) {
  for (RecordedTrial &trial :
       readTrials(schedule, function, records, tolerance)) {
    if (isMeasured(trial.configuration))
      continue;
    note(trial.configuration, trial.outcome, trial.seconds);
    ++report.reused;
    // Records come best first.
    if (trial.final && trial.outcome == Outcome::Ok && !winner) {
      winner = std::move(trial.configuration);
      winnerReused = true;
    }
  }
}

llvm::Error TaskTuner::startSearch(const SearchLibrary &library,
                                   ChameleonSearchOptions options) {
  options.baselineSeconds = report.baselineSeconds;
  llvm::Expected<std::unique_ptr<ScheduleSearch>> created =
      ScheduleSearch::create(library, schedule.space, options);
  if (!created)
    return created.takeError();
  search = std::move(*created);
  for (auto [id, trials] : llvm::enumerate(related))
    search->tellRelated(id, trials);
  for (const Trial &trial : known)
    search->tell(trial.configuration, toSearchOutcome(trial.outcome),
                 trial.seconds);
  return llvm::Error::success();
}

void TaskTuner::learnFrom(const TaskTuner &other, size_t id, int64_t first) {
  std::vector<ScheduleSearch::RelatedTrial> trials;
  for (const Trial &trial : ArrayRef(other.known).drop_front(first))
    trials.push_back(
        {trial.configuration, toSearchOutcome(trial.outcome), trial.seconds});
  search->tellRelated(related.size() + id, trials);
}

llvm::Expected<std::vector<Configuration>> TaskTuner::ask(int32_t n) {
  std::vector<Configuration> batch;
  for (ArrayRef<Configuration> seeds = schedule.space.getSeeds();
       seedsAsked < seeds.size() && batch.size() < static_cast<size_t>(n);
       ++seedsAsked)
    if (!isMeasured(seeds[seedsAsked]))
      batch.push_back(seeds[seedsAsked]);
  if (!batch.empty())
    return batch;
  return search->ask(n);
}

void TaskTuner::tell(ArrayRef<int32_t> configuration,
                     const Measurement &measurement) {
  if (!chameleon::isMeasured(measurement.outcome))
    return;
  ++report.trials;
  if (measurement.outcome != Outcome::Ok && report.firstFailure.empty())
    report.firstFailure = measurement.message;
  note(configuration, measurement.outcome, measurement.seconds);
  if (search)
    search->tell(configuration, toSearchOutcome(measurement.outcome),
                 measurement.seconds);
}

bool TaskTuner::isConverged() {
  if (search && countTrials() >= askedAt + kTrialsBetween) {
    askedAt = countTrials();
    double chance = search->getChanceOfGain(kWorthwhileGain);
    chances.push_back(chance < 0 ? 1 : chance); // not known: likely
  }
  if (chances.size() < kChancesAveraged)
    return false;
  auto last = ArrayRef(chances).take_back(kChancesAveraged);
  return std::accumulate(last.begin(), last.end(), 0.0) <
         kLeastChance * kChancesAveraged;
}

bool TaskTuner::isMeasured(ArrayRef<int32_t> configuration) const {
  return knownKeys.contains(toKey(configuration));
}

bool TaskTuner::isFinished(int64_t trials) const {
  return winnerReused &&
         countTrials() >=
             std::min(trials, schedule.space.countLegal().value_or(trials));
}

std::vector<Configuration> TaskTuner::getFinalists() const {
  std::vector<Configuration> finalists = getFastest(kFinalists, kFinalSlack);
  if (report.baselineSeconds > 0 && !finalists.empty()) {
    llvm::erase(finalists, schedule.space.getDefault());
    finalists.insert(finalists.begin(), schedule.space.getDefault());
  }
  return finalists;
}

void TaskTuner::decide(ArrayRef<Configuration> finalists,
                       ArrayRef<Measurement> results) {
  double best = 0;
  for (auto [configuration, measurement] :
       llvm::zip_equal(finalists, results)) {
    if (measurement.outcome != Outcome::Ok)
      continue;
    if (report.baselineSeconds > 0 &&
        configuration == schedule.space.getDefault())
      report.baselineSeconds = measurement.seconds;
    if (best == 0 || measurement.seconds < best) {
      best = measurement.seconds;
      winner = configuration;
      winnerReused = false;
    }
  }
  if (best > 0)
    report.bestSeconds = best;
}

std::vector<Configuration> TaskTuner::getFastest(size_t n, double slack) const {
  std::vector<const Trial *> right;
  for (const Trial &trial : known)
    if (trial.outcome == Outcome::Ok)
      right.push_back(&trial);
  // Trials stand in one array: equal times keep their order.
  llvm::sort(right, [](const Trial *a, const Trial *b) {
    return std::tie(a->seconds, a) < std::tie(b->seconds, b);
  });
  std::vector<Configuration> fastest;
  for (const Trial *trial : ArrayRef(right).take_front(n))
    if (trial->seconds <= right.front()->seconds * slack)
      fastest.push_back(trial->configuration);
  return fastest;
}
