//===- GaussianProcess.cpp - predictions that know how sure they are ------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/GaussianProcess.h"
#include "chameleon/Search/Cholesky.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace chameleon::search;

namespace {

/// Options up to which a knob's distances are tabulated.
constexpr int largestTable = 128;

constexpr double rootFive = 2.2360679774997896;
constexpr double pi = 3.141592653589793;

/// Of the chance of a gain: candidates that are drawn from together, by their
/// own chance, and draws. More: resolves smaller chances; 10 ms for these.
constexpr size_t drawnTogether = 128;
constexpr int draws = 512;

/// Matern 5/2 of a squared distance, and its derivative by that.
double getMatern(double square) {
  double scaled = rootFive * std::sqrt(square);
  return (1 + scaled + scaled * scaled / 3) * std::exp(-scaled);
}
double getMaternSlope(double square) {
  double scaled = rootFive * std::sqrt(square);
  return -5.0 / 6 * (1 + scaled) * std::exp(-scaled);
}

} // namespace

GaussianProcess::GaussianProcess(const Space &space,
                                 const GaussianProcessOptions &options)
    : space(space), options(options), scales(getKnobScales(space)) {
  parameters.assign(scales.size(), getPrior());
  parameters.push_back(std::log(options.relatedDistance));
  parameters.push_back(0);              // signal
  parameters.push_back(std::log(1e-2)); // noise
  stepSizes.assign(parameters.size(), 0.2);
  lastGradient.assign(parameters.size(), 0);
}

double GaussianProcess::getPrior() const {
  return -2 * std::log(options.length *
                       std::sqrt(static_cast<double>(scales.size())));
}

std::vector<double> GaussianProcess::getLengths() const {
  std::vector<double> lengths(space.getNumKnobs(),
                              std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < scales.size(); ++i)
    lengths[scales[i].knob] =
        std::min(lengths[scales[i].knob], std::exp(-0.5 * parameters[i]));
  return lengths;
}

void GaussianProcess::fitParameters(
    const std::vector<Observation> &observations,
    const std::vector<double> &targets) {
  // The last of the lengths is that of the related tasks.
  size_t count = observations.size(), lengths = scales.size() + 1;
  std::vector<std::vector<double>> squares(
      lengths, std::vector<double>(count * count, 0));
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j < i; ++j) {
      for (size_t scale = 0; scale < scales.size(); ++scale) {
        int knob = scales[scale].knob;
        squares[scale][i * count + j] = scales[scale].getSquaredDistance(
            (*observations[i].configuration)[knob],
            (*observations[j].configuration)[knob]);
      }
      squares.back()[i * count + j] =
          observations[i].isRelated != observations[j].isRelated;
    }
  std::vector<double> matrix(count * count), distance(count * count),
      inverse(count * count), alpha(count);
  for (int step = 0; step < options.steps; ++step) {
    std::fill(distance.begin(), distance.end(), 0.0);
    for (size_t k = 0; k < lengths; ++k) {
      double weight = std::exp(parameters[k]);
      for (size_t i = 0; i < distance.size(); ++i)
        distance[i] += weight * squares[k][i];
    }
    double signal = std::exp(parameters[lengths]),
           noise = std::exp(parameters[lengths + 1]) + options.minimalNoise;
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
        for (size_t l = i; l < count; ++l)
          sum += rowI[l] * rowJ[l];
        double outer = alpha[i] * alpha[j] - sum;
        if (i == j) {
          signalGradient += 0.5 * outer * signal;
          noiseGradient += 0.5 * outer;
          continue;
        }
        double square = distance[i * count + j];
        signalGradient += outer * signal * getMatern(square);
        double slope = outer * signal * getMaternSlope(square);
        for (size_t k = 0; k < lengths; ++k)
          gradient[k] += slope * squares[k][i * count + j];
      }
    }
    for (size_t k = 0; k < lengths; ++k)
      gradient[k] = gradient[k] * std::exp(parameters[k]) -
                    (parameters[k] -
                     (k < scales.size() ? getPrior()
                                        : std::log(options.relatedDistance))) /
                        (4 * options.lengthSpread * options.lengthSpread);
    // Signal near the targets' variance of 1, noise small.
    gradient[lengths] = signalGradient - parameters[lengths];
    gradient[lengths + 1] = noiseGradient * std::exp(parameters[lengths + 1]) -
                            (parameters[lengths + 1] - std::log(1e-3)) / 4;
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
    for (size_t k = 0; k < lengths; ++k)
      parameters[k] = std::clamp(parameters[k], -9.0, 9.0);
    parameters[lengths] = std::clamp(parameters[lengths], -4.0, 4.0);
    parameters[lengths + 1] = std::clamp(parameters[lengths + 1], -12.0, 0.0);
  }
}

