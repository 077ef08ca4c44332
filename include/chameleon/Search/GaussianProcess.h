//===- GaussianProcess.h - predictions that know how sure they are -*- C++ -*-//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Gaussian process over configurations: Matern 5/2 kernel with a length per
// scale of a knob (KnobScales.h), hyper-parameters by maximum a posteriori,
// expected improvement, batches by believing the prediction of what was picked
// before (Ginsbourger et al., "kriging believer"). Beside the trees of
// CostModel it brings uncertainty, and smoothness where trees see steps.
//
// Related tasks are one more knob: their trials stand at a distance from the
// task's own that is learned like any length, so that a source which does not
// agree is soon ignored (after Swersky et al., "Multi-task Bayesian
// optimization").
//
//   GaussianProcess process(space, GaussianProcessOptions());
//   process.fit(history);
//   std::vector<Configuration> batch = process.pick(candidates, weights, 8);
//
// Limits: failures teach it nothing, the cost of a fit is cubic in
// `trainingLimit` and that of a pick quadratic. Deterministic: plain loops in
// double precision, one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_GAUSSIANPROCESS_H
#define CHAMELEON_SEARCH_GAUSSIANPROCESS_H

#include "chameleon/Search/History.h"
#include "chameleon/Search/KnobScales.h"

namespace chameleon::search {

struct GaussianProcessOptions {
  /// Trials in the process: the fastest, and of the others an even choice.
  /// More: knows more of the slow part; cost of a pick grows with the square.
  size_t trainingLimit = 160;
  /// Of these at most so many of related tasks; own ones take their room. More:
  /// a better start; slower, and longer under the sway of a bad source.
  size_t relatedLimit = 48;
  /// Trials that the hyper-parameters are fitted on. Cost grows with the cube:
  /// 1 ms a step for 96.
  size_t fittingLimit = 80;
  /// Steps of Rprop on the log posterior per fit, each from where the last fit
  /// ended.
  int steps = 6;
  /// Prior of a knob's length, in units of its whole range: log-normal around
  /// this value times the square root of the number of scales (Hvarfner et al.,
  /// "Vanilla Bayesian optimization performs great in high dimensions").
  double length = 0.2;
  double lengthSpread = 1.0; ///< standard deviation of its logarithm
  /// Smallest variance of the noise, of 1 for the spread of all times.
  double minimalNoise = 1e-4;
  /// Prior of the squared distance to related tasks, log-normal as well. 0.25:
  /// equal configurations of two tasks correlate by 0.83. Larger: slower to
  /// believe a source.
  double relatedDistance = 0.25;
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
  /// next; what is `pending`, asked and not told yet, is believed before the
  /// first.
  std::vector<size_t>
  pick(std::vector<Configuration> candidates, const std::vector<float> &weights,
       size_t count, const std::vector<Configuration> &pending = {}) const;
  /// Probability that one of `candidates` would run in less than 1 - `gain` of
  /// the best time so far, by drawing from the posterior of the likeliest of
  /// them together. `validity`: probabilities of being valid.
  double getChanceOfGain(const std::vector<Configuration> &candidates,
                         const std::vector<float> &validity, double gain,
                         Random &random) const;
  /// The length of each knob, the shortest of its scales; a large one: the knob
  /// does not matter.
  std::vector<double> getLengths() const;

private:
  struct Observation {
    const Configuration *configuration;
    bool isRelated;
    double target; ///< logarithm of the time, shifted for related tasks
  };
  /// The own trials and what they leave of the room, related ones, each kind
  /// the fastest first.
  std::vector<Observation> observe(const History &history) const;
  void fitParameters(const std::vector<Observation> &observations,
                     const std::vector<double> &targets);
  double getPrior() const; ///< of the lengths, as they stand in `parameters`
  double getNoise() const;
  /// Weighted squared distance of two options of a knob, two configurations.
  double getSquare(int knob, int32_t left, int32_t right) const;
  double getSquare(const Configuration &left, const Configuration &right) const;
  /// Kernels between a configuration of the own task and the training points.
  void getTrainingKernels(const Configuration &point,
                          std::vector<double> &kernels) const;
  /// One row per candidate: the solution of L v = k.
  void project(const std::vector<Configuration> &candidates,
               std::vector<double> &projections,
               std::vector<Prediction> &predictions) const;

  const Space &space;
  GaussianProcessOptions options;
  std::vector<KnobScale> scales;
  /// Logarithms: 1 / length^2 of each scale, squared distance of related tasks,
  /// signal, noise.
  std::vector<double> parameters, stepSizes, lastGradient;
  std::vector<Configuration> training;
  std::vector<int32_t> trainingOptions; ///< of them, knob by knob
  std::vector<char> isRelated;          ///< of each training point
  std::vector<double> factor;  ///< lower triangle of Cholesky's, row-major
  std::vector<double> scaled;  ///< L^-1 y
  std::vector<double> weights; ///< K^-1 y
  double signal = 1;           ///< the kernel of equal configurations
  std::vector<std::vector<double>> tables; ///< weighted distances by knob
  double relatedSquare = 0;                ///< distance to related tasks
  double best = 0;                         ///< smallest own target
  double unit = 1; ///< of a target, in logarithms of the time
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_GAUSSIANPROCESS_H
