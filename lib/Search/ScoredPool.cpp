//===- ScoredPool.cpp - configurations that an explorer has looked at -----===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ScoredPool.h"
#include <algorithm>

using namespace chameleon::search;

std::vector<float>
ScoredPool::score(const std::vector<Configuration> &configurations) {
  std::vector<size_t> wanted;
  wanted.reserve(configurations.size());
  std::vector<Configuration> fresh;
  std::vector<size_t> freshIndices;
  for (const Configuration &point : configurations) {
    auto [entry, isNew] = indices.try_emplace(point, order.size());
    wanted.push_back(entry->second);
    if (!isNew)
      continue;
    bool legal = space.isLegal(point);
    order.push_back({&entry->first, 0.0f, legal});
    if (legal) {
      fresh.push_back(point);
      freshIndices.push_back(entry->second);
    }
  }
  std::vector<float> scores =
      fresh.empty() ? std::vector<float>() : scorer(fresh);
  for (size_t i = 0; i < fresh.size(); ++i)
    order[freshIndices[i]].score = scores[i];
  std::vector<float> result;
  result.reserve(wanted.size());
  for (size_t index : wanted)
    result.push_back(order[index].score);
  return result;
}

std::vector<Configuration>
ScoredPool::getBest(size_t count, const ConfigurationSet &excluded) const {
  std::vector<const Entry *> eligible;
  for (const Entry &entry : order)
    if (entry.legal && !excluded.count(*entry.configuration))
      eligible.push_back(&entry);
  std::stable_sort(eligible.begin(), eligible.end(),
                   [](const Entry *left, const Entry *right) {
                     return left->score > right->score;
                   });
  std::vector<Configuration> result;
  for (size_t i = 0; i < std::min(count, eligible.size()); ++i)
    result.push_back(*eligible[i]->configuration);
  return result;
}
