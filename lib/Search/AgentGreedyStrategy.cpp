//===- AgentGreedyStrategy.cpp - the paper's agent without its sampler ----===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Source: the paper's ablation "RL" (Ahn et al., ICLR 2020): the agent
// explores, the 61 best-predicted of each plan are measured.
//
// Constants: plans and random share in PlannedStrategy.cpp, agent in Agent.h
// (`AgentOptions::paper`), trees in CostModel.h.
//
//===----------------------------------------------------------------------===//

#include "PlannedStrategy.h"

using namespace chameleon::search;

namespace {
class AgentGreedyStrategy final : public PlannedStrategy {
public:
  AgentGreedyStrategy(const AgentLibrary &library, const Space &space,
                      const History &history, const SearchOptions &options)
      : PlannedStrategy(space, history, options), library(library) {}

private:
  void explore(ScoredPool &pool) override { exploreByAgent(library, pool); }
  std::vector<Configuration> sample(const ScoredPool &pool) override {
    return sampleBest(pool);
  }

  AgentLibrary library;
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createAgentGreedyStrategy(
    const AgentLibrary &library, const Space &space, const History &history,
    const SearchOptions &options) {
  return std::make_unique<AgentGreedyStrategy>(library, space, history,
                                               options);
}
