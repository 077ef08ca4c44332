//===- Neighbours.cpp - one-knob neighbours of the fastest ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Neighbours.h"

using namespace chameleon::search;

std::vector<Configuration>
chameleon::search::getBestNeighbours(const Space &space, const History &history,
                                     size_t count, size_t incumbents,
                                     const ScoreFunction &score) {
  ScoredPool pool(space, score);
  for (const Configuration &incumbent : history.getFastest(incumbents))
    pool.score(space.getNeighbours(incumbent));
  return pool.getBest(count, history.getKnown());
}
