//===- AutoTVMStrategy.cpp - AutoTVM's search -----------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Source: tvm.autotvm XGBTuner (Chen et al., "Learning to optimize tensor
// programs", NeurIPS 2018): simulated annealing on boosted trees over the
// knobs, the 61 best-predicted of each plan are measured. The reference that
// the other strategies are compared with.
//
// Constants: plans and random share in PlannedStrategy.cpp, annealing in
// SimulatedAnnealing.h, trees in CostModel.h.
//
//===----------------------------------------------------------------------===//

#include "PlannedStrategy.h"

using namespace chameleon::search;

namespace {
class AutoTVMStrategy final : public PlannedStrategy {
public:
  using PlannedStrategy::PlannedStrategy;

private:
  void explore(ScoredPool &pool) override { exploreByAnnealing(pool); }
  std::vector<Configuration> sample(const ScoredPool &pool) override {
    return sampleBest(pool);
  }
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createAutoTVMStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<AutoTVMStrategy>(space, history, options);
}
