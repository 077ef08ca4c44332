//===- CostModel.h - predicts the reward of configurations ------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Gradient-boosted trees (XGBoost) on the option indices (and, if wanted, on
// how often an option's value can be halved), after AutoTVM's XGBTuner with its
// regression loss, which the paper prefers to ranks ("we need regression of the
// true value over mere relative rank"). Once something has failed, a second
// booster predicts the probability that a configuration is valid, and the
// prediction is the product of both.
//
// Deterministic: one thread, exact splits, no subsampling.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_COSTMODEL_H
#define CHAMELEON_SEARCH_COSTMODEL_H

#include "chameleon/Search/History.h"
#include <memory>

namespace chameleon::search {

/// Sources: search-study.md section 6 (default), AutoTVM's XGBoostCostModel
/// (the `paper` values).
struct CostModelOptions {
  /// Boosting rounds (trees), at most. More: fits closer and costs 0.1 ms a
  /// tree and fit.
  int rounds = 100;
  /// Levels of a tree: how many knobs may interact. 3 in AutoTVM; 6 was no
  /// better in the study.
  int depth = 3;
  /// Share of each tree's correction that is applied. Smaller: smoother, needs
  /// more rounds.
  double learningRate = 0.3;
  /// Loss reduction that a split must bring (reward squared). AutoTVM: 1e-4.
  double minimalSplitGain = 1e-4;
  /// L2 penalty of leaf values. XGBoost's and AutoTVM's 1.
  double leafPenalty = 1;
  /// Stop after so many rounds without a better recall of the `recallTop` best
  /// trials (rounds; 0: never stop early). AutoTVM: 20 of 64, with 8000 rounds
  /// at most.
  int recallPatience = 0;
  int recallTop = 64;
  /// Features that tell how often a value can be halved (KnobScales.h), beside
  /// the index. AutoTVM has none.
  bool halvings = false;
};

class CostModel {
public:
  CostModel(const Space &space, const CostModelOptions &options);
  ~CostModel();

  /// Learns from all trials, anew. Returns false, and cannot predict, while
  /// there is no success. Throws std::runtime_error if XGBoost fails.
  bool fit(const History &history);
  bool isFitted() const;
  /// Predicted reward (1: as fast as the best so far) times probability of
  /// being valid, per configuration.
  std::vector<float>
  predict(const std::vector<Configuration> &configurations) const;
  /// Only the second factor; 1 while nothing has failed.
  std::vector<float>
  predictValidity(const std::vector<Configuration> &configurations) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// Mean over n = 1..top of the share of the n truly best that are among the n
/// predicted best: AutoTVM's "a-recall".
double getAverageRecall(const std::vector<float> &predicted,
                        const std::vector<float> &actual, int top);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_COSTMODEL_H
