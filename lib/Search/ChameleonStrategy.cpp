//===- ChameleonStrategy.cpp - the default search -------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The variant of Chameleon that search-study.md recommends (its row C1: 1.49 x
// fewer measurements than AutoTVM to 95 % of the optimum): small initial
// design, refits every batch, the agent and a hill climb explore the cost
// model, k-means picks the best-predicted member of each cluster, and half of
// each batch are neighbours of the fastest.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include "chameleon/Search/Agent.h"
#include "chameleon/Search/Clustering.h"
#include "chameleon/Search/CostModel.h"
#include "chameleon/Search/ModelClimb.h"
#include "chameleon/Search/Neighbours.h"
#include <algorithm>

using namespace chameleon::search;

namespace {

/// Where the points of a batch come from: a cycle of 16 slots, so that the
/// shares hold for batches of any size. 8 neighbours, 7 representatives, 1
/// random.
constexpr int cycle = 16;
enum class Source { Neighbour, Representative, Random };
Source getSource(size_t slot) {
  slot %= cycle;
  return slot == cycle - 1 ? Source::Random
         : slot % 2        ? Source::Representative
                           : Source::Neighbour;
}

/// Fastest configurations whose neighbours are tried. Study: 1 or 2 best, 8
/// worse.
constexpr size_t incumbents = 2;
/// Best-predicted configurations that are clustered. More: more diverse, worse
/// on average. Paper and study 64.
constexpr size_t clustered = 64;
/// Clusters. The study's 16.
constexpr int numClusters = 16;
/// Fastest configurations from which half of the episodes start.
constexpr size_t eliteStarts = 16;
/// Legal points up to which all are scored and nothing needs exploring.
constexpr size_t smallSpace = 512;

class ChameleonStrategy : public Strategy {
public:
  ChameleonStrategy(const Space &space, const History &history,
                    const SearchOptions &options)
      : Strategy(space, history, options), random(options.seed, /*stream=*/2),
        model(space, CostModelOptions()) {}

  void learn() override { modelIsStale = true; }

  std::vector<Configuration> propose() override {
    if (modelIsStale &&
        static_cast<int>(history.getTrials().size()) >= options.initial) {
      model.fit(history);
      modelIsStale = false;
    }
    size_t told = history.getTrials().size();
    if (!model.isFitted()) {
      size_t missing =
          options.initial > static_cast<int>(told) ? options.initial - told : 0;
      return space.sampleDistinct(missing ? missing : options.batch,
                                  history.getKnown(), random);
    }
    ScoreFunction score = [this](const std::vector<Configuration> &points) {
      return model.predict(points);
    };
    ScoredPool pool(space, score);
    explore(pool);
    return compose(pool, score);
  }

private:
  void explore(ScoredPool &pool) {
    if (space.isEnumerated() && space.getLegalPoints().size() <= smallSpace) {
      pool.score(space.getLegalPoints());
      return;
    }
    climb(space, history.getFastest(ModelClimbOptions().measuredStarts),
          ModelClimbOptions(), pool, random);
    // A fresh agent per plan: a persistent one collapses, from 3000 distinct
    // states a plan to 300 in six plans.
    AgentOptions agentOptions;
    std::vector<Configuration> elite = history.getFastest(eliteStarts), starts;
    for (int i = 0; i < agentOptions.episodes; ++i)
      starts.push_back(i % 2 ? elite[(i / 2) % elite.size()]
                             : space.sample(random));
    Agent(space, agentOptions, random.next()).explore(starts, pool);
  }

  /// One per cluster of the best-predicted, best-predicted first.
  std::vector<Configuration> getRepresentatives(const ScoredPool &pool) {
    std::vector<Configuration> best =
        pool.getBest(clustered, history.getKnown());
    int width = space.getNumFeatures();
    std::vector<float> points(best.size() * width);
    for (size_t i = 0; i < best.size(); ++i)
      space.encodeScaled(best[i], points.data() + i * width);
    std::vector<Configuration> result;
    std::vector<bool> used(best.size(), false);
    for (size_t index : pickFirstOfEachCluster(
             clusterPoints(points, width, numClusters, random.next()))) {
      result.push_back(best[index]);
      used[index] = true;
    }
    // Behind them the others, for batches that want more.
    for (size_t i = 0; i < best.size(); ++i)
      if (!used[i])
        result.push_back(best[i]);
    return result;
  }

  std::vector<Configuration> compose(ScoredPool &pool,
                                     const ScoreFunction &score) {
    size_t size = options.batch;
    std::vector<Configuration> neighbours =
        getBestNeighbours(space, history, 2 * size, incumbents, score);
    std::vector<Configuration> representatives = getRepresentatives(pool);
    std::vector<Configuration> plan;
    ConfigurationSet excluded = history.getKnown();
    auto takeFrom = [&](const std::vector<Configuration> &source,
                        size_t &position) {
      while (position < source.size())
        if (const Configuration &point = source[position++];
            excluded.insert(point).second) {
          plan.push_back(point);
          return true;
        }
      return false;
    };
    auto takeRandom = [&] {
      std::vector<Configuration> drawn =
          space.sampleDistinct(1, excluded, random);
      size_t first = 0;
      return takeFrom(drawn, first);
    };
    size_t neighbour = 0, representative = 0;
    while (plan.size() < size) {
      Source source = getSource(slot++);
      bool taken =
          (source == Source::Neighbour && takeFrom(neighbours, neighbour)) ||
          (source == Source::Random && takeRandom()) ||
          takeFrom(representatives, representative) ||
          takeFrom(neighbours, neighbour) || takeRandom();
      if (!taken)
        break;
    }
    return plan;
  }

  Random random;
  CostModel model;
  bool modelIsStale = true;
  size_t slot = 0;
};

} // namespace

std::unique_ptr<Strategy> chameleon::search::createChameleonStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<ChameleonStrategy>(space, history, options);
}
