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
  /// Instead of `create`, for a strategy that has an agent, and its counterpart
  /// which has none.
  std::unique_ptr<Strategy> (*createWithAgent)(const AgentLibrary &,
                                               const Space &, const History &,
                                               const SearchOptions &) = nullptr;
  const char *withoutAgent = nullptr;
};

const Entry strategies[] = {
    {"chameleon", nullptr, createChameleonStrategy, "chameleon-without-agent"},
    {"chameleon-paper", nullptr, createChameleonPaperStrategy, "sa-sampling"},
    {"chameleon-without-agent", createChameleonWithoutAgentStrategy},
    {"autotvm", createAutoTVMStrategy},
    {"sa-sampling", createAnnealingSamplingStrategy},
    {"rl-greedy", nullptr, createAgentGreedyStrategy, "autotvm"},
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

static std::unique_ptr<Strategy>
createWithAgent(const Entry &entry, const Space &space, const History &history,
                const SearchOptions &options, std::string &error) {
  std::string why;
  if (std::optional<AgentLibrary> library = AgentLibrary::load(why))
    return entry.createWithAgent(*library, space, history, options);
  error = std::string("strategy '") + entry.name +
          "' has an agent, which needs LibTorch: " + why +
          "; strategy=" + entry.withoutAgent + " has none";
  return nullptr;
}

std::unique_ptr<Strategy> chameleon::search::createStrategy(
    const std::string &name, const Space &space, const History &history,
    const SearchOptions &options, std::string &error) {
  for (const Entry &entry : strategies)
    if (name == entry.name)
      return entry.create
                 ? entry.create(space, history, options)
                 : createWithAgent(entry, space, history, options, error);
  error = "unknown strategy '" + name + "', expected one of";
  for (const Entry &entry : strategies)
    error += std::string(&entry == strategies ? " " : ", ") + entry.name;
  return nullptr;
}
