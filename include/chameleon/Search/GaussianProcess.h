//===- GaussianProcess.h - predictions that know how sure they are -*- C++ -*-//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Gaussian process over configurations (Kernel.h): expected improvement,
// batches by believing the prediction of what was picked before (Ginsbourger et
// al., "kriging believer"). Beside the trees of CostModel it brings
// uncertainty, and smoothness where trees see steps.
//
//   GaussianProcess process(space, GaussianProcessOptions());
//   process.fit(history);
//   GaussianProcess::Candidates candidates;
//   process.add(points, candidates);
//   std::vector<size_t> batch = process.pick(candidates, weights, 8);
//
// Limits: the cost of a fit is cubic in `trainingLimit` and that of a pick
// quadratic. Deterministic: plain loops in double precision, one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_GAUSSIANPROCESS_H
#define CHAMELEON_SEARCH_GAUSSIANPROCESS_H

#include "chameleon/Search/History.h"
#include "chameleon/Search/Kernel.h"

namespace chameleon::search {

struct GaussianProcessOptions {
  /// Trials in the process: the fastest, and of the others an even choice.
  /// More: knows more of the slow part; cost of a pick grows with the square.
  size_t trainingLimit = 160;
  /// Of these at most so many of related tasks; own ones take their room. More:
  /// a better start; slower, and longer under the sway of a bad source.
  size_t relatedLimit = 48;
  /// Related tasks, those first told, that share this room. More: fewer trials
  /// of each; of sixty there would be none.
  size_t relatedTasks = 12;
  /// Trials that the kernel is fitted on.
  size_t fittingLimit = 80;
  KernelOptions kernel;
};

class GaussianProcess {
public:
  GaussianProcess(const Space &space, const GaussianProcessOptions &options);

  /// A failure counts as the slowest success. False, and not fitted, for fewer
  /// than two successes.
  bool fit(const History &history);
  bool isFitted() const { return !factor.empty(); }

  struct Prediction {
    double mean, deviation; ///< in units of the standardised target; low: fast
  };
  /// Configurations and what the last fit says of them.
  struct Candidates {
    std::vector<Configuration> points;
    std::vector<Prediction> predictions;
    /// Of each, the solution v of L v = k.
    std::vector<double> projections;
  };
  /// Predicts `points` and adds them to `candidates`, of the same fit.
  void add(const std::vector<Configuration> &points,
           Candidates &candidates) const;
  std::vector<Prediction>
  predict(const std::vector<Configuration> &configurations) const;
  /// Only the means: linear in the number of trials instead of quadratic.
  std::vector<double>
  predictMeans(const std::vector<Configuration> &configurations) const;
  /// Expected improvement on the best, of standardised targets.
  double getExpectedImprovement(const Prediction &prediction) const;
  /// Up to `count` indices of `candidates` by expected improvement times
  /// `weights` (probabilities of being valid), each pick believed before the
  /// next; what is `pending`, asked and not told yet, is believed before the
  /// first.
  std::vector<size_t>
  pick(Candidates candidates, const std::vector<float> &weights, size_t count,
       const std::vector<Configuration> &pending = {}) const;
  /// Probability that one of `points` would run in less than 1 - `gain` of
  /// the best time so far, by drawing from the posterior of the likeliest of
  /// them together. `validity`: probabilities of being valid.
  double getChanceOfGain(const std::vector<Configuration> &points,
                         const std::vector<float> &validity, double gain,
                         Random &random) const;
  /// The length of each knob, the shortest of its scales; a large one: the knob
  /// does not matter.
  std::vector<double> getLengths() const { return kernel.getLengths(); }

private:
  /// The own trials and, in what they leave of the room, related ones, each
  /// kind the fastest first.
  std::vector<Observation> observe(const History &history) const;

  GaussianProcessOptions options;
  Kernel kernel;
  size_t count = 0;            ///< training points
  std::vector<double> factor;  ///< lower triangle of Cholesky's, row-major
  std::vector<double> scaled;  ///< L^-1 y
  std::vector<double> weights; ///< K^-1 y
  double best = 0;             ///< smallest own target
  double unit = 1;             ///< of a target, in logarithms of the time
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_GAUSSIANPROCESS_H
