//===- TaskTuner.cpp - one task while it is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskTuner.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "chameleon/Tuning/TaskScheduler.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace chameleon;

/// A gain below this is noise to the stop rule.
static constexpr double smallestGain = 0.005;
/// Below so many the reference is computed without the help of a default.
static constexpr double leastFlopsOfLarge = 1e8;
/// Configurations of a task that are timed against each other at the end.
static constexpr size_t mostFinalists = 4;
/// A configuration slower than the best by more than this is no finalist: more
/// than the quick timing's error, less than what another minute could win.
static constexpr double finalSlack = 1.1;

TaskTuner::TaskTuner(MatchedTask matched) : function(matched.task.function) {
  for (TaskSchedule &schedule : matched.schedules)
    schedules.emplace_back(std::move(schedule));
  report.key = measureTask.key = matched.task.key;
  report.name = matched.task.name;
  report.count = matched.task.count;
  report.flops = matched.task.flops;
  report.schedule = schedules.front().getSchedule().name;
  report.numSchedules = schedules.size();
  measureTask.payload = std::move(matched.payload);
  measureTask.numOutputs = function.getNumResults();
  if (report.flops >= leastFlopsOfLarge)
    for (auto [index, schedule] : llvm::enumerate(schedules))
      measureTask.defaults.push_back(
          makeSpec({index, schedule.getSpace().getDefault()}));
}

std::string TaskTuner::makeSpec(const ScheduleChoice &choice) const {
  return printSpec(report.key, schedules[choice.schedule].getSchedule(),
                   choice.configuration);
}

std::optional<ScheduleChoice> TaskTuner::getBaseline() const {
  for (auto [index, schedule] : llvm::enumerate(schedules))
    if (schedule.getDefaultSeconds() > 0)
      return ScheduleChoice{index, schedule.getSpace().getDefault()};
  return std::nullopt;
}

void TaskTuner::note(const ScheduleChoice &choice, Outcome outcome,
                     double seconds) {
  ScheduleTuner &schedule = schedules[choice.schedule];
  if (!schedule.note(choice.configuration, outcome, seconds))
    return;
  ++trialsWithoutGain;
  if (outcome != Outcome::Ok) {
    ++report.failures[toString(outcome).str()];
    return;
  }
  if (report.bestSeconds == 0 ||
      seconds < report.bestSeconds * (1 - smallestGain))
    trialsWithoutGain = 0;
  if (report.bestSeconds == 0 || seconds < report.bestSeconds) {
    report.bestSeconds = seconds;
    report.schedule = schedule.getSchedule().name;
  }
  if (std::optional<ScheduleChoice> baseline = getBaseline())
    report.baselineSeconds = schedules[baseline->schedule].getDefaultSeconds();
}

void TaskTuner::reuse(ArrayRef<Record> records, double tolerance) {
  double finalSeconds = 0;
  for (auto [index, schedule] : llvm::enumerate(schedules))
    for (RecordedTrial &trial :
         readTrials(schedule.getSchedule(), function, records, tolerance)) {
      ScheduleChoice choice{index, std::move(trial.configuration)};
      if (isMeasured(choice))
        continue;
      note(choice, trial.outcome, trial.seconds);
      ++report.reused;
      if (trial.final && trial.outcome == Outcome::Ok &&
          (!earlierFinal || trial.seconds < finalSeconds)) {
        earlierFinal = std::move(choice);
        finalSeconds = trial.seconds;
      }
    }
}

std::vector<ScheduleChoice> TaskTuner::getDefaults() const {
  std::vector<ScheduleChoice> defaults;
  for (auto [index, schedule] : llvm::enumerate(schedules))
    if (!schedule.isMeasured(schedule.getSpace().getDefault()))
      defaults.push_back({index, schedule.getSpace().getDefault()});
  return defaults;
}

static std::vector<ScheduleProgress>
getProgress(ArrayRef<ScheduleTuner> schedules) {
  std::vector<ScheduleProgress> progress;
  for (const ScheduleTuner &schedule : schedules)
    progress.push_back({schedule.getBestAfter().vec(), schedule.isExhausted(),
                        schedule.wasConverged()});
  return progress;
}

std::optional<size_t> TaskTuner::pickSchedule() const {
  return chameleon::pickSchedule(getProgress(schedules));
}

