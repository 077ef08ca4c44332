//===- Neighbours.h - one-knob neighbours of the fastest --------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A quota of each batch: sequential hill climbing beat every model-based search
// of the study early on, and this is its share (search-study.md, section 3).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_NEIGHBOURS_H
#define CHAMELEON_SEARCH_NEIGHBOURS_H

#include "chameleon/Search/History.h"
#include "chameleon/Search/ScoredPool.h"

namespace chameleon::search {

/// The `count` best-scored legal unknown configurations that differ in one knob
/// from one of the `incumbents` fastest.
std::vector<Configuration> getBestNeighbours(const Space &space,
                                             const History &history,
                                             size_t count, size_t incumbents,
                                             const ScoreFunction &score);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_NEIGHBOURS_H
