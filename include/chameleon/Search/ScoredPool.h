//===- ScoredPool.h - what an explorer has looked at ------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Explorers (agent, hill climb, annealing) score through one pool per plan,
// which asks the cost model once per configuration and remembers what was seen,
// in the order in which it was.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_SCOREDPOOL_H
#define CHAMELEON_SEARCH_SCOREDPOOL_H

#include "chameleon/Search/Space.h"

namespace chameleon::search {

/// Scores of legal configurations, higher is better.
using ScoreFunction =
    std::function<std::vector<float>(const std::vector<Configuration> &)>;

class ScoredPool {
public:
  ScoredPool(const Space &space, ScoreFunction scorer)
      : space(space), scorer(std::move(scorer)) {}

  /// Scores in the order asked for. An illegal configuration scores 0.
  std::vector<float> score(const std::vector<Configuration> &configurations);
  /// Up to `count` legal configurations outside `excluded`, best first (equals:
  /// first seen first).
  std::vector<Configuration> getBest(size_t count,
                                     const ConfigurationSet &excluded) const;
  /// Distinct configurations scored, illegal ones included.
  size_t size() const { return order.size(); }

private:
  struct Entry {
    const Configuration *configuration;
    float score;
    bool legal;
  };

  const Space &space;
  ScoreFunction scorer;
  std::unordered_map<Configuration, size_t, ConfigurationHash> indices;
  std::vector<Entry> order;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_SCOREDPOOL_H