llvm::Expected<std::vector<ScheduleChoice>> TaskTuner::ask(size_t schedule,
                                                           int32_t n) {
  llvm::Expected<std::vector<Configuration>> asked = schedules[schedule].ask(n);
  if (!asked)
    return asked.takeError();
  std::vector<ScheduleChoice> choices;
  for (Configuration &configuration : *asked)
    choices.push_back({schedule, std::move(configuration)});
  return choices;
}

void TaskTuner::tell(const ScheduleChoice &choice,
                     const Measurement &measurement, bool isStored) {
  if (!chameleon::isMeasured(measurement.outcome))
    return;
  ++(isStored ? report.trials : report.unstored);
  if (measurement.outcome != Outcome::Ok && report.firstFailure.empty())
    report.firstFailure = measurement.message;
  note(choice, measurement.outcome, measurement.seconds);
}

int64_t TaskTuner::countTrials() const {
  int64_t count = 0;
  for (const ScheduleTuner &schedule : schedules)
    count += static_cast<int64_t>(schedule.getTrials().size());
  return count;
}

bool TaskTuner::isConverged() {
  std::vector<ScheduleProgress> progress = getProgress(schedules);
  for (auto [index, schedule] : llvm::enumerate(schedules))
    if (mayWin(progress, index) && !schedule.isConverged())
      return false;
  return true;
}

bool TaskTuner::isFinished(int64_t trials) const {
  if (!earlierFinal)
    return false;
  int64_t points = 0;
  for (const ScheduleTuner &schedule : schedules)
    points = std::min(
        trials, points + schedule.getSpace().countLegal().value_or(trials));
  return countTrials() >= points;
}

std::vector<ScheduleChoice> TaskTuner::getFinalists() const {
  std::vector<ScheduleChoice> finalists = getFastest(mostFinalists, finalSlack);
  std::optional<ScheduleChoice> baseline = getBaseline();
  if (baseline && !finalists.empty()) {
    llvm::erase(finalists, *baseline);
    finalists.insert(finalists.begin(), *baseline);
  }
  return finalists;
}

bool TaskTuner::isTriedBefore(const ScheduleChoice &a,
                              const ScheduleChoice &b) const {
  if (a.schedule != b.schedule)
    return a.schedule < b.schedule;
  for (const ScheduleTuner::Trial &trial : schedules[a.schedule].getTrials()) {
    if (trial.configuration == a.configuration)
      return a.configuration != b.configuration;
    if (trial.configuration == b.configuration)
      return false;
  }
  return false;
}

void TaskTuner::tellFinals(ArrayRef<ScheduleChoice> finalists,
                           ArrayRef<Measurement> results) {
  std::optional<ScheduleChoice> baseline = getBaseline();
  double best = 0;
  for (auto [choice, measurement] : llvm::zip_equal(finalists, results)) {
    if (measurement.outcome != Outcome::Ok)
      continue;
    if (choice == baseline)
      report.baselineSeconds = measurement.seconds;
    // Of equal times that of the trial made first, as a later run reads them.
    if (best == 0 || measurement.seconds < best ||
        (measurement.seconds == best && isTriedBefore(choice, *final))) {
      best = measurement.seconds;
      final = choice;
    }
  }
  if (best > 0) {
    report.bestSeconds = best;
    report.schedule = schedules[final->schedule].getSchedule().name;
  }
}

std::optional<Decision> TaskTuner::decide() const {
  if (final)
    return Decision{*final};
  if (earlierFinal)
    return Decision{*earlierFinal, /*isReused=*/true};
  std::vector<ScheduleChoice> fastest = getFastest(1);
  return fastest.empty() ? std::nullopt
                         : std::optional(Decision{std::move(fastest.front())});
}

std::vector<ScheduleChoice> TaskTuner::getFastest(size_t n,
                                                  double slack) const {
  std::vector<std::pair<double, ScheduleChoice>> right;
  for (auto [index, schedule] : llvm::enumerate(schedules))
    for (const ScheduleTuner::Trial &trial : schedule.getTrials())
      if (trial.outcome == Outcome::Ok)
        right.push_back({trial.seconds, {index, trial.configuration}});
  llvm::stable_sort(right, llvm::less_first());
  std::vector<ScheduleChoice> fastest;
  for (auto &[seconds, choice] : MutableArrayRef(right).take_front(n))
    if (seconds <= right.front().first * slack)
      fastest.push_back(std::move(choice));
  return fastest;
}
