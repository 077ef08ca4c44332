//===- Search.cpp - the ask/tell loop around a strategy -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Search.h"
#include <algorithm>

using namespace chameleon::search;

std::unique_ptr<Search> Search::create(std::shared_ptr<Space> space,
                                       const SearchOptions &options,
                                       std::string &error) {
  error = space->prepare(options.seed);
  if (!error.empty())
    return nullptr;
  std::unique_ptr<Search> search(new Search(std::move(space), options));
  search->options.batch = std::max(1, options.batch);
  search->options.initial = std::max(1, options.initial);
  search->strategy = createStrategy(options.strategy, *search->space,
                                    search->history, search->options, error);
  return search->strategy ? std::move(search) : nullptr;
}

std::vector<Configuration> Search::ask(size_t count) {
  std::vector<Configuration> result;
  if (!started) {
    started = true;
    if (space->getDefault())
      plan.push_front(*space->getDefault());
  }
  while (result.size() < count) {
    while (!plan.empty() && result.size() < count) {
      Configuration point = std::move(plan.front());
      plan.pop_front();
      if (history.isKnown(point))
        continue;
      history.markAsked(point);
      result.push_back(std::move(point));
    }
    if (result.size() == count)
      break;
    for (Configuration &point : strategy->propose())
      plan.push_back(std::move(point));
    // A plan without a new point means that the strategy is at its end, else
    // this loop would not be.
    if (std::all_of(plan.begin(), plan.end(), [&](const Configuration &point) {
          return history.isKnown(point);
        }))
      break;
  }
  return result;
}

static bool areInRange(const Space &space, const std::vector<Trial> &trials) {
  return std::all_of(trials.begin(), trials.end(), [&](const Trial &trial) {
    return space.isInRange(trial.configuration);
  });
}

double Search::getChanceOfGain(double gain) {
  return strategy->getChanceOfGain(gain);
}

bool Search::tellRelated(int64_t task, std::vector<Trial> trials) {
  if (!areInRange(*space, trials))
    return false;
  if (trials.empty())
    return true;
  history.tellRelated(task, std::move(trials));
  if (strategy->learnRelated())
    plan.clear();
  return true;
}

bool Search::tell(std::vector<Trial> trials) {
  if (!areInRange(*space, trials))
    return false;
  if (trials.empty())
    return true;
  for (Trial &trial : trials)
    history.tell(std::move(trial));
  strategy->learn();
  return true;
}
