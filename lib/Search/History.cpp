//===- History.cpp - what a search has asked and been told ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/History.h"
#include <algorithm>
#include <cmath>

using namespace chameleon::search;

void History::tell(Trial trial) {
  if (trial.succeeded && !(std::isfinite(trial.seconds) && trial.seconds > 0))
    trial.succeeded = false;
  if (trial.succeeded && !(std::isfinite(baseline) && baseline > 0))
    baseline = trial.seconds;
  known.insert(trial.configuration);
  pending.erase(
      std::remove(pending.begin(), pending.end(), trial.configuration),
      pending.end());
  auto [entry, isNew] = indices.try_emplace(trial.configuration, trials.size());
  numSuccesses += trial.succeeded;
  size_t index = entry->second;
  if (isNew) {
    trials.push_back(std::move(trial));
  } else {
    numSuccesses -= trials[index].succeeded;
    trials[index] = std::move(trial);
  }
  if (best != index) {
    if (trials[index].succeeded &&
        (!best || trials[index].seconds < trials[*best].seconds))
      best = index;
    return;
  }
  // The best one was measured again, perhaps as slower.
  best.reset();
  for (size_t i = 0; i < trials.size(); ++i)
    if (trials[i].succeeded &&
        (!best || trials[i].seconds < trials[*best].seconds))
      best = i;
}

void History::tellRelated(int64_t task, std::vector<Trial> trials) {
  auto found = std::find(relatedTasks.begin(), relatedTasks.end(), task);
  size_t index = found - relatedTasks.begin();
  if (found == relatedTasks.end()) {
    relatedTasks.push_back(task);
    related.emplace_back();
  }
  related[index].insert(related[index].end(), trials.begin(), trials.end());
}

std::vector<Configuration> History::getFastest(size_t count) const {
  std::vector<const Trial *> successes;
  for (const Trial &trial : trials)
    if (trial.succeeded)
      successes.push_back(&trial);
  std::stable_sort(successes.begin(), successes.end(),
                   [](const Trial *left, const Trial *right) {
                     return left->seconds < right->seconds;
                   });
  std::vector<Configuration> result;
  for (size_t i = 0; i < std::min(count, successes.size()); ++i)
    result.push_back(successes[i]->configuration);
  return result;
}

double History::getReward(const Trial &trial) const {
  const Trial *fastest = getBest();
  if (!fastest)
    return 0;
  double seconds = trial.succeeded ? trial.seconds : failurePenalty * baseline;
  return std::min(1.0, fastest->seconds / seconds);
}
