//===- Replay.cpp - searches run on recorded spaces -----------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Replay.h"
#include <algorithm>
#include <ctime>
#include <stdexcept>

using namespace chameleon::search;

static double getProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

int Replay::countTo(double performance, int otherwise) const {
  for (size_t i = 0; i < steps.size(); ++i)
    if (steps[i].performance >= performance)
      return static_cast<int>(i) + 1;
  return otherwise;
}

Replay chameleon::search::replay(const RecordedSpace &recorded,
                                 const ReplayOptions &options) {
  std::string error;
  auto space = std::make_shared<Space>(recorded.makeSpace());
  std::unique_ptr<Search> search = Search::create(space, options.search, error);
  if (!search)
    throw std::runtime_error(error);
  Replay result;
  double fastest = 0, clock = 0;
  while (static_cast<int>(result.steps.size()) < options.budget) {
    double before = getProcessorSeconds();
    std::vector<Configuration> points = search->ask(std::min<size_t>(
        std::max(1, options.ask), options.budget - result.steps.size()));
    double spent = getProcessorSeconds() - before;
    if (points.empty())
      break;
    clock += spent;
    result.strategySeconds += spent;
    std::vector<Trial> trials;
    for (const Configuration &configuration : points) {
      const RecordedPoint &point = *recorded.find(configuration);
      clock += point.costSeconds;
      result.numFailures += !point.succeeded;
      if (point.succeeded && (fastest == 0 || point.seconds < fastest))
        fastest = point.seconds;
      result.steps.push_back(
          {configuration, point.succeeded,
           fastest > 0 ? recorded.getBestSeconds() / fastest : 0, clock});
      trials.push_back({configuration, point.succeeded, point.seconds});
    }
    before = getProcessorSeconds();
    search->tell(std::move(trials));
    spent = getProcessorSeconds() - before;
    clock += spent;
    result.strategySeconds += spent;
  }
  return result;
}
