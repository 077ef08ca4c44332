//===- ModeSynthesis.cpp - configurations made up from a set --------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ModeSynthesis.h"
#include <algorithm>
#include <map>
#include <numeric>

using namespace chameleon::search;

Configuration
chameleon::search::getMode(const std::vector<Configuration> &configurations) {
  Configuration mode(configurations.front().size());
  for (size_t knob = 0; knob < mode.size(); ++knob) {
    std::map<int32_t, int> counts;
    for (const Configuration &configuration : configurations)
      ++counts[configuration[knob]];
    mode[knob] = std::max_element(counts.begin(), counts.end(),
                                  [](const auto &left, const auto &right) {
                                    return left.second < right.second;
                                  })
                     ->first;
  }
  return mode;
}

std::vector<int> chameleon::search::getLargestKnobs(const Space &space,
                                                    size_t count) {
  std::vector<int> knobs(space.getNumKnobs());
  std::iota(knobs.begin(), knobs.end(), 0);
  std::stable_sort(knobs.begin(), knobs.end(), [&](int left, int right) {
    return space.getNumOptions(left) > space.getNumOptions(right);
  });
  knobs.resize(std::min(count, knobs.size()));
  std::sort(knobs.begin(), knobs.end());
  return knobs;
}

std::vector<Configuration> chameleon::search::synthesize(
    const Space &space, const std::vector<Configuration> &candidates,
    const Clusters &clusters, const std::vector<int> &knobs,
    const ConfigurationSet &known, Random &random) {
  constexpr int redraws = 32;
  std::vector<Configuration> result;
  ConfigurationSet made;
  Configuration overallMode =
      candidates.empty() ? Configuration() : getMode(candidates);
  std::vector<std::vector<Configuration>> members(clusters.count);
  for (size_t i = 0; i < candidates.size(); ++i)
    members[clusters.assignment[i]].push_back(candidates[i]);

  for (int cluster = 0; cluster < clusters.count; ++cluster) {
    if (members[cluster].empty())
      continue;
    auto accept = [&](const Configuration &point) {
      if (!space.isInRange(point) || !space.isLegal(point) ||
          known.count(point) || !made.insert(point).second)
        return false;
      result.push_back(point);
      return true;
    };
    auto withCentroid = [&](Configuration point) {
      for (size_t i = 0; i < knobs.size(); ++i)
        point[knobs[i]] = static_cast<int32_t>(
            clusters.centroids[cluster * knobs.size() + i]);
      return point;
    };
    Configuration clusterMode = getMode(members[cluster]);
    if (accept(withCentroid(members[cluster].front())) ||
        accept(withCentroid(overallMode)) || accept(clusterMode) ||
        accept(overallMode))
      continue;
    for (int draw = 0; draw < redraws; ++draw) {
      Configuration point(space.getNumKnobs());
      for (size_t knob = 0; knob < point.size(); ++knob)
        point[knob] = candidates[random.below(candidates.size())][knob];
      if (accept(withCentroid(point)) || accept(point))
        break;
    }
  }
  return result;
}
