//===- GaussianProcess.cpp - predictions that know how sure they are ------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/GaussianProcess.h"
#include <algorithm>
#include <cmath>
#include <numeric>

using namespace chameleon::search;

namespace {

/// Options up to which a knob's distances are tabulated.
constexpr int largestTable = 128;

constexpr double rootFive = 2.2360679774997896;

/// Matern 5/2 of a squared distance, and its derivative by that.
double getMatern(double square) {
  double scaled = rootFive * std::sqrt(square);
  return (1 + scaled + scaled * scaled / 3) * std::exp(-scaled);
}
double getMaternSlope(double square) {
  double scaled = rootFive * std::sqrt(square);
  return -5.0 / 6 * (1 + scaled) * std::exp(-scaled);
}

/// In place, lower triangle; false if the matrix is not positive definite.
bool factorise(std::vector<double> &matrix, size_t size) {
  for (size_t row = 0; row < size; ++row) {
    double *left = matrix.data() + row * size;
    for (size_t column = 0; column <= row; ++column) {
      const double *right = matrix.data() + column * size;
      double sum = left[column];
      for (size_t i = 0; i < column; ++i)
        sum -= left[i] * right[i];
      if (column < row)
        left[column] = sum / right[column];
      else if (sum <= 1e-12)
        return false;
      else
        left[row] = std::sqrt(sum);
    }
  }
  return true;
}

/// L x = b, in place.
void solveLower(const std::vector<double> &factor, size_t size, double *x) {
  for (size_t row = 0; row < size; ++row) {
    const double *left = factor.data() + row * size;
    double sum = x[row];
    for (size_t i = 0; i < row; ++i)
      sum -= left[i] * x[i];
    x[row] = sum / left[row];
  }
}

/// L^T x = b, in place.
void solveUpper(const std::vector<double> &factor, size_t size, double *x) {
  for (size_t row = size; row-- > 0;) {
    double value = x[row] / factor[row * size + row];
    x[row] = value;
    for (size_t i = 0; i < row; ++i)
      x[i] -= factor[row * size + i] * value;
  }
}

} // namespace

GaussianProcess::GaussianProcess(const Space &space,
                                 const GaussianProcessOptions &options)
    : space(space), options(options) {
  double length =
      options.length * std::sqrt(static_cast<double>(space.getNumKnobs()));
  parameters.assign(space.getNumKnobs(), -2 * std::log(length));
  parameters.push_back(0);              // signal
  parameters.push_back(std::log(1e-2)); // noise
  stepSizes.assign(parameters.size(), 0.2);
  lastGradient.assign(parameters.size(), 0);
}

double GaussianProcess::getSquaredDistance(size_t knob, int32_t left,
                                           int32_t right) const {
  if (!space.getKnobs()[knob].ordered)
    return left == right ? 0 : 1;
  double range = space.getNumOptions(static_cast<int>(knob)) - 1;
  double distance = range > 0 ? (left - right) / range : 0;
  return distance * distance;
}

double GaussianProcess::getKernel(const Configuration &left,
                                  const Configuration &right) const {
  double square = 0;
  for (size_t knob = 0; knob < left.size(); ++knob)
    if (left[knob] != right[knob])
      square += std::exp(parameters[knob]) *
                getSquaredDistance(knob, left[knob], right[knob]);
  return std::exp(parameters[left.size()]) * getMatern(square);
}

std::vector<double> GaussianProcess::getLengths() const {
  std::vector<double> lengths;
  for (int knob = 0; knob < space.getNumKnobs(); ++knob)
    lengths.push_back(std::exp(-0.5 * parameters[knob]));
  return lengths;
}

