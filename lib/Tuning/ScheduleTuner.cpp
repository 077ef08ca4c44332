//===- ScheduleTuner.cpp - one schedule of a task while it is tuned
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ScheduleTuner.h"
#include "chameleon/Tuning/TaskRecords.h"
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

/// A search has converged when, on average over its last answers, it gives less
/// than this chance to a gain of so much. Single answers waver with the model's
/// lengths. How often that is wrong: benchmarks/search/results.
constexpr double worthwhileGain = 0.02;
constexpr double leastChance = 0.05;
constexpr size_t chancesAveraged = 4;
/// Trials between two questions, which cost 30 ms.
constexpr size_t trialsBetween = 8;

} // namespace

bool ScheduleTuner::isMeasured(ArrayRef<int32_t> configuration) const {
  return keys.contains(toKey(configuration));
}

bool ScheduleTuner::note(ArrayRef<int32_t> configuration, Outcome outcome,
                         double seconds) {
  if (search)
    search->tell(configuration, toSearchOutcome(outcome), seconds);
  if (!keys.insert(toKey(configuration)).second)
    return false;
  trials.push_back({Configuration(configuration), outcome, seconds});
  double best = getBestSeconds();
  bool isBest = outcome == Outcome::Ok && (best == 0 || seconds < best);
  bestAfter.push_back(isBest ? seconds : best);
  if (outcome != Outcome::Ok)
    return true;
  if (ArrayRef<int32_t>(schedule.space.getDefault()) == configuration)
    defaultSeconds = seconds;
  return true;
}

void ScheduleTuner::relate(ArrayRef<Record> records, MLIRContext *context) {
  std::vector<ScheduleSearch::RelatedTrial> lent;
  for (const Record &record : records) {
    std::optional<Configuration> configuration =
        readConfiguration(schedule.space, record, context);
    if (configuration)
      lent.push_back(
          {*configuration, toSearchOutcome(record.outcome), record.seconds});
  }
  if (!lent.empty())
    related.push_back(std::move(lent));
}

llvm::Error ScheduleTuner::startSearch(const SearchLibrary &library,
                                       ChameleonSearchOptions options) {
  options.baselineSeconds = defaultSeconds;
  llvm::Expected<std::unique_ptr<ScheduleSearch>> created =
      ScheduleSearch::create(library, schedule.space, options);
  if (!created)
    return created.takeError();
  search = std::move(*created);
  for (auto [id, lent] : llvm::enumerate(related))
    search->tellRelated(id, lent);
  for (const Trial &trial : trials)
    search->tell(trial.configuration, toSearchOutcome(trial.outcome),
                 trial.seconds);
  return llvm::Error::success();
}

void ScheduleTuner::learnFrom(const ScheduleTuner &other, size_t id,
                              int64_t first) {
  std::vector<ScheduleSearch::RelatedTrial> lent;
  for (const Trial &trial : other.getTrials().drop_front(first))
    lent.push_back(
        {trial.configuration, toSearchOutcome(trial.outcome), trial.seconds});
  search->tellRelated(related.size() + id, lent);
}

llvm::Expected<std::vector<Configuration>> ScheduleTuner::ask(int32_t n) {
  std::vector<Configuration> batch;
  for (ArrayRef<Configuration> seeds = schedule.space.getSeeds();
       seedsAsked < seeds.size() && batch.size() < static_cast<size_t>(n);
       ++seedsAsked)
    if (!isMeasured(seeds[seedsAsked]))
      batch.push_back(seeds[seedsAsked]);
  if (!batch.empty())
    return batch;
  llvm::Expected<std::vector<Configuration>> asked = search->ask(n);
  exhausted = !asked || asked->empty();
  return asked;
}

bool ScheduleTuner::isConverged() {
  if (search && trials.size() >= askedAt + trialsBetween) {
    askedAt = trials.size();
    double chance = search->getChanceOfGain(worthwhileGain);
    chances.push_back(chance < 0 ? 1 : chance); // not known: likely
  }
  if (chances.size() < chancesAveraged)
    return false;
  auto last = ArrayRef(chances).take_back(chancesAveraged);
  converged = std::accumulate(last.begin(), last.end(), 0.0) <
              leastChance * chancesAveraged;
  return converged;
}
