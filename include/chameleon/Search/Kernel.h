//===- Kernel.h - how alike configurations run ------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Matern 5/2 with a length per scale of a knob (KnobScales.h), learned by
// maximum a posteriori.
//
// Related tasks are one more knob each: their trials stand at a distance from
// the task's own that is learned like any length, so that one which does not
// agree is soon ignored (after Swersky et al., "Multi-task Bayesian
// optimization"). Two related tasks are as far apart as both are from the own.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_KERNEL_H
#define CHAMELEON_SEARCH_KERNEL_H

#include "chameleon/Search/KnobScales.h"

namespace chameleon::search {

struct KernelOptions {
  /// Steps of Rprop on the log posterior per fit, each from where the last fit
  /// ended. More: follows a few trials too closely (15: a tenth more
  /// measurements); fewer: 3 and half the candidates together took 8 % more to
  /// 90 %.
  int steps = 6;
  /// Prior of a knob's length, in units of its whole range: log-normal around
  /// this value times the square root of the number of scales (Hvarfner et al.,
  /// "Vanilla Bayesian optimization performs great in high dimensions").
  double length = 0.2;
  double lengthSpread = 1.0; ///< standard deviation of its logarithm
  /// Smallest variance of the noise, of 1 for the spread of all times.
  double minimalNoise = 1e-4;
  /// Prior of the squared distance to a related task, log-normal as well. 0.25:
  /// equal configurations of two tasks correlate by 0.83. Larger: slower to
  /// believe a source.
  double relatedDistance = 0.25;
};

/// What was measured somewhere.
struct Observation {
  const Configuration *configuration;
  size_t task; ///< 0: the own; else the n-th related one
  double target;
};

class Kernel {
public:
  Kernel(const Space &space, const KernelOptions &options);

  /// Learns the lengths, the signal and the noise. Cost grows with the cube: 1
  /// ms a step for 96 observations.
  void fit(const std::vector<Observation> &observations);
  /// Covariances are asked between any configuration and these; what `fit` has
  /// changed counts from here on.
  void setTraining(const std::vector<Observation> &observations);
  /// Of a configuration of a task with each training point, noise not among it.
  void getCovariances(const Configuration &point, size_t task,
                      double *covariances) const;
  /// Of two configurations of the own task.
  double getCovariance(const Configuration &left,
                       const Configuration &right) const;
  double getSignal() const { return signal; } ///< of equal configurations
  double getNoise() const;
  /// The length of each knob, the shortest of its scales; a large one: the knob
  /// does not matter.
  std::vector<double> getLengths() const;

private:
  double getPrior() const; ///< of the lengths, as they stand in `parameters`
  /// So many related tasks have parameters of their own.
  void addTasks(const std::vector<Observation> &observations);
  void step(const std::vector<double> &gradient);
  /// Weighted squared distance of two options of a knob.
  double getSquare(int knob, int32_t left, int32_t right) const;
  double getTabulated(int knob, int32_t left, int32_t right) const;

  const Space &space;
  KernelOptions options;
  std::vector<KnobScale> scales;
  /// Logarithms: 1 / length^2 of each scale, signal, noise, squared distance of
  /// each related task.
  std::vector<double> parameters, stepSizes, lastGradient;
  double signal = 1;
  size_t count = 0; ///< training points
  /// By knob: the weighted squared distance of any two options, and of any
  /// option to each training point. Empty for a knob of many options.
  std::vector<std::vector<double>> tables, distances;
  std::vector<int32_t> trainingOptions; ///< knob by knob
  /// By task: the squared distance of each training point's task.
  std::vector<std::vector<double>> fromTask;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_KERNEL_H
