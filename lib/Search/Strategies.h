//===- Strategies.h - factories of the search algorithms --------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SEARCH_STRATEGIES_H
#define CHAMELEON_LIB_SEARCH_STRATEGIES_H

#include "chameleon/Search/AgentLibrary.h"
#include "chameleon/Search/Strategy.h"

namespace chameleon::search {

#define CHAMELEON_STRATEGY(NAME)                                               \
  std::unique_ptr<Strategy> create##NAME##Strategy(                            \
      const Space &, const History &, const SearchOptions &);
CHAMELEON_STRATEGY(AnnealingSampling)
CHAMELEON_STRATEGY(AutoTVM)
CHAMELEON_STRATEGY(ChameleonWithoutAgent)
CHAMELEON_STRATEGY(Genetic)
CHAMELEON_STRATEGY(LFBO)
CHAMELEON_STRATEGY(Random)
CHAMELEON_STRATEGY(Exhaustive)
#undef CHAMELEON_STRATEGY

/// Those that have an agent.
#define CHAMELEON_AGENT_STRATEGY(NAME)                                         \
  std::unique_ptr<Strategy> create##NAME##Strategy(                            \
      const AgentLibrary &, const Space &, const History &,                    \
      const SearchOptions &);
CHAMELEON_AGENT_STRATEGY(AgentGreedy)
CHAMELEON_AGENT_STRATEGY(Chameleon)
CHAMELEON_AGENT_STRATEGY(ChameleonPaper)
#undef CHAMELEON_AGENT_STRATEGY

} // namespace chameleon::search

#endif // CHAMELEON_LIB_SEARCH_STRATEGIES_H
