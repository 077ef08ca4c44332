//===- AnnealingSamplingStrategy.cpp - the paper's sampler alone ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Source: the paper's ablation "SA + adaptive sampling" (Ahn et al., ICLR
// 2020): AutoTVM's annealing explores, k-means samples.
//
// Constants: plans and clustered knobs in PlannedStrategy.cpp, annealing in
// SimulatedAnnealing.h, trees in CostModel.h, the knee rule in Clustering.h.
//
//===----------------------------------------------------------------------===//

#include "PlannedStrategy.h"

using namespace chameleon::search;

namespace {
class AnnealingSamplingStrategy final : public PlannedStrategy {
public:
  using PlannedStrategy::PlannedStrategy;

private:
  void explore(ScoredPool &pool) override { exploreByAnnealing(pool); }
  std::vector<Configuration> sample(const ScoredPool &pool) override {
    return sampleClusters(pool);
  }
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createAnnealingSamplingStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<AnnealingSamplingStrategy>(space, history, options);
}
