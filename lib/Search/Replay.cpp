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

double chameleon::search::getProcessorSeconds() {
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

std::optional<Configuration>
chameleon::search::translate(const Configuration &configuration,
                             const Space &from, const Space &to) {
  Configuration result;
  for (const Knob &knob : to.getKnobs()) {
    auto source = std::find_if(
        from.getKnobs().begin(), from.getKnobs().end(),
        [&](const Knob &candidate) { return candidate.name == knob.name; });
    if (source == from.getKnobs().end())
      return std::nullopt;
    double value =
        source->values[configuration[source - from.getKnobs().begin()]];
    auto found = std::find(knob.values.begin(), knob.values.end(), value);
    if (found == knob.values.end())
      return std::nullopt;
    result.push_back(static_cast<int32_t>(found - knob.values.begin()));
  }
  return result;
}

/// Trials of a replay of another recording, as configurations of `space`; what
/// has no counterpart is left out.
static std::vector<Trial> makeRelated(const Space &space,
                                      const ReplayOptions &options) {
  ReplayOptions sourceOptions = options;
  sourceOptions.related = nullptr;
  sourceOptions.gain = 0;
  sourceOptions.untilOptimum = false;
  sourceOptions.budget = options.relatedBudget;
  const Space source = options.related->makeSpace();
  std::vector<Trial> trials;
  for (const ReplayStep &step : replay(*options.related, sourceOptions).steps)
    if (std::optional<Configuration> configuration =
            translate(step.configuration, source, space))
      trials.push_back({std::move(*configuration), step.succeeded,
                        options.related->find(step.configuration)->seconds});
  return trials;
}

Replay chameleon::search::replay(const RecordedSpace &recorded,
                                 const ReplayOptions &options) {
  std::string error;
  auto space = std::make_shared<Space>(recorded.makeSpace());
  std::unique_ptr<Search> search = Search::create(space, options.search, error);
  if (!search)
    throw std::runtime_error(error);
  Replay result;
  if (options.related)
    search->tellRelated(/*task=*/0, makeRelated(*space, options));
  double fastest = 0, clock = 0;
  while (static_cast<int>(result.steps.size()) < options.budget &&
         !(options.untilOptimum && fastest == recorded.getBestSeconds())) {
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
    if (options.gain > 0 && result.steps.size() % 8 == 0)
      result.chances.emplace_back(result.steps.size(),
                                  search->getChanceOfGain(options.gain));
  }
  return result;
}
