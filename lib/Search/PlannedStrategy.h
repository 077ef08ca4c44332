//===- PlannedStrategy.h - plans of 64, as in AutoTVM -----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Search. AutoTVM, the paper's search and its two ablations
// share one loop: 64 random measurements; then rounds of XGBoost, an explorer
// of its predictions, a sampler of what the explorer likes best, and 5 % of the
// 64 planned configurations at random. A strategy says which explorer and which
// sampler:
//
//              greedy (61 best)  adaptive (k-means, knee rule, mode synthesis)
//   annealing  autotvm           sa-sampling
//   agent      rl-greedy         chameleon-paper
//
// `batch` and `initial` are ignored: AutoTVM and the paper fix both. Illegal
// configurations are never proposed; both would measure them. Source:
// tvm.autotvm XGBTuner; the constants of its parts are in CostModel.h.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SEARCH_PLANNEDSTRATEGY_H
#define CHAMELEON_LIB_SEARCH_PLANNEDSTRATEGY_H

#include "Strategies.h"
#include "chameleon/Search/Agent.h"
#include "chameleon/Search/CostModel.h"

namespace chameleon::search {

class PlannedStrategy : public Strategy {
public:
  PlannedStrategy(const Space &space, const History &history,
                  const SearchOptions &options)
      : Strategy(space, history, options), random(options.seed, /*stream=*/3),
        model(space, getModelOptions()) {}

  void learn() final { modelIsStale = true; }
  std::vector<Configuration> propose() final;

protected:
  /// Scores configurations that the model may like in `pool`.
  virtual void explore(ScoredPool &pool) = 0;
  /// The plan, but for the random ones.
  virtual std::vector<Configuration> sample(const ScoredPool &pool) = 0;

  /// AutoTVM's explorer: chains that go on from plan to plan
  /// (SimulatedAnnealing.h has its constants).
  void exploreByAnnealing(ScoredPool &pool);
  /// The paper's: one agent that goes on learning, from random starts (Agent.h,
  /// AgentOptions::paper).
  void exploreByAgent(const AgentLibrary &library, ScoredPool &pool);
  /// AutoTVM's sampler: the best-predicted.
  std::vector<Configuration> sampleBest(const ScoredPool &pool) const;
  /// The paper's: k-means of the 64 best-predicted over the largest knobs, one
  /// configuration synthesised per cluster (Clustering.h, ModeSynthesis.h).
  std::vector<Configuration> sampleClusters(const ScoredPool &pool);

private:
  static CostModelOptions getModelOptions();
  std::vector<Configuration> drawStarts(int count);

  Random random;
  CostModel model;
  std::unique_ptr<Agent> agent;
  std::vector<Configuration> chains; // of the annealing
  bool modelIsStale = true;
};

} // namespace chameleon::search

#endif // CHAMELEON_LIB_SEARCH_PLANNEDSTRATEGY_H