/// The fastest half of the room, and evenly of the rest.
static std::vector<const Trial *> thin(const std::vector<const Trial *> &all,
                                       size_t limit) {
  if (all.size() <= limit)
    return all;
  std::vector<const Trial *> result(all.begin(), all.begin() + limit / 2);
  size_t rest = all.size() - limit / 2, room = limit - limit / 2;
  for (size_t i = 0; i < room; ++i)
    result.push_back(all[limit / 2 + i * rest / room]);
  return result;
}

static std::vector<const Trial *>
sortSuccesses(const std::vector<Trial> &trials) {
  std::vector<const Trial *> result;
  for (const Trial &trial : trials)
    if (trial.succeeded)
      result.push_back(&trial);
  std::stable_sort(result.begin(), result.end(),
                   [](const Trial *left, const Trial *right) {
                     return left->seconds < right->seconds;
                   });
  return result;
}

/// What is added to the logarithm of a related task's times: the median
/// difference over what both have measured; else best stands for best.
static double getShift(const History &history,
                       const std::vector<const Trial *> &related) {
  std::vector<double> differences;
  for (const Trial *trial : related)
    if (const Trial *own = history.find(trial->configuration);
        own && own->succeeded)
      differences.push_back(std::log(own->seconds / trial->seconds));
  if (differences.empty())
    return std::log(history.getBest()->seconds / related.front()->seconds);
  auto middle = differences.begin() + differences.size() / 2;
  std::nth_element(differences.begin(), middle, differences.end());
  return *middle;
}

std::vector<GaussianProcess::Observation>
GaussianProcess::observe(const History &history) const {
  std::vector<Observation> result;
  std::vector<const Trial *> own = sortSuccesses(history.getTrials());
  if (own.size() < 2)
    return result;
  for (const Trial *trial : thin(own, options.trainingLimit))
    result.push_back({&trial->configuration, false, std::log(trial->seconds)});
  size_t tasks = history.getRelated().size(),
         room = std::min(options.relatedLimit,
                         options.trainingLimit - result.size());
  for (const std::vector<Trial> &task : history.getRelated()) {
    std::vector<const Trial *> trials = sortSuccesses(task);
    if (trials.empty())
      continue;
    double shift = getShift(history, trials);
    for (const Trial *trial : thin(trials, room / tasks))
      result.push_back(
          {&trial->configuration, true, std::log(trial->seconds) + shift});
  }
  return result;
}

