//===- LFBOStrategy.cpp - a classifier instead of a regression ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Likelihood-free Bayesian optimisation (Song et al., ICML 2022) as Helion's
// LFBOPatternSearch does it (helion/autotuner/surrogate_pattern_search.py): a
// random forest learns which trials are among the fastest tenth, each weighted
// by how much faster it is than the threshold; failures are simply not among
// them. Candidates are random neighbours of the fastest; they are picked by
// probability, less their similarity to what the batch holds already.
//
// Different from Helion: the initial design has `initial` configurations
// instead of 100, batches have `batch` instead of a tenth of the neighbours, it
// does not stop by itself, and a neighbour changes up to `radius` knobs by up
// to `radius` steps (an unordered knob by any), Helion's rule for powers of
// two.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"
#include "chameleon/Search/RandomForest.h"
#include <algorithm>
#include <cmath>

using namespace chameleon::search;

namespace {

/// Share of the successes that count as good. Smaller: greedier. Helion's 0.1.
constexpr double quantile = 0.1;
/// Fastest configurations that are varied. More: wider, fewer draws near the
/// best. Helion's 5.
constexpr size_t copies = 5;
/// Random neighbours of each. More: a better pick, slower. Helion's 300.
constexpr int neighboursPerCopy = 300;
/// Knobs that differ, and steps of each. Larger: leaves local optima, ranges
/// further from what the forest knows. Helion's 2.
constexpr int radius = 2;
/// What a candidate loses, in probability, for sharing all leaves with the
/// batch. Larger: batches are more diverse. Helion's 1.
constexpr double similarityPenalty = 1;

class LFBOStrategy : public Strategy {
public:
  LFBOStrategy(const Space &space, const History &history,
               const SearchOptions &options)
      : Strategy(space, history, options), random(options.seed, /*stream=*/5),
        forest(RandomForestOptions(), options.seed) {}

  std::vector<Configuration> propose() override {
    int told = static_cast<int>(history.getTrials().size());
    if (told < options.initial)
      return space.sampleDistinct(options.initial - told, history.getKnown(),
                                  random);
    std::vector<Configuration> candidates = drawNeighbours();
    if (candidates.empty() || !fit())
      return space.sampleDistinct(options.batch, history.getKnown(), random);
    return select(candidates);
  }

private:
  std::vector<float> encode(const std::vector<Configuration> &points) const {
    int width = space.getNumFeatures();
    std::vector<float> features(points.size() * width);
    for (size_t i = 0; i < points.size(); ++i)
      space.encode(points[i], features.data() + i * width);
    return features;
  }

  /// False while all trials are alike.
  bool fit() {
    std::vector<double> times;
    for (const Trial &trial : history.getTrials())
      if (trial.succeeded)
        times.push_back(trial.seconds);
    if (times.empty())
      return false;
    std::sort(times.begin(), times.end());
    double threshold =
        times[static_cast<size_t>(quantile * (times.size() - 1))];
    std::vector<Configuration> points;
    std::vector<float> labels, weights;
    double goodWeight = 0;
    int good = 0;
    for (const Trial &trial : history.getTrials()) {
      bool isGood = trial.succeeded && trial.seconds <= threshold;
      double weight = 1;
      if (isGood) {
        weight = std::max(1e-5, threshold - trial.seconds);
        goodWeight += weight;
        ++good;
      }
      points.push_back(trial.configuration);
      labels.push_back(isGood);
      weights.push_back(static_cast<float>(weight));
    }
    if (good == static_cast<int>(points.size()))
      return false;
    // The mean weight of good ones is 1.
    for (size_t i = 0; i < points.size(); ++i)
      if (labels[i] > 0)
        weights[i] = static_cast<float>(weights[i] * good / goodWeight);
    forest.fit(encode(points), space.getNumFeatures(), labels, weights);
    return true;
  }

  std::vector<Configuration> drawNeighbours() {
    std::vector<Configuration> result;
    ConfigurationSet seen = history.getKnown();
    for (const Configuration &start : history.getFastest(copies))
      for (int i = 0; i < neighboursPerCopy; ++i) {
        Configuration point = start;
        for (uint64_t changes = 1 + random.below(radius); changes > 0;
             --changes) {
          auto knob = static_cast<int>(random.below(point.size()));
          int last = space.getNumOptions(knob) - 1;
          if (space.getKnobs()[knob].ordered)
            point[knob] =
                std::clamp(point[knob] - radius +
                               static_cast<int>(random.below(2 * radius + 1)),
                           0, last);
          else
            point[knob] = static_cast<int32_t>(random.below(last + 1));
        }
        if (space.isLegal(point) && seen.insert(point).second)
          result.push_back(std::move(point));
      }
    return result;
  }

  std::vector<Configuration>
  select(const std::vector<Configuration> &candidates) const {
    std::vector<float> features = encode(candidates),
                       probabilities = forest.predict(features);
    std::vector<int> leaves = forest.getLeaves(features);
    int trees = forest.getNumTrees();
    std::vector<double> similarity(candidates.size(), 0);
    std::vector<bool> taken(candidates.size(), false);
    std::vector<Configuration> plan;
    size_t size = std::min<size_t>(options.batch, candidates.size());
    while (plan.size() < size) {
      double highest = -HUGE_VAL;
      size_t choice = 0;
      for (size_t i = 0; i < candidates.size(); ++i) {
        double penalty =
            plan.empty() ? 0 : similarityPenalty * similarity[i] / plan.size();
        if (taken[i] || probabilities[i] - penalty <= highest)
          continue;
        highest = probabilities[i] - penalty;
        choice = i;
      }
      taken[choice] = true;
      plan.push_back(candidates[choice]);
      for (size_t i = 0; i < candidates.size(); ++i) {
        int common = 0;
        for (int tree = 0; tree < trees; ++tree)
          common += leaves[i * trees + tree] == leaves[choice * trees + tree];
        similarity[i] += static_cast<double>(common) / trees;
      }
    }
    return plan;
  }

  Random random;
  RandomForest forest;
};

} // namespace

std::unique_ptr<Strategy> chameleon::search::createLFBOStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<LFBOStrategy>(space, history, options);
}
