//===- RandomForest.h - bootstrapped regression trees -----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Breiman's random forest: each tree is grown to its end on a bootstrap sample,
// and looks at a random part of the features for each split, which minimises
// the weighted variance (for labels of 0 and 1 that is Gini's impurity). Labels
// of 0 and 1 make it a classifier that predicts probabilities.
//
//   RandomForest forest(RandomForestOptions(), seed);
//   forest.fit(features, width, targets, weights);
//   std::vector<float> means = forest.predict(features);
//
// Deterministic: own random numbers, plain loops. For up to a few thousand
// rows: a fit sorts every feature tried at every node.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_RANDOMFOREST_H
#define CHAMELEON_SEARCH_RANDOMFOREST_H

#include "chameleon/Search/Random.h"

namespace chameleon::search {

struct RandomForestOptions {
  /// Trees. More: smoother, proportionally slower. scikit-learn's 100.
  int trees = 100;
  /// Features tried for a split; 0: the square root of their number, as
  /// scikit-learn's classifier does.
  int features = 0;
};

class RandomForest {
public:
  RandomForest(const RandomForestOptions &options, uint64_t seed)
      : options(options), random(seed, /*stream=*/0xf02e57) {}

  /// `features`: row-major, `width` wide, one row a target. Replaces what was
  /// learnt before.
  void fit(const std::vector<float> &features, int width,
           const std::vector<float> &targets,
           const std::vector<float> &weights);
  bool isFitted() const { return !trees.empty(); }
  /// Mean over the trees, one per row.
  std::vector<float> predict(const std::vector<float> &features) const;
  /// The leaf that a row falls into, one per tree, row-major.
  std::vector<int> getLeaves(const std::vector<float> &features) const;
  int getNumTrees() const { return static_cast<int>(trees.size()); }

private:
  struct Node {
    int feature = -1; ///< -1: a leaf
    float threshold = 0, value = 0;
    int left = 0, right = 0; ///< rows of at most the threshold go left
  };
  using Tree = std::vector<Node>;
  struct Growth;

  int findLeaf(const Tree &tree, const float *row) const;

  RandomForestOptions options;
  Random random;
  int width = 0;
  std::vector<Tree> trees;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_RANDOMFOREST_H
