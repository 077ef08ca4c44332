//===- Kernel.cpp - how alike configurations run --------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Kernel.h"
#include "chameleon/Search/Cholesky.h"
#include "chameleon/Search/Elementary.h"
#include <algorithm>
#include <limits>

using namespace chameleon::search;

namespace {

/// Options up to which a knob's distances are tabulated.
constexpr int largestTable = 128;
/// Of a logarithm, in the first step of Rprop.
constexpr double firstStep = 0.2;

/// Matern 5/2 of a squared distance, and its derivative by that.
struct Matern {
  double value, slope;
};
inline Matern getMatern(double square) {
  double scaled = 2.2360679774997896 * std::sqrt(square),
         decay = exponential(-scaled);
  return {(1 + scaled + scaled * scaled * (1.0 / 3)) * decay,
          -5.0 / 6 * (1 + scaled) * decay};
}

} // namespace

Kernel::Kernel(const Space &space, const KernelOptions &options)
    : space(space), options(options), scales(getKnobScales(space)) {
  parameters.assign(scales.size(), getPrior());
  parameters.push_back(0);               // signal
  parameters.push_back(logarithm(1e-2)); // noise
  stepSizes.assign(parameters.size(), firstStep);
  lastGradient.assign(parameters.size(), 0);
}

void Kernel::addTasks(const std::vector<Observation> &observations) {
  size_t tasks = 0;
  for (const Observation &observation : observations)
    tasks = std::max(tasks, observation.task);
  while (parameters.size() < scales.size() + 2 + tasks) {
    parameters.push_back(logarithm(options.relatedDistance));
    stepSizes.push_back(firstStep);
    lastGradient.push_back(0);
  }
}

double Kernel::getPrior() const {
  return -2 * logarithm(options.length *
                        std::sqrt(static_cast<double>(scales.size())));
}

std::vector<double> Kernel::getLengths() const {
  std::vector<double> lengths(space.getNumKnobs(),
                              std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < scales.size(); ++i)
    lengths[scales[i].knob] =
        std::min(lengths[scales[i].knob], exponential(-0.5 * parameters[i]));
  return lengths;
}

double Kernel::getNoise() const {
  return exponential(parameters[scales.size() + 1]) + options.minimalNoise;
}

void Kernel::fit(const std::vector<Observation> &observations) {
  addTasks(observations);
  size_t count = observations.size(), lengths = scales.size();
  std::vector<std::vector<double>> squares(
      lengths, std::vector<double>(count * count, 0));
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j < i; ++j) {
      for (size_t scale = 0; scale < lengths; ++scale) {
        int knob = scales[scale].knob;
        squares[scale][i * count + j] = scales[scale].getSquaredDistance(
            (*observations[i].configuration)[knob],
            (*observations[j].configuration)[knob]);
      }
    }
  // Distances of tasks, the own first; of two only where they differ.
  auto getTaskParameter = [&](size_t task) { return lengths + 1 + task; };
  std::vector<double> toTask(parameters.size() - lengths - 1, 0);
  std::vector<double> matrix(count * count), slopes(count * count),
      distance(count * count), inverse(count * count), alpha(count);
  for (int round = 0; round < options.steps; ++round) {
    std::fill(distance.begin(), distance.end(), 0.0);
    for (size_t k = 0; k < lengths; ++k) {
      double weight = exponential(parameters[k]);
      for (size_t i = 0; i < distance.size(); ++i)
        distance[i] += weight * squares[k][i];
    }
    for (size_t task = 1; task < toTask.size(); ++task)
      toTask[task] = exponential(parameters[getTaskParameter(task)]);
    for (size_t i = 0; i < count; ++i)
      for (size_t j = 0; j < i; ++j)
        if (observations[i].task != observations[j].task)
          distance[i * count + j] +=
              toTask[observations[i].task] + toTask[observations[j].task];
    double signal = exponential(parameters[lengths]), noise = getNoise();
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < i; ++j) {
        Matern matern = getMatern(distance[i * count + j]);
        matrix[i * count + j] = signal * matern.value;
        slopes[i * count + j] = signal * matern.slope;
      }
      matrix[i * count + i] = signal + noise;
      alpha[i] = observations[i].target;
    }
    std::vector<double> covariances = matrix;
    if (!factorise(matrix, count))
      return;
    solveLower(matrix, count, alpha.data());
    solveUpper(matrix, count, alpha.data());
    // Rows of L^-1, then K^-1 = L^-T L^-1 (lower triangle).
    std::fill(inverse.begin(), inverse.end(), 0.0);
    for (size_t column = 0; column < count; ++column) {
      // Column of L^-1, stored as a row.
      double *x = inverse.data() + column * count;
      x[column] = 1 / matrix[column * count + column];
      for (size_t row = column + 1; row < count; ++row) {
        const double *left = matrix.data() + row * count;
        x[row] = -dot(left + column, x + column, row - column) / left[row];
      }
    }
    std::vector<double> gradient(parameters.size(), 0);
    double signalGradient = 0, noiseGradient = 0;
    for (size_t i = 0; i < count; ++i) {
      const double *rowI = inverse.data() + i * count;
      for (size_t j = 0; j <= i; ++j) {
        const double *rowJ = inverse.data() + j * count;
        double outer = alpha[i] * alpha[j] - dot(rowI + i, rowJ + i, count - i);
        if (i == j) {
          signalGradient += 0.5 * outer * signal;
          noiseGradient += 0.5 * outer;
          continue;
        }
        signalGradient += outer * covariances[i * count + j];
        double slope = outer * slopes[i * count + j];
        for (size_t k = 0; k < lengths; ++k)
          gradient[k] += slope * squares[k][i * count + j];
        if (observations[i].task == observations[j].task)
          continue;
        for (size_t task : {observations[i].task, observations[j].task})
          if (task > 0)
            gradient[getTaskParameter(task)] += slope;
      }
    }
    auto addPrior = [&](size_t k, double prior) {
      gradient[k] = gradient[k] * exponential(parameters[k]) -
                    (parameters[k] - prior) /
                        (4 * options.lengthSpread * options.lengthSpread);
    };
    for (size_t k = 0; k < lengths; ++k)
      addPrior(k, getPrior());
    for (size_t task = 1; task < toTask.size(); ++task)
      addPrior(getTaskParameter(task), logarithm(options.relatedDistance));
    // Signal near the targets' variance of 1, noise small.
    gradient[lengths] = signalGradient - parameters[lengths];
    gradient[lengths + 1] =
        noiseGradient * exponential(parameters[lengths + 1]) -
        (parameters[lengths + 1] - logarithm(1e-3)) / 4;
    step(gradient);
  }
}

