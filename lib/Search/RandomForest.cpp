//===- RandomForest.cpp - bootstrapped regression trees -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/RandomForest.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace chameleon::search;

/// Grows one tree.
struct RandomForest::Growth {
  const std::vector<float> &features, &targets, &weights;
  int width, tried;
  Random &random;
  Tree tree;

  struct Split {
    int feature = -1;
    float threshold = 0;
    double gain = 0;
  };

  /// The best threshold of one feature; rows come sorted by it.
  void improve(Split &best, int feature, const std::vector<int> &rows,
               double weight, double sum) const {
    double leftWeight = 0, leftSum = 0;
    for (size_t i = 0; i + 1 < rows.size(); ++i) {
      leftWeight += weights[rows[i]];
      leftSum += static_cast<double>(weights[rows[i]]) * targets[rows[i]];
      float value = features[rows[i] * width + feature],
            next = features[rows[i + 1] * width + feature];
      double rightWeight = weight - leftWeight;
      if (value == next || leftWeight <= 0 || rightWeight <= 0)
        continue;
      // What the split takes from the sum of squares.
      double rightSum = sum - leftSum,
             gain = leftSum * leftSum / leftWeight +
                    rightSum * rightSum / rightWeight - sum * sum / weight;
      if (gain > best.gain + 1e-12)
        best = {feature, value + (next - value) / 2, gain};
    }
  }

  int grow(std::vector<int> rows) {
    double weight = 0, sum = 0;
    for (int row : rows) {
      weight += weights[row];
      sum += static_cast<double>(weights[row]) * targets[row];
    }
    int index = static_cast<int>(tree.size());
    tree.emplace_back();
    tree[index].value = weight > 0 ? static_cast<float>(sum / weight) : 0;
    bool pure = std::all_of(rows.begin(), rows.end(), [&](int row) {
      return targets[row] == targets[rows.front()];
    });
    if (pure || weight <= 0)
      return index;
    std::vector<int> order(width);
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(order);
    Split best;
    // Like scikit-learn, go on past `tried` until something splits at all.
    for (int i = 0; i < width && (i < tried || best.feature < 0); ++i) {
      std::stable_sort(rows.begin(), rows.end(), [&](int left, int right) {
        return features[left * width + order[i]] <
               features[right * width + order[i]];
      });
      improve(best, order[i], rows, weight, sum);
    }
    if (best.feature < 0)
      return index;
    auto middle = std::stable_partition(rows.begin(), rows.end(), [&](int row) {
      return features[row * width + best.feature] <= best.threshold;
    });
    tree[index].feature = best.feature;
    tree[index].threshold = best.threshold;
    int left = grow({rows.begin(), middle});
    int right = grow({middle, rows.end()});
    tree[index].left = left;
    tree[index].right = right;
    return index;
  }
};

void RandomForest::fit(const std::vector<float> &features, int width,
                       const std::vector<float> &targets,
                       const std::vector<float> &weights) {
  this->width = width;
  trees.clear();
  if (targets.empty())
    return;
  int tried = options.features > 0
                  ? options.features
                  : std::max(1, static_cast<int>(std::sqrt(width)));
  for (int i = 0; i < options.trees; ++i) {
    std::vector<int> rows(targets.size());
    for (int &row : rows)
      row = static_cast<int>(random.below(targets.size()));
    Growth growth{features, targets, weights, width, tried, random, {}};
    growth.grow(std::move(rows));
    trees.push_back(std::move(growth.tree));
  }
}

int RandomForest::findLeaf(const Tree &tree, const float *row) const {
  int index = 0;
  while (tree[index].feature >= 0)
    index = row[tree[index].feature] <= tree[index].threshold
                ? tree[index].left
                : tree[index].right;
  return index;
}

std::vector<float>
RandomForest::predict(const std::vector<float> &features) const {
  size_t rows = width ? features.size() / width : 0;
  std::vector<float> result(rows, 0.0f);
  for (size_t row = 0; row < rows; ++row) {
    double sum = 0;
    for (const Tree &tree : trees)
      sum += tree[findLeaf(tree, features.data() + row * width)].value;
    result[row] = static_cast<float>(sum / std::max<size_t>(1, trees.size()));
  }
  return result;
}

std::vector<int>
RandomForest::getLeaves(const std::vector<float> &features) const {
  size_t rows = width ? features.size() / width : 0;
  std::vector<int> result;
  result.reserve(rows * trees.size());
  for (size_t row = 0; row < rows; ++row)
    for (const Tree &tree : trees)
      result.push_back(findLeaf(tree, features.data() + row * width));
  return result;
}
