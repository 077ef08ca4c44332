//===- PlannedStrategies.cpp - the search as published, and AutoTVM -------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Four strategies share one loop: 64 random measurements; then rounds of
// XGBoost, an explorer of its predictions, a sampler of what the explorer likes
// best, and 5 % of the 64 planned configurations at random.
//
//              greedy (61 best)  adaptive (k-means, knee rule, mode synthesis)
//   annealing  autotvm           sa-sampling
//   agent      rl-greedy         chameleon-paper (ICLR 2020; where it is
//                                silent, the authors' code)
//
// `batch` and `initial` are ignored: AutoTVM and the paper fix both. Illegal
// configurations are never proposed; both would measure them. Sources:
// tvm.autotvm XGBTuner; github.com/anony-sub/chameleon rl_tuner.py and
// adaptive_sampler.py.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include "chameleon/Search/Agent.h"
#include "chameleon/Search/CostModel.h"
#include "chameleon/Search/ModeSynthesis.h"
#include "chameleon/Search/SimulatedAnnealing.h"

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

enum class Explorer { Annealing, Agent };
enum class Sampler { Greedy, Adaptive };

class PlannedStrategy : public Strategy {
public:
  PlannedStrategy(const Space &space, const History &history,
                  const SearchOptions &options, Explorer explorer,
                  Sampler sampler)
      : Strategy(space, history, options), sampler(sampler),
        random(options.seed, /*stream=*/3), model(space, getModelOptions()) {
    if (explorer == Explorer::Agent)
      agent =
          std::make_unique<Agent>(space, AgentOptions::paper(), options.seed);
  }

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
    explore(pool);
    std::vector<Configuration> plan = sample(pool);
    ConfigurationSet excluded = history.getKnown();
    excluded.insert(plan.begin(), plan.end());
    for (Configuration &point :
         space.sampleDistinct(randomShare, excluded, random))
      plan.push_back(std::move(point));
    return plan;
  }

private:
  std::vector<Configuration> drawStarts(int count) {
    std::vector<Configuration> starts;
    for (int i = 0; i < count; ++i)
      starts.push_back(space.sample(random));
    return starts;
  }

  void explore(ScoredPool &pool) {
    if (agent) {
      agent->explore(drawStarts(AgentOptions::paper().episodes), pool);
      return;
    }
    AnnealingOptions annealing;
    if (chains.empty())
      chains = drawStarts(annealing.chains);
    anneal(space, chains, annealing, history.getKnown(), pool, random);
  }

  std::vector<Configuration> sample(const ScoredPool &pool) {
    if (sampler == Sampler::Greedy)
      return pool.getBest(planSize - randomShare, history.getKnown());
    std::vector<Configuration> candidates =
        pool.getBest(planSize, history.getKnown());
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

  Sampler sampler;
  Random random;
  CostModel model;
  std::unique_ptr<Agent> agent;      // null: annealing
  std::vector<Configuration> chains; // of the annealing, kept between plans
  bool modelIsStale = true;
};

} // namespace

#define CHAMELEON_PLANNED(NAME, EXPLORER, SAMPLER)                             \
  std::unique_ptr<Strategy> chameleon::search::create##NAME##Strategy(         \
      const Space &space, const History &history,                              \
      const SearchOptions &options) {                                          \
    return std::make_unique<PlannedStrategy>(                                  \
        space, history, options, Explorer::EXPLORER, Sampler::SAMPLER);        \
  }
CHAMELEON_PLANNED(AutoTVM, Annealing, Greedy)
CHAMELEON_PLANNED(AnnealingSampling, Annealing, Adaptive)
CHAMELEON_PLANNED(AgentGreedy, Agent, Greedy)
CHAMELEON_PLANNED(ChameleonPaper, Agent, Adaptive)