bool GaussianProcess::fit(const History &history) {
  factor.clear();
  std::vector<Observation> observations = observe(history);
  if (observations.empty())
    return false;
  size_t count = observations.size();
  double mean = 0, variance = 0;
  for (const Observation &observation : observations)
    mean += observation.target / count;
  for (const Observation &observation : observations) {
    double difference = observation.target - mean;
    variance += difference * difference / count;
  }
  unit = std::sqrt(std::max(variance, 1e-12));
  std::vector<double> targets;
  training.clear();
  isRelated.clear();
  for (const Observation &observation : observations) {
    training.push_back(*observation.configuration);
    isRelated.push_back(observation.isRelated);
    targets.push_back((observation.target - mean) / unit);
  }
  best = targets.front();
  trainingOptions.clear();
  for (int knob = 0; knob < space.getNumKnobs(); ++knob)
    for (const Configuration &point : training)
      trainingOptions.push_back(point[knob]);

  // Every kind of observation keeps its share, the fastest half of the room.
  std::vector<Observation> chosen;
  std::vector<double> chosenTargets;
  size_t room = std::min(options.fittingLimit, count);
  for (size_t i = 0; i < room; ++i) {
    size_t half = count <= room ? count : room / 2,
           index = i < half
                       ? i
                       : half + (i - half) * (count - half) / (room - half);
    chosen.push_back(observations[index]);
    chosenTargets.push_back(targets[index]);
  }
  fitParameters(chosen, chosenTargets);

  signal = std::exp(parameters[scales.size() + 1]);
  relatedSquare = std::exp(parameters[scales.size()]);
  tables.assign(space.getNumKnobs(), {});
  for (int knob = 0; knob < space.getNumKnobs(); ++knob)
    if (int options = space.getNumOptions(knob); options <= largestTable)
      for (int left = 0; left < options; ++left)
        for (int right = 0; right < options; ++right)
          tables[knob].push_back(getSquare(knob, left, right));

  std::vector<double> matrix(count * count);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < i; ++j)
      matrix[i * count + j] =
          signal *
          getMatern(getSquare(training[i], training[j]) +
                    (isRelated[i] == isRelated[j] ? 0 : relatedSquare));
    matrix[i * count + i] = signal + getNoise();
  }
  if (!factorise(matrix, count))
    return false;
  factor = std::move(matrix);
  scaled = targets;
  solveLower(factor, count, scaled.data());
  weights = scaled;
  solveUpper(factor, count, weights.data());
  return true;
}

double GaussianProcess::getNoise() const {
  return std::exp(parameters.back()) + options.minimalNoise;
}

double GaussianProcess::getSquare(int knob, int32_t left, int32_t right) const {
  double square = 0;
  for (size_t i = 0; i < scales.size(); ++i)
    if (scales[i].knob == knob)
      square +=
          std::exp(parameters[i]) * scales[i].getSquaredDistance(left, right);
  return square;
}

double GaussianProcess::getSquare(const Configuration &left,
                                  const Configuration &right) const {
  double square = 0;
  for (int knob = 0; knob < space.getNumKnobs(); ++knob)
    square += tables[knob].empty()
                  ? getSquare(knob, left[knob], right[knob])
                  : tables[knob][left[knob] * space.getNumOptions(knob) +
                                 right[knob]];
  return square;
}

void GaussianProcess::getTrainingKernels(const Configuration &point,
                                         std::vector<double> &kernels) const {
  size_t count = training.size();
  kernels.assign(count, 0);
  for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
    const int32_t *options = trainingOptions.data() + knob * count;
    if (tables[knob].empty()) {
      for (size_t i = 0; i < count; ++i)
        kernels[i] += getSquare(knob, point[knob], options[i]);
      continue;
    }
    const double *row =
        tables[knob].data() + point[knob] * space.getNumOptions(knob);
    for (size_t i = 0; i < count; ++i)
      kernels[i] += row[options[i]];
  }
  for (size_t i = 0; i < count; ++i)
    kernels[i] =
        signal * getMatern(kernels[i] + (isRelated[i] ? relatedSquare : 0));
}