/// Of Rprop: only the gradient's signs count.
void Kernel::step(const std::vector<double> &gradient) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    double agreement = gradient[i] * lastGradient[i];
    stepSizes[i] = std::clamp(stepSizes[i] * (agreement > 0   ? 1.3
                                              : agreement < 0 ? 0.5
                                                              : 1),
                              0.01, 1.0);
    lastGradient[i] = agreement < 0 ? 0 : gradient[i];
    if (lastGradient[i] != 0)
      parameters[i] += lastGradient[i] > 0 ? stepSizes[i] : -stepSizes[i];
  }
  size_t lengths = scales.size();
  for (size_t k = 0; k < parameters.size(); ++k)
    parameters[k] = k == lengths       ? std::clamp(parameters[k], -4.0, 4.0)
                    : k == lengths + 1 ? std::clamp(parameters[k], -12.0, 0.0)
                                       : std::clamp(parameters[k], -9.0, 9.0);
}

double Kernel::getSquare(int knob, int32_t left, int32_t right) const {
  double square = 0;
  for (size_t i = 0; i < scales.size(); ++i)
    if (scales[i].knob == knob)
      square += exponential(parameters[i]) *
                scales[i].getSquaredDistance(left, right);
  return square;
}

double Kernel::getTabulated(int knob, int32_t left, int32_t right) const {
  return tables[knob].empty()
             ? getSquare(knob, left, right)
             : tables[knob][left * space.getNumOptions(knob) + right];
}

void Kernel::setTraining(const std::vector<Observation> &observations) {
  addTasks(observations); // not all of them need to have been fitted on
  count = observations.size();
  signal = exponential(parameters[scales.size()]);
  std::vector<double> toTask = {0};
  for (size_t i = scales.size() + 2; i < parameters.size(); ++i)
    toTask.push_back(exponential(parameters[i]));
  fromTask.assign(toTask.size(), {});
  for (size_t task = 0; task < toTask.size(); ++task)
    for (const Observation &observation : observations)
      fromTask[task].push_back(observation.task == task
                                   ? 0
                                   : toTask[observation.task] + toTask[task]);
  tables.assign(space.getNumKnobs(), {});
  distances.assign(space.getNumKnobs(), {});
  trainingOptions.clear();
  for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
    for (const Observation &observation : observations)
      trainingOptions.push_back((*observation.configuration)[knob]);
    int options = space.getNumOptions(knob);
    if (options > largestTable)
      continue;
    const int32_t *training = trainingOptions.data() + knob * count;
    for (int left = 0; left < options; ++left) {
      for (int right = 0; right < options; ++right)
        tables[knob].push_back(getSquare(knob, left, right));
      const double *row = tables[knob].data() + left * options;
      for (size_t i = 0; i < count; ++i)
        distances[knob].push_back(row[training[i]]);
    }
  }
}

void Kernel::getCovariances(const Configuration &point, size_t task,
                            double *covariances) const {
  const std::vector<double> &between = fromTask[task];
  std::copy(between.begin(), between.end(), covariances);
  for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
    if (tables[knob].empty()) {
      const int32_t *training = trainingOptions.data() + knob * count;
      for (size_t i = 0; i < count; ++i)
        covariances[i] += getSquare(knob, point[knob], training[i]);
      continue;
    }
    const double *row = distances[knob].data() + point[knob] * count;
    for (size_t i = 0; i < count; ++i)
      covariances[i] += row[i];
  }
  for (size_t i = 0; i < count; ++i)
    covariances[i] = signal * getMatern(covariances[i]).value;
}

double Kernel::getCovariance(const Configuration &left,
                             const Configuration &right) const {
  double square = 0;
  for (int knob = 0; knob < space.getNumKnobs(); ++knob)
    square += getTabulated(knob, left[knob], right[knob]);
  return signal * getMatern(square).value;
}
