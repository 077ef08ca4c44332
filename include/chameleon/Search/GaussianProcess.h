//===- GaussianProcess.h - predictions that know how sure they are -*- C++ -*-//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Gaussian process over configurations: Matern 5/2 kernel with a length per
// knob, hyper-parameters by maximum a posteriori, expected improvement, batches
// by believing the prediction of what was picked before (Ginsbourger et al.,
// "kriging believer"). Beside the trees of CostModel it brings uncertainty, and
// smoothness where trees see steps.
//
//   GaussianProcess process(space, GaussianProcessOptions());
//   process.fit(history);
//   std::vector<Configuration> batch = process.pick(candidates, weights, 8);
//
// Limits: all successes are kept, the cost of a fit is cubic in
// `trainingLimit` and that of a pick quadratic. Deterministic: plain loops in
// double precision, one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_GAUSSIANPROCESS_H
#define CHAMELEON_SEARCH_GAUSSIANPROCESS_H

#include "chameleon/Search/History.h"

namespace chameleon::search {

struct GaussianProcessOptions {
  /// Trials in the process: the fastest, and of the others an even choice.
  /// More: knows more of the slow part; cost of a pick grows with the square.
  size_t trainingLimit = 160;
  /// Trials that the hyper-parameters are fitted on. Cost grows with the cube:
  /// 1 ms a step for 96.
  size_t fittingLimit = 80;
  /// Steps of Rprop on the log posterior per fit, each from where the last fit
  /// ended.
  int steps = 6;
  /// Prior of a knob's length, in units of its whole range: log-normal around
  /// this value times the square root of the number of knobs (Hvarfner et al.,
  /// "Vanilla Bayesian optimization performs great in high dimensions").
  double length = 0.2;
  double lengthSpread = 1.0; ///< standard deviation of its logarithm
  /// Smallest variance of the noise, of 1 for the spread of all times.
  double minimalNoise = 1e-4;
};

class GaussianProcess {
public:
  GaussianProcess(const Space &space, const GaussianProcessOptions &options);

  /// Learns from the successes. False, and not fitted, for fewer than two.
  bool fit(const History &history);
  bool isFitted() const { return !factor.empty(); }

  struct Prediction {
    double mean, deviation; ///< in units of the standardised target; low: fast
  };
  std::vector<Prediction>
  predict(const std::vector<Configuration> &configurations) const;
  /// Only the means: linear in the number of trials instead of quadratic.
  std::vector<double>
  predictMeans(const std::vector<Configuration> &configurations) const;
  /// Expected improvement on the best, of standardised targets.
  std::vector<double>
  getExpectedImprovement(const std::vector<Prediction> &predictions) const;
  /// Up to `count` indices of `candidates` by expected improvement times
  /// `weights` (probabilities of being valid), each pick believed before the
  /// next.
  std::vector<size_t> pick(const std::vector<Configuration> &candidates,
                           const std::vector<float> &weights,
                           size_t count) const;
  /// The length of each knob; a large one: the knob does not matter.
  std::vector<double> getLengths() const;

private:
  double getKernel(const Configuration &left, const Configuration &right) const;
  double getSquaredDistance(size_t knob, int32_t left, int32_t right) const;
  void fitParameters(const std::vector<Configuration> &points,
                     const std::vector<double> &targets);
  /// Kernel between configurations and the training points, by `tables`.
  double getTrainingKernel(const Configuration &point, size_t index) const;
  /// One row per candidate: the solution of L v = k.
  void project(const std::vector<Configuration> &candidates,
               std::vector<double> &projections,
               std::vector<Prediction> &predictions) const;

  const Space &space;
  GaussianProcessOptions options;
  /// Logarithms: 1 / length^2 of each knob, signal, noise.
  std::vector<double> parameters, stepSizes, lastGradient;
  std::vector<Configuration> training;
  std::vector<double> factor;  ///< lower triangle of Cholesky's, row-major
  std::vector<double> scaled;  ///< L^-1 y
  std::vector<double> weights; ///< K^-1 y
  double signal = 1;           ///< the kernel of equal configurations
  std::vector<std::vector<double>> tables; ///< weighted distances by knob
  double best = 0;                         ///< smallest target
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_GAUSSIANPROCESS_H
