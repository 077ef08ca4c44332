//===- PlannedStrategy.cpp - plans of 64, as in AutoTVM -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlannedStrategy.h"
#include "chameleon/Search/ModeSynthesis.h"
#include "chameleon/Search/SimulatedAnnealing.h"

using namespace chameleon::search;

/// Measurements before the first model, and size of the plan that the sampler
/// reduces. AutoTVM's plan_size. Smaller: refitted more often, which alone
/// saves measurements (search-study.md, section 3).
static constexpr size_t planSize = 64;
/// int(0.05 * 64) configurations of every plan are random: AutoTVM's. More:
/// less is lost to a model that is wrong.
static constexpr size_t randomShare = planSize / 20;
/// Knobs that span the space of the clustering: the paper's code. More:
/// clusters also differ in small knobs.
static constexpr size_t clusteredKnobs = 2;

CostModelOptions PlannedStrategy::getModelOptions() {
  CostModelOptions options;
  options.rounds = 8000;
  options.recallPatience = 20;
  return options;
}

std::vector<Configuration> PlannedStrategy::propose() {
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

std::vector<Configuration> PlannedStrategy::drawStarts(int count) {
  std::vector<Configuration> starts;
  for (int i = 0; i < count; ++i)
    starts.push_back(space.sample(random));
  return starts;
}

void PlannedStrategy::exploreByAnnealing(ScoredPool &pool) {
  AnnealingOptions annealing;
  if (chains.empty())
    chains = drawStarts(annealing.chains);
  anneal(space, chains, annealing, history.getKnown(), pool, random);
}

void PlannedStrategy::exploreByAgent(const AgentLibrary &library,
                                     ScoredPool &pool) {
  if (!agent)
    agent = std::make_unique<Agent>(library, space, AgentOptions::paper(),
                                    options.seed);
  agent->explore(drawStarts(AgentOptions::paper().episodes), pool);
}

std::vector<Configuration>
PlannedStrategy::sampleBest(const ScoredPool &pool) const {
  return pool.getBest(planSize - randomShare, history.getKnown());
}

std::vector<Configuration>
PlannedStrategy::sampleClusters(const ScoredPool &pool) {
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
