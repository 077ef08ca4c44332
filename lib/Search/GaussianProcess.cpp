//===- GaussianProcess.cpp - predictions that know how sure they are ------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/GaussianProcess.h"
#include "chameleon/Search/Cholesky.h"
#include "chameleon/Search/Elementary.h"
#include <algorithm>
#include <numeric>

using namespace chameleon::search;

/// Of the chance of a gain: candidates that are drawn from together, by their
/// own chance, and draws. More: resolves smaller chances; 10 ms for these.
static constexpr size_t drawnTogether = 128;
static constexpr int draws = 512;

GaussianProcess::GaussianProcess(const Space &space,
                                 const GaussianProcessOptions &options)
    : options(options), kernel(space, options.kernel) {}

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
      differences.push_back(logarithm(own->seconds / trial->seconds));
  if (differences.empty())
    return logarithm(history.getBest()->seconds / related.front()->seconds);
  auto middle = differences.begin() + differences.size() / 2;
  std::nth_element(differences.begin(), middle, differences.end());
  return *middle;
}

std::vector<Observation>
GaussianProcess::observe(const History &history) const {
  std::vector<Observation> result;
  std::vector<const Trial *> own = sortSuccesses(history.getTrials());
  if (own.size() < 2)
    return result;
  double slowest = logarithm(own.back()->seconds);
  for (const Trial &trial : history.getTrials())
    if (!trial.succeeded)
      own.push_back(&trial);
  for (const Trial *trial : thin(own, options.trainingLimit))
    result.push_back({&trial->configuration, /*task=*/0,
                      trial->succeeded ? logarithm(trial->seconds) : slowest});
  size_t tasks = std::min(history.getRelated().size(), options.relatedTasks),
         room = std::min(options.relatedLimit,
                         options.trainingLimit - result.size());
  for (size_t task = 0; task < tasks; ++task) {
    std::vector<const Trial *> trials =
        sortSuccesses(history.getRelated()[task]);
    if (trials.empty())
      continue;
    double shift = getShift(history, trials);
    for (const Trial *trial : thin(trials, room / tasks))
      result.push_back(
          {&trial->configuration, task + 1, logarithm(trial->seconds) + shift});
  }
  return result;
}

bool GaussianProcess::fit(const History &history) {
  factor.clear();
  std::vector<Observation> observations = observe(history);
  if (observations.empty())
    return false;
  count = observations.size();
  double mean = 0, variance = 0;
  for (const Observation &observation : observations)
    mean += observation.target / count;
  for (const Observation &observation : observations) {
    double difference = observation.target - mean;
    variance += difference * difference / count;
  }
  unit = std::sqrt(std::max(variance, 1e-12));
  for (Observation &observation : observations)
    observation.target = (observation.target - mean) / unit;
  best = observations.front().target;

  // Every kind of observation keeps its share, the fastest half of the room.
  std::vector<Observation> chosen;
  size_t room = std::min(options.fittingLimit, count);
  for (size_t i = 0; i < room; ++i) {
    size_t half = count <= room ? count : room / 2,
           index = i < half
                       ? i
                       : half + (i - half) * (count - half) / (room - half);
    chosen.push_back(observations[index]);
  }
  kernel.fit(chosen);
  kernel.setTraining(observations);

  std::vector<double> matrix(count * count);
  for (size_t i = 0; i < count; ++i) {
    kernel.getCovariances(*observations[i].configuration, observations[i].task,
                          matrix.data() + i * count);
    matrix[i * count + i] += kernel.getNoise();
  }
  if (!factorise(matrix, count))
    return false;
  factor = std::move(matrix);
  scaled.clear();
  for (const Observation &observation : observations)
    scaled.push_back(observation.target);
  solveLower(factor, count, scaled.data());
  weights = scaled;
  solveUpper(factor, count, weights.data());
  return true;
}

std::vector<double> GaussianProcess::predictMeans(
    const std::vector<Configuration> &configurations) const {
  std::vector<double> means, covariances(count);
  means.reserve(configurations.size());
  for (const Configuration &point : configurations) {
    kernel.getCovariances(point, /*task=*/0, covariances.data());
    means.push_back(dot(weights.data(), covariances.data(), count));
  }
  return means;
}

