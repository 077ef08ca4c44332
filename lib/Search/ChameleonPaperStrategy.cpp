//===- ChameleonPaperStrategy.cpp - the search as published ---------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Source: Ahn et al., "Chameleon: Adaptive Code Optimization for Expedited Deep
// Neural Network Compilation", ICLR 2020, hyper-parameters of its table; where
// it is silent, the authors' code (github.com/anony-sub/chameleon, rl_tuner.py
// and adaptive_sampler.py). The agent explores, k-means samples.
//
// Constants: plans and clustered knobs in PlannedStrategy.cpp, agent in Agent.h
// (`AgentOptions::paper`), trees in CostModel.h, the knee rule in Clustering.h.
//
//===----------------------------------------------------------------------===//

#include "PlannedStrategy.h"

using namespace chameleon::search;

namespace {
class ChameleonPaperStrategy final : public PlannedStrategy {
public:
  ChameleonPaperStrategy(const AgentLibrary &library, const Space &space,
                         const History &history, const SearchOptions &options)
      : PlannedStrategy(space, history, options), library(library) {}

private:
  void explore(ScoredPool &pool) override { exploreByAgent(library, pool); }
  std::vector<Configuration> sample(const ScoredPool &pool) override {
    return sampleClusters(pool);
  }

  AgentLibrary library;
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createChameleonPaperStrategy(
    const AgentLibrary &library, const Space &space, const History &history,
    const SearchOptions &options) {
  return std::make_unique<ChameleonPaperStrategy>(library, space, history,
                                                  options);
}
