//===- ModeSynthesis.h - configurations made up from a set ------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The paper's sample synthesis (Algorithm 1): a centroid fixes the two knobs
// with most options, the others come from the candidates; what was visited
// already is replaced by the mode, the most frequent option of each knob.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_MODESYNTHESIS_H
#define CHAMELEON_SEARCH_MODESYNTHESIS_H

#include "chameleon/Search/Clustering.h"
#include "chameleon/Search/Space.h"

namespace chameleon::search {

/// The most frequent option of each knob (equals: the lower index).
/// `configurations` is not empty.
Configuration getMode(const std::vector<Configuration> &configurations);

/// The (up to) `count` knobs with most options, ascending; equals: the earlier
/// knob.
std::vector<int> getLargestKnobs(const Space &space, size_t count);

/// One new legal configuration per cluster of `candidates` (best first,
/// clustered by the option indices of `knobs`), fewer where none is found. In
/// turn it tries: the centroid (truncated) with the other knobs of the
/// cluster's best member; the centroid with the mode; the mode of the cluster;
/// the mode of all; up to 32 draws of each knob's option from random members.
std::vector<Configuration>
synthesize(const Space &space, const std::vector<Configuration> &candidates,
           const Clusters &clusters, const std::vector<int> &knobs,
           const ConfigurationSet &known, Random &random);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_MODESYNTHESIS_H