void GaussianProcess::fitParameters(const std::vector<Configuration> &points,
                                    const std::vector<double> &targets) {
  size_t count = points.size(), knobs = space.getNumKnobs();
  double prior =
      -2 * std::log(options.length * std::sqrt(static_cast<double>(knobs)));
  std::vector<std::vector<double>> squares(
      knobs, std::vector<double>(count * count, 0));
  for (size_t knob = 0; knob < knobs; ++knob)
    for (size_t i = 0; i < count; ++i)
      for (size_t j = 0; j < i; ++j)
        squares[knob][i * count + j] =
            getSquaredDistance(knob, points[i][knob], points[j][knob]);
  std::vector<double> matrix(count * count), distance(count * count),
      inverse(count * count), alpha(count);
  for (int step = 0; step < options.steps; ++step) {
    std::fill(distance.begin(), distance.end(), 0.0);
    for (size_t knob = 0; knob < knobs; ++knob) {
      double weight = std::exp(parameters[knob]);
      for (size_t i = 0; i < distance.size(); ++i)
        distance[i] += weight * squares[knob][i];
    }
    double signal = std::exp(parameters[knobs]),
           noise = std::exp(parameters[knobs + 1]) + options.minimalNoise;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < i; ++j)
        matrix[i * count + j] = signal * getMatern(distance[i * count + j]);
      matrix[i * count + i] = signal + noise;
    }
    if (!factorise(matrix, count))
      return;
    alpha = targets;
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
        double sum = 0;
        for (size_t i = column; i < row; ++i)
          sum -= left[i] * x[i];
        x[row] = sum / left[row];
      }
    }
    std::vector<double> gradient(parameters.size(), 0);
    double signalGradient = 0, noiseGradient = 0;
    for (size_t i = 0; i < count; ++i) {
      const double *rowI = inverse.data() + i * count;
      for (size_t j = 0; j <= i; ++j) {
        const double *rowJ = inverse.data() + j * count;
        double sum = 0;
        for (size_t k = i; k < count; ++k)
          sum += rowI[k] * rowJ[k];
        double outer = alpha[i] * alpha[j] - sum;
        if (i == j) {
          signalGradient += 0.5 * outer * signal;
          noiseGradient += 0.5 * outer;
          continue;
        }
        double square = distance[i * count + j];
        signalGradient += outer * signal * getMatern(square);
        double slope = outer * signal * getMaternSlope(square);
        for (size_t knob = 0; knob < knobs; ++knob)
          gradient[knob] += slope * squares[knob][i * count + j];
      }
    }
    for (size_t knob = 0; knob < knobs; ++knob)
      gradient[knob] = gradient[knob] * std::exp(parameters[knob]) -
                       (parameters[knob] - prior) /
                           (4 * options.lengthSpread * options.lengthSpread);
    // Signal near the targets' variance of 1, noise small.
    gradient[knobs] = signalGradient - parameters[knobs];
    gradient[knobs + 1] = noiseGradient * std::exp(parameters[knobs + 1]) -
                          (parameters[knobs + 1] - std::log(1e-3)) / 4;
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
    for (size_t knob = 0; knob < knobs; ++knob)
      parameters[knob] = std::clamp(parameters[knob], -9.0, 9.0);
    parameters[knobs] = std::clamp(parameters[knobs], -4.0, 4.0);
    parameters[knobs + 1] = std::clamp(parameters[knobs + 1], -12.0, 0.0);
  }
}

bool GaussianProcess::fit(const History &history) {
  factor.clear();
  std::vector<const Trial *> trials;
  for (const Trial &trial : history.getTrials())
    if (trial.succeeded)
      trials.push_back(&trial);
  if (trials.size() < 2)
    return false;
  std::stable_sort(trials.begin(), trials.end(),
                   [](const Trial *left, const Trial *right) {
                     return left->seconds < right->seconds;
                   });
  // The fastest half of the room, and evenly of the rest.
  auto thin = [](std::vector<const Trial *> all, size_t limit) {
    if (all.size() <= limit)
      return all;
    std::vector<const Trial *> result(all.begin(), all.begin() + limit / 2);
    size_t rest = all.size() - limit / 2, room = limit - limit / 2;
    for (size_t i = 0; i < room; ++i)
      result.push_back(all[limit / 2 + i * rest / room]);
    return result;
  };
  trials = thin(std::move(trials), options.trainingLimit);
  double fastest = trials.front()->seconds;
  auto getTarget = [&](const Trial *trial) {
    return std::log(trial->seconds / fastest);
  };
  double mean = 0, variance = 0;
  for (const Trial *trial : trials)
    mean += getTarget(trial) / trials.size();
  for (const Trial *trial : trials) {
    double difference = getTarget(trial) - mean;
    variance += difference * difference / trials.size();
  }
  double deviation = std::sqrt(std::max(variance, 1e-12));
  auto collect = [&](const std::vector<const Trial *> &chosen,
                     std::vector<Configuration> &points,
                     std::vector<double> &targets) {
    points.clear();
    targets.clear();
    for (const Trial *trial : chosen) {
      points.push_back(trial->configuration);
      targets.push_back((getTarget(trial) - mean) / deviation);
    }
  };
  std::vector<double> targets;
  collect(thin(trials, options.fittingLimit), training, targets);
  fitParameters(training, targets);
  collect(trials, training, targets);
  best = targets.front();

  size_t count = training.size();
  std::vector<double> matrix(count * count);
  double noise = std::exp(parameters.back()) + options.minimalNoise;
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j <= i; ++j)
      matrix[i * count + j] =
          getKernel(training[i], training[j]) + (i == j ? noise : 0);
  if (!factorise(matrix, count))
    return false;
  factor = std::move(matrix);
  scaled = targets;
  solveLower(factor, count, scaled.data());
  weights = scaled;
  solveUpper(factor, count, weights.data());
  signal = std::exp(parameters[space.getNumKnobs()]);
  tables.assign(space.getNumKnobs(), {});
  for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
    int count = space.getNumOptions(knob);
    if (count > largestTable)
      continue;
    for (int left = 0; left < count; ++left)
      for (int right = 0; right < count; ++right)
        tables[knob].push_back(std::exp(parameters[knob]) *
                               getSquaredDistance(knob, left, right));
  }
  return true;
}

double GaussianProcess::getTrainingKernel(const Configuration &point,
                                          size_t index) const {
  const Configuration &other = training[index];
  double square = 0;
  for (size_t knob = 0; knob < point.size(); ++knob)
    square +=
        tables[knob].empty()
            ? std::exp(parameters[knob]) *
                  getSquaredDistance(knob, point[knob], other[knob])
            : tables[knob]
                    [point[knob] * space.getNumOptions(static_cast<int>(knob)) +
                     other[knob]];
  return signal * getMatern(square);
}

