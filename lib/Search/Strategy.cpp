//===- Strategy.cpp - the table of search algorithms ----------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"

using namespace chameleon::search;

namespace {
struct Entry {
  const char *name;
  std::unique_ptr<Strategy> (*create)(const Space &, const History &,
                                      const SearchOptions &);
};

const Entry strategies[] = {
    {"chameleon", createChameleonStrategy},
    {"chameleon-paper", createChameleonPaperStrategy},
    {"chameleon-without-agent", createChameleonWithoutAgentStrategy},
    {"autotvm", createAutoTVMStrategy},
    {"sa-sampling", createAnnealingSamplingStrategy},
    {"rl-greedy", createAgentGreedyStrategy},
    {"genetic", createGeneticStrategy},
    {"lfbo", createLFBOStrategy},
    {"random", createRandomStrategy},
    {"exhaustive", createExhaustiveStrategy},
};
} // namespace

const char *chameleon::search::getStrategyName(int index) {
  constexpr int count = sizeof(strategies) / sizeof(strategies[0]);
  return index >= 0 && index < count ? strategies[index].name : nullptr;
}

std::unique_ptr<Strategy>
chameleon::search::createStrategy(const std::string &name, const Space &space,
                                  const History &history,
                                  const SearchOptions &options) {
  for (const Entry &entry : strategies)
    if (name == entry.name)
      return entry.create(space, history, options);
  return nullptr;
}