void GaussianProcess::add(const std::vector<Configuration> &points,
                          Candidates &candidates) const {
  // Side by side, so that the triangular solve runs on vectors without
  // changing the order of any sum.
  constexpr size_t lanes = 8;
  std::vector<double> block(count * lanes), covariances(count);
  std::vector<double> &projections = candidates.projections;
  for (size_t begin = 0; begin < points.size(); begin += lanes) {
    size_t used = std::min(lanes, points.size() - begin);
    for (size_t lane = 0; lane < used; ++lane) {
      kernel.getCovariances(points[begin + lane], /*task=*/0,
                            covariances.data());
      for (size_t j = 0; j < count; ++j)
        block[j * lanes + lane] = covariances[j];
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
    size_t end = projections.size();
    projections.resize(end + used * count);
    for (size_t lane = 0; lane < used; ++lane) {
      for (size_t j = 0; j < count; ++j)
        projections[end + lane * count + j] = block[j * lanes + lane];
      candidates.points.push_back(points[begin + lane]);
      candidates.predictions.push_back(
          {means[lane],
           std::sqrt(std::max(kernel.getSignal() - explained[lane], 1e-10))});
    }
  }
}

std::vector<GaussianProcess::Prediction> GaussianProcess::predict(
    const std::vector<Configuration> &configurations) const {
  Candidates candidates;
  add(configurations, candidates);
  return candidates.predictions;
}

static double getImprovement(double best, double mean, double deviation) {
  double z = (best - mean) / deviation;
  return deviation * (z * getNormalShare(z) + getNormalDensity(z));
}

double
GaussianProcess::getExpectedImprovement(const Prediction &prediction) const {
  return getImprovement(best, prediction.mean, prediction.deviation);
}

std::vector<size_t>
GaussianProcess::pick(Candidates candidates, const std::vector<float> &weights,
                      size_t count,
                      const std::vector<Configuration> &pending) const {
  size_t choices = candidates.points.size(), width = this->count;
  add(pending, candidates);
  const std::vector<Configuration> &points = candidates.points;
  const std::vector<Prediction> &predictions = candidates.predictions;
  const std::vector<double> &projections = candidates.projections;
  std::vector<double> variances;
  for (const Prediction &prediction : predictions)
    variances.push_back(prediction.deviation * prediction.deviation);
  // What a believed one takes from the others' variance, one column for each.
  std::vector<std::vector<double>> columns;
  std::vector<bool> taken(points.size(), false);
  double target = best;
  auto believe = [&](size_t choice) {
    taken[choice] = true;
    target = std::min(target, predictions[choice].mean);
    double root = std::sqrt(variances[choice] + kernel.getNoise());
    std::vector<double> column(points.size(), 0);
    const double *chosen = projections.data() + choice * width;
    for (size_t i = 0; i < points.size(); ++i) {
      if (taken[i])
        continue;
      const double *row = projections.data() + i * width;
      double covariance = kernel.getCovariance(points[i], points[choice]) -
                          dot(row, chosen, width);
      for (const std::vector<double> &earlier : columns)
        covariance -= earlier[i] * earlier[choice];
      column[i] = covariance / root;
      variances[i] -= column[i] * column[i];
    }
    columns.push_back(std::move(column));
  };
  for (size_t i = choices; i < points.size(); ++i)
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

/// Marsaglia's polar method.
static double drawNormal(Random &random) {
  double x, square;
  do {
    x = 2 * random.uniform() - 1;
    double y = 2 * random.uniform() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  return x * std::sqrt(-2 * logarithm(square) / square);
}

double
GaussianProcess::getChanceOfGain(const std::vector<Configuration> &points,
                                 const std::vector<float> &validity,
                                 double gain, Random &random) const {
  Candidates candidates;
  add(points, candidates);
  const std::vector<Prediction> &predictions = candidates.predictions;
  const std::vector<double> &projections = candidates.projections;
  double threshold = best + logarithm(1 - gain) / unit;
  std::vector<size_t> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> heights;
  for (const Prediction &prediction : predictions)
    heights.push_back((threshold - prediction.mean) / prediction.deviation);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return heights[a] > heights[b]; });
  order.resize(std::min(order.size(), drawnTogether));

  // The posterior covariance of those, and its root.
  size_t count = order.size(), width = this->count;
  std::vector<double> root(count * count);
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j <= i; ++j) {
      const double *left = projections.data() + order[i] * width,
                   *right = projections.data() + order[j] * width;
      double covariance =
          kernel.getCovariance(points[order[i]], points[order[j]]);
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
      value = drawNormal(random);
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
