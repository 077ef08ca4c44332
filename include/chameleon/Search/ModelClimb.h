//===- ModelClimb.h - beam hill climb on the cost model ---------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From random and measured starts, all one-knob neighbours of the `beam` best,
// a few rounds. In the search study it found 0.999 of the model's true 64 best
// at half the evaluations of anything else (search-study.md, section 4).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_MODELCLIMB_H
#define CHAMELEON_SEARCH_MODELCLIMB_H

#include "chameleon/Search/ScoredPool.h"

namespace chameleon::search {

/// Source: search-study.md section 6.
struct ModelClimbOptions {
  /// Random legal starts. More: less likely to miss a region, 2 us each for the
  /// model.
  int randomStarts = 2000;
  /// Fastest measured starts.
  int measuredStarts = 32;
  /// Configurations whose neighbours are scored in a round.
  int beam = 64;
  /// Neighbours scored in a round; beyond, a random part of them. Keeps spaces
  /// of many options affordable.
  size_t neighbours = 2048;
  /// Rounds; it stops earlier when the beam no longer changes.
  int rounds = 5;
};

/// Everything that is scored on the way stays in `pool`.
void climb(const Space &space, const std::vector<Configuration> &measured,
           const ModelClimbOptions &options, ScoredPool &pool, Random &random);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_MODELCLIMB_H
