//===- History.h - what a search has asked and been told --------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one record of a search that its strategy learns from. Rewards follow
// NeuroVectorizer (arXiv 1909.13639): a trial that failed or timed out counts
// as ten times slower than the baseline, so that failing is bad but comparable.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_HISTORY_H
#define CHAMELEON_SEARCH_HISTORY_H

#include "chameleon/Search/Space.h"

namespace chameleon::search {

struct Trial {
  Configuration configuration;
  bool succeeded = false; ///< measured; otherwise invalid or timed out
  double seconds = 0;     ///< run time if it succeeded
};

class History {
public:
  /// Slowness of a failed trial in units of the baseline's run time.
  static constexpr double failurePenalty = 10;

  /// `baselineSeconds`: 0 if unknown; then the first success is the baseline.
  explicit History(double baselineSeconds) : baseline(baselineSeconds) {}

  /// Takes a trial; a second one of the same configuration replaces the first.
  /// A success without a positive finite time counts as a failure.
  void tell(Trial trial);
  /// Takes trials of another task over the same knobs, which add to what was
  /// told of it before. They are no trials of this task: not known, not the
  /// best. `task` tells it from others; the one first told is the nearest.
  void tellRelated(int64_t task, std::vector<Trial> trials);
  void markAsked(const Configuration &configuration) {
    if (known.insert(configuration).second)
      pending.push_back(configuration);
  }
  /// Asked and not told yet, in the order asked.
  const std::vector<Configuration> &getPending() const { return pending; }

  /// Asked or told.
  bool isKnown(const Configuration &configuration) const {
    return known.count(configuration) != 0;
  }
  const ConfigurationSet &getKnown() const { return known; }
  /// One per told configuration, in the order in which they were first told.
  const std::vector<Trial> &getTrials() const { return trials; }
  /// What was told of a configuration; null: nothing.
  const Trial *find(const Configuration &configuration) const {
    auto entry = indices.find(configuration);
    return entry == indices.end() ? nullptr : &trials[entry->second];
  }
  /// Per related task its trials.
  const std::vector<std::vector<Trial>> &getRelated() const { return related; }
  size_t getNumSuccesses() const { return numSuccesses; }
  size_t getNumFailures() const { return trials.size() - numSuccesses; }
  /// The fastest success, the earlier of equals; null without one.
  const Trial *getBest() const { return best ? &trials[*best] : nullptr; }
  /// Up to `count` successes, fastest first (equals: earlier first).
  std::vector<Configuration> getFastest(size_t count) const;
  /// Throughput relative to the best so far: best seconds / seconds, in (0, 1].
  /// A failure has that of a run ten times as slow as the baseline, 0 while
  /// nothing has succeeded.
  double getReward(const Trial &trial) const;

private:
  double baseline;
  ConfigurationSet known;
  std::vector<Configuration> pending;
  std::vector<Trial> trials;
  std::vector<int64_t> relatedTasks; ///< by task, as `related`
  std::vector<std::vector<Trial>> related;
  std::unordered_map<Configuration, size_t, ConfigurationHash> indices;
  size_t numSuccesses = 0;
  std::optional<size_t> best; // index into trials
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_HISTORY_H