std::vector<double> GaussianProcess::predictMeans(
    const std::vector<Configuration> &configurations) const {
  std::vector<double> means;
  means.reserve(configurations.size());
  for (const Configuration &point : configurations) {
    double mean = 0;
    for (size_t i = 0; i < training.size(); ++i)
      mean += weights[i] * getTrainingKernel(point, i);
    means.push_back(mean);
  }
  return means;
}

void GaussianProcess::project(const std::vector<Configuration> &candidates,
                              std::vector<double> &projections,
                              std::vector<Prediction> &predictions) const {
  size_t count = training.size();
  projections.resize(candidates.size() * count);
  predictions.resize(candidates.size());
  // Side by side, so that the triangular solve runs on vectors without
  // changing the order of any sum.
  constexpr size_t lanes = 8;
  std::vector<double> block(count * lanes);
  for (size_t begin = 0; begin < candidates.size(); begin += lanes) {
    size_t used = std::min(lanes, candidates.size() - begin);
    for (size_t j = 0; j < count; ++j)
      for (size_t lane = 0; lane < used; ++lane) {
        block[j * lanes + lane] =
            getTrainingKernel(candidates[begin + lane], j);
      }
    double means[lanes] = {}, explained[lanes] = {};
    for (size_t row = 0; row < count; ++row) {
      const double *left = factor.data() + row * count;
      double sums[lanes];
      for (size_t lane = 0; lane < lanes; ++lane)
        sums[lane] = block[row * lanes + lane];
      for (size_t i = 0; i < row; ++i)
        for (size_t lane = 0; lane < lanes; ++lane)
          sums[lane] -= left[i] * block[i * lanes + lane];
      for (size_t lane = 0; lane < lanes; ++lane) {
        double value = sums[lane] / left[row];
        block[row * lanes + lane] = value;
        means[lane] += value * scaled[row];
        explained[lane] += value * value;
      }
    }
    for (size_t lane = 0; lane < used; ++lane) {
      for (size_t j = 0; j < count; ++j)
        projections[(begin + lane) * count + j] = block[j * lanes + lane];
      predictions[begin + lane] = {
          means[lane], std::sqrt(std::max(signal - explained[lane], 1e-10))};
    }
  }
}

std::vector<GaussianProcess::Prediction> GaussianProcess::predict(
    const std::vector<Configuration> &configurations) const {
  std::vector<double> projections;
  std::vector<Prediction> predictions;
  project(configurations, projections, predictions);
  return predictions;
}

static double getImprovement(double best, double mean, double deviation) {
  double z = (best - mean) / deviation;
  double density = std::exp(-0.5 * z * z) * 0.3989422804014327,
         share = 0.5 * std::erfc(-z * 0.7071067811865476);
  return deviation * (z * share + density);
}

std::vector<double> GaussianProcess::getExpectedImprovement(
    const std::vector<Prediction> &predictions) const {
  std::vector<double> result;
  for (const Prediction &prediction : predictions)
    result.push_back(
        getImprovement(best, prediction.mean, prediction.deviation));
  return result;
}

std::vector<size_t>
GaussianProcess::pick(const std::vector<Configuration> &candidates,
                      const std::vector<float> &weights, size_t count) const {
  std::vector<double> projections;
  std::vector<Prediction> predictions;
  project(candidates, projections, predictions);
  size_t width = training.size();
  std::vector<double> variances;
  for (const Prediction &prediction : predictions)
    variances.push_back(prediction.deviation * prediction.deviation);
  // What a pick takes from the others' variance, one column per pick.
  std::vector<std::vector<double>> columns;
  std::vector<size_t> picks;
  std::vector<bool> taken(candidates.size(), false);
  double target = best;
  while (picks.size() < count) {
    double highest = -1;
    size_t choice = candidates.size();
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (taken[i])
        continue;
      double value =
          weights[i] * getImprovement(target, predictions[i].mean,
                                      std::sqrt(std::max(variances[i], 1e-10)));
      if (value > highest) {
        highest = value;
        choice = i;
      }
    }
    if (choice == candidates.size())
      break;
    picks.push_back(choice);
    taken[choice] = true;
    target = std::min(target, predictions[choice].mean);
    double noise = std::exp(parameters.back()) + options.minimalNoise,
           root = std::sqrt(variances[choice] + noise);
    std::vector<double> column(candidates.size(), 0);
    const double *chosen = projections.data() + choice * width;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (taken[i])
        continue;
      const double *row = projections.data() + i * width;
      double covariance = getKernel(candidates[i], candidates[choice]);
      for (size_t j = 0; j < width; ++j)
        covariance -= row[j] * chosen[j];
      for (const std::vector<double> &earlier : columns)
        covariance -= earlier[i] * earlier[choice];
      column[i] = covariance / root;
      variances[i] -= column[i] * column[i];
    }
    columns.push_back(std::move(column));
  }
  return picks;
}
