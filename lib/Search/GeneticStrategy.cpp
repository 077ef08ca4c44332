//===- GeneticStrategy.cpp - a genetic algorithm --------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No model: parents are drawn by tournament among the fastest configurations so
// far, crossed knob by knob and mutated. A steady-state form of Kernel Tuner's
// genetic_algorithm.py (population 20, uniform crossover).
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include <algorithm>

using namespace chameleon::search;

namespace {

/// Parents: the so many fastest so far. Smaller: greedier; larger: slower to
/// leave the random start.
constexpr size_t populationSize = 20;
/// Contestants for each parent. More: greedier.
constexpr int tournament = 2;
/// Chance of each knob to get a random option. Kernel Tuner: 1 in 10. Larger:
/// nearer to random search; smaller: parents that agree are not left.
constexpr double mutation = 0.1;
/// Children tried per place before a random configuration takes it. More:
/// slower where most children are illegal or known.
constexpr int attempts = 50;

class GeneticStrategy : public Strategy {
public:
  using Strategy::Strategy;

  std::vector<Configuration> propose() override {
    std::vector<Configuration> parents = history.getFastest(populationSize);
    if (history.getTrials().size() < populationSize || parents.size() < 2)
      return space.sampleDistinct(options.batch, history.getKnown(), random);
    std::vector<Configuration> plan;
    ConfigurationSet excluded = history.getKnown();
    while (static_cast<int>(plan.size()) < options.batch) {
      bool found = false;
      for (int attempt = 0; attempt < attempts && !found; ++attempt) {
        Configuration child = breed(parents);
        if (space.isLegal(child) && excluded.insert(child).second) {
          plan.push_back(std::move(child));
          found = true;
        }
      }
      if (found)
        continue;
      std::vector<Configuration> drawn =
          space.sampleDistinct(1, excluded, random);
      if (drawn.empty())
        break;
      excluded.insert(drawn[0]);
      plan.push_back(drawn[0]);
    }
    return plan;
  }

private:
  const Configuration &select(const std::vector<Configuration> &parents) {
    size_t winner = parents.size() - 1; // fastest first
    for (int i = 0; i < tournament; ++i)
      winner = std::min<size_t>(winner, random.below(parents.size()));
    return parents[winner];
  }

  Configuration breed(const std::vector<Configuration> &parents) {
    Configuration child = select(parents);
    const Configuration &other = select(parents);
    for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
      if (random.below(2))
        child[knob] = other[knob];
      if (random.uniform() < mutation)
        child[knob] =
            static_cast<int32_t>(random.below(space.getNumOptions(knob)));
    }
    return child;
  }

  Random random{options.seed, /*stream=*/4};
};

} // namespace

std::unique_ptr<Strategy> chameleon::search::createGeneticStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<GeneticStrategy>(space, history, options);
}
