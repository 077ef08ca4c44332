//===- ChameleonPaperStrategy.cpp - the search as published
//--------------------------------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chameleon (ICLR 2020) as in the paper and, where it is silent, the authors'
// code: 64 random measurements; then rounds of XGBoost, one exploration by a
// persistent agent with the published stop rule, k-means over the two largest
// knobs with the knee rule, mode synthesis, and 5 % of the 64 planned
// configurations at random. `batch` and `initial` are ignored: the paper fixes
// both. Illegal configurations are never proposed; the paper measures them.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include "chameleon/Search/Agent.h"
#include "chameleon/Search/CostModel.h"
#include "chameleon/Search/ModeSynthesis.h"

using namespace chameleon::search;

namespace {

/// Measurements before the first model, and size of the plan that the sampler
/// reduces. AutoTVM's plan_size.
constexpr size_t planSize = 64;
/// int(0.05 * 64) configurations of every plan are random.
constexpr size_t randomShare = planSize / 20;
/// Knobs that span the space of the clustering.
constexpr size_t clusteredKnobs = 2;

CostModelOptions getModelOptions() {
  CostModelOptions options;
  options.rounds = 8000;
  options.recallPatience = 20;
  return options;
}

class ChameleonPaperStrategy : public Strategy {
public:
  ChameleonPaperStrategy(const Space &space, const History &history,
                         const SearchOptions &options)
      : Strategy(space, history, options), random(options.seed, /*stream=*/3),
        model(space, getModelOptions()),
        agent(space, AgentOptions::paper(), options.seed) {}

  void learn() override { modelIsStale = true; }

  std::vector<Configuration> propose() override {
    size_t told = history.getTrials().size();
    if (modelIsStale && told >= planSize) {
      model.fit(history);
      modelIsStale = false;
    }
    if (!model.isFitted())
      return space.sampleDistinct(told < planSize ? planSize - told : planSize,
                                  history.getKnown(), random);

    ScoredPool pool(space, [this](const std::vector<Configuration> &points) {
      return model.predict(points);
    });
    std::vector<Configuration> starts;
    for (int i = 0; i < AgentOptions::paper().episodes; ++i)
      starts.push_back(space.sample(random));
    agent.explore(starts, pool);
    std::vector<Configuration> plan =
        sample(pool.getBest(planSize, history.getKnown()));
    ConfigurationSet excluded = history.getKnown();
    excluded.insert(plan.begin(), plan.end());
    for (Configuration &point :
         space.sampleDistinct(randomShare, excluded, random))
      plan.push_back(std::move(point));
    return plan;
  }

private:
  std::vector<Configuration>
  sample(const std::vector<Configuration> &candidates) {
    if (candidates.empty())
      return {};
    std::vector<int> knobs = getLargestKnobs(space, clusteredKnobs);
    std::vector<float> points;
    for (const Configuration &candidate : candidates)
      for (int knob : knobs)
        points.push_back(static_cast<float>(candidate[knob]));
    Clusters clusters = clusterByKnee(points, static_cast<int>(knobs.size()),
                                      KneeOptions(), random.next());
    return synthesize(space, candidates, clusters, knobs, history.getKnown(),
                      random);
  }

  Random random;
  CostModel model;
  Agent agent;
  bool modelIsStale = true;
};

} // namespace

std::unique_ptr<Strategy> chameleon::search::createChameleonPaperStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<ChameleonPaperStrategy>(space, history, options);
}
