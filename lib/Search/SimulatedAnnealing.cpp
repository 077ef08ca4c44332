//===- SimulatedAnnealing.cpp - AutoTVM's explorer ------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/SimulatedAnnealing.h"
#include "chameleon/Search/Elementary.h"
#include <algorithm>
#include <cmath>
#include <queue>

using namespace chameleon::search;

void chameleon::search::anneal(const Space &space,
                               std::vector<Configuration> &points,
                               const AnnealingOptions &options,
                               const ConfigurationSet &known, ScoredPool &pool,
                               Random &random) {
  std::vector<float> scores = pool.score(points);
  // The scores of the best distinct unknown configurations, worst on top.
  std::priority_queue<float, std::vector<float>, std::greater<float>> best;
  ConfigurationSet seen;
  auto improves = [&](const Configuration &point, float score) {
    if (known.count(point) || !seen.insert(point).second)
      return false;
    if (best.size() >= options.plan && score <= best.top())
      return false;
    best.push(score);
    if (best.size() > options.plan)
      best.pop();
    return true;
  };
  for (size_t i = 0; i < points.size(); ++i)
    improves(points[i], scores[i]);

  int lastImprovement = 0;
  for (int step = 0;
       step < options.steps && step - lastImprovement < options.patience;
       ++step) {
    double temperature =
        options.temperature * (1 - static_cast<double>(step) / options.steps);
    std::vector<Configuration> mutated = points;
    for (Configuration &point : mutated) {
      size_t knob = random.below(point.size());
      int options = space.getNumOptions(static_cast<int>(knob));
      point[knob] = static_cast<int32_t>(random.below(options));
    }
    std::vector<float> mutatedScores = pool.score(mutated);
    for (size_t i = 0; i < points.size(); ++i) {
      if (space.isLegal(mutated[i]) && improves(mutated[i], mutatedScores[i]))
        lastImprovement = step;
      double gain = mutatedScores[i] - scores[i];
      if (random.uniform() >=
          exponential(std::min(gain / (temperature + 1e-5), 1.0)))
        continue;
      points[i] = std::move(mutated[i]);
      scores[i] = mutatedScores[i];
    }
  }
}