std::vector<double> GaussianProcess::predictMeans(
    const std::vector<Configuration> &configurations) const {
  std::vector<double> means, kernels;
  means.reserve(configurations.size());
  for (const Configuration &point : configurations) {
    getTrainingKernels(point, kernels);
    double mean = 0;
    for (size_t i = 0; i < kernels.size(); ++i)
      mean += weights[i] * kernels[i];
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
  std::vector<double> block(count * lanes), kernels;
  for (size_t begin = 0; begin < candidates.size(); begin += lanes) {
    size_t used = std::min(lanes, candidates.size() - begin);
    for (size_t lane = 0; lane < used; ++lane) {
      getTrainingKernels(candidates[begin + lane], kernels);
      for (size_t j = 0; j < count; ++j)
        block[j * lanes + lane] = kernels[j];
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
GaussianProcess::pick(std::vector<Configuration> candidates,
                      const std::vector<float> &weights, size_t count,
                      const std::vector<Configuration> &pending) const {
  size_t choices = candidates.size();
  candidates.insert(candidates.end(), pending.begin(), pending.end());
  std::vector<double> projections;
  std::vector<Prediction> predictions;
  project(candidates, projections, predictions);
  size_t width = training.size();
  std::vector<double> variances;
  for (const Prediction &prediction : predictions)
    variances.push_back(prediction.deviation * prediction.deviation);
  // What a believed one takes from the others' variance, one column for each.
  std::vector<std::vector<double>> columns;
  std::vector<bool> taken(candidates.size(), false);
  double target = best;
  auto believe = [&](size_t choice) {
    taken[choice] = true;
    target = std::min(target, predictions[choice].mean);
    double root = std::sqrt(variances[choice] + getNoise());
    std::vector<double> column(candidates.size(), 0);
    const double *chosen = projections.data() + choice * width;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (taken[i])
        continue;
      const double *row = projections.data() + i * width;
      double covariance =
          signal * getMatern(getSquare(candidates[i], candidates[choice]));
      for (size_t j = 0; j < width; ++j)
        covariance -= row[j] * chosen[j];
      for (const std::vector<double> &earlier : columns)
        covariance -= earlier[i] * earlier[choice];
      column[i] = covariance / root;
      variances[i] -= column[i] * column[i];
    }
    columns.push_back(std::move(column));
  };
  for (size_t i = choices; i < candidates.size(); ++i)
    believe(i);
  std::vector<size_t> picks;
  while (picks.size() < count) {
    double highest = -1;
    size_t choice = choices;
    for (size_t i = 0; i < choices; ++i) {
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
    if (choice == choices)
      break;
    picks.push_back(choice);
    believe(choice);
  }
  return picks;
}

double
GaussianProcess::getChanceOfGain(const std::vector<Configuration> &candidates,
                                 const std::vector<float> &validity,
                                 double gain, Random &random) const {
  std::vector<double> projections;
  std::vector<Prediction> predictions;
  project(candidates, projections, predictions);
  double threshold = best + std::log1p(-gain) / unit;
  std::vector<size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> heights;
  for (const Prediction &prediction : predictions)
    heights.push_back((threshold - prediction.mean) / prediction.deviation);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return heights[a] > heights[b]; });
  order.resize(std::min(order.size(), drawnTogether));

  // The posterior covariance of those, and its root.
  size_t count = order.size(), width = training.size();
  std::vector<double> root(count * count);
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j <= i; ++j) {
      const double *left = projections.data() + order[i] * width,
                   *right = projections.data() + order[j] * width;
      double covariance = signal * getMatern(getSquare(candidates[order[i]],
                                                       candidates[order[j]]));
      for (size_t k = 0; k < width; ++k)
        covariance -= left[k] * right[k];
      root[i * count + j] = covariance + (i == j ? 1e-6 : 0);
    }
  if (!factorise(root, count))
    return 1;
  int hits = 0;
  std::vector<double> normal(count);
  for (int draw = 0; draw < draws; ++draw) {
    for (double &value : normal)
      value = std::sqrt(-2 * std::log(1 - random.uniform())) *
              std::cos(2 * pi * random.uniform());
    bool hit = false;
    for (size_t i = 0; i < count && !hit; ++i) {
      double value = predictions[order[i]].mean;
      for (size_t k = 0; k <= i; ++k)
        value += root[i * count + k] * normal[k];
      hit = value < threshold && random.uniform() < validity[order[i]];
    }
    hits += hit;
  }
  return static_cast<double>(hits) / draws;
}
