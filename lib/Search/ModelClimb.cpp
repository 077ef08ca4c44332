//===- ModelClimb.cpp - beam hill climb on the cost model -----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ModelClimb.h"
#include <algorithm>

using namespace chameleon::search;

void chameleon::search::climb(const Space &space,
                              const std::vector<Configuration> &measured,
                              const ModelClimbOptions &options,
                              ScoredPool &pool, Random &random) {
  pool.score(space.sampleDistinct(options.randomStarts, {}, random));
  pool.score(measured);
  ConfigurationSet expanded;
  for (int round = 0; round < options.rounds; ++round) {
    std::vector<Configuration> frontier;
    for (const Configuration &point : pool.getBest(options.beam, {})) {
      if (!expanded.insert(point).second)
        continue;
      std::vector<Configuration> neighbours = space.getNeighbours(point);
      frontier.insert(frontier.end(), neighbours.begin(), neighbours.end());
    }
    if (frontier.empty())
      break;
    if (frontier.size() > options.neighbours) {
      random.shuffle(frontier);
      frontier.resize(options.neighbours);
    }
    pool.score(frontier);
  }
}
