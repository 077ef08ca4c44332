//===- CostModel.cpp - predicts the reward of configurations --------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/CostModel.h"
#include "chameleon/Search/KnobScales.h"
#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <xgboost/c_api.h>

using namespace chameleon::search;

namespace {

void check(int status) {
  if (status != 0)
    throw std::runtime_error(std::string("xgboost: ") + XGBGetLastError());
}

/// Owns a training matrix and a booster on it.
class Booster {
public:
  Booster(const std::vector<float> &features, int width,
          const std::vector<float> &targets, const char *objective,
          const CostModelOptions &options)
      : width(width) {
    try {
      check(XGDMatrixCreateFromMat(features.data(), targets.size(), width,
                                   std::numeric_limits<float>::quiet_NaN(),
                                   &matrix));
      check(XGDMatrixSetFloatInfo(matrix, "label", targets.data(),
                                  targets.size()));
      check(XGBoosterCreate(&matrix, 1, &handle));
      set("objective", objective);
      set("booster", "gbtree");
      set("tree_method", "exact");
      set("nthread", "1");
      set("seed", "0");
      set("verbosity", "0");
      set("disable_default_eval_metric", "1");
      set("max_depth", std::to_string(options.depth));
      set("eta", std::to_string(options.learningRate));
      set("gamma", std::to_string(options.minimalSplitGain));
      set("lambda", std::to_string(options.leafPenalty));
      train(features, targets, options);
    } catch (...) {
      release();
      throw;
    }
  }
  ~Booster() { release(); }
  Booster(const Booster &) = delete;
  Booster &operator=(const Booster &) = delete;

  std::vector<float> predict(const std::vector<float> &features) const {
    size_t rows = features.size() / width;
    if (rows == 0)
      return {};
    std::string array =
        "{\"data\":[" +
        std::to_string(reinterpret_cast<uintptr_t>(features.data())) +
        ",true],\"shape\":[" + std::to_string(rows) + "," +
        std::to_string(width) + "],\"typestr\":\"<f4\",\"version\":3}";
    const char *config =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_"
        "end\":0,"
        "\"strict_shape\":false,\"missing\":NaN,\"cache_id\":0}";
    const bst_ulong *shape = nullptr;
    bst_ulong rank = 0;
    const float *values = nullptr;
    check(XGBoosterPredictFromDense(handle, array.c_str(), config, nullptr,
                                    &shape, &rank, &values));
    return std::vector<float>(values, values + rows);
  }

private:
  void set(const char *name, const std::string &value) {
    check(XGBoosterSetParam(handle, name, value.c_str()));
  }

  void train(const std::vector<float> &features,
             const std::vector<float> &targets,
             const CostModelOptions &options) {
    double bestRecall = -1;
    int bestRound = 0;
    for (int round = 0; round < options.rounds; ++round) {
      check(XGBoosterUpdateOneIter(handle, round, matrix));
      if (options.recallPatience == 0)
        continue;
      double recall =
          getAverageRecall(predict(features), targets, options.recallTop);
      if (recall > bestRecall) {
        bestRecall = recall;
        bestRound = round;
      } else if (round - bestRound >= options.recallPatience) {
        break;
      }
    }
  }

  void release() {
    if (handle)
      XGBoosterFree(handle);
    if (matrix)
      XGDMatrixFree(matrix);
  }

  int width;
  DMatrixHandle matrix = nullptr;
  BoosterHandle handle = nullptr;
};

} // namespace

double chameleon::search::getAverageRecall(const std::vector<float> &predicted,
                                           const std::vector<float> &actual,
                                           int top) {
  int count = std::min<int>(top, static_cast<int>(actual.size()));
  if (count == 0)
    return 0;
  auto rank = [](const std::vector<float> &values) {
    std::vector<int> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int left, int right) {
      return values[left] > values[right];
    });
    std::vector<int> ranks(values.size());
    for (size_t i = 0; i < order.size(); ++i)
      ranks[order[i]] = static_cast<int>(i);
    return ranks;
  };
  std::vector<int> predictedRank = rank(predicted), actualRank = rank(actual);
  // A point is among both first n from n = the worse of its two ranks (plus
  // one) on.
  std::vector<int> enters(count + 1, 0);
  for (size_t i = 0; i < actual.size(); ++i)
    ++enters[std::min(count, std::max(predictedRank[i], actualRank[i]))];
  double sum = 0;
  int common = 0;
  for (int n = 1; n <= count; ++n) {
    common += enters[n - 1];
    sum += static_cast<double>(common) / n;
  }
  return sum / count;
}

struct CostModel::Impl {
  const Space &space;
  CostModelOptions options;
  std::unique_ptr<Booster> reward, validity;
  std::vector<std::vector<double>> halvings; ///< by knob; empty: no feature
  int width;

  Impl(const Space &space, const CostModelOptions &options)
      : space(space), options(options), width(space.getNumFeatures()) {
    for (const Knob &knob : space.getKnobs()) {
      halvings.push_back(options.halvings ? getHalvings(knob)
                                          : std::vector<double>());
      width += !halvings.back().empty();
    }
  }

  std::vector<float>
  encode(const std::vector<Configuration> &configurations) const {
    std::vector<float> features(configurations.size() * width);
    float *next = features.data();
    for (const Configuration &configuration : configurations) {
      space.encode(configuration, next);
      next += space.getNumFeatures();
      for (size_t knob = 0; knob < halvings.size(); ++knob)
        if (!halvings[knob].empty())
          *next++ = static_cast<float>(halvings[knob][configuration[knob]]);
    }
    return features;
  }
};

CostModel::CostModel(const Space &space, const CostModelOptions &options)
    : impl(new Impl(space, options)) {}
CostModel::~CostModel() = default;

bool CostModel::isFitted() const { return impl->reward != nullptr; }

bool CostModel::fit(const History &history) {
  impl->reward.reset();
  impl->validity.reset();
  if (history.getNumSuccesses() == 0)
    return false;
  std::vector<Configuration> configurations;
  std::vector<float> rewards, valid;
  for (const Trial &trial : history.getTrials()) {
    configurations.push_back(trial.configuration);
    rewards.push_back(static_cast<float>(history.getReward(trial)));
    valid.push_back(trial.succeeded ? 1.0f : 0.0f);
  }
  std::vector<float> features = impl->encode(configurations);
  int width = impl->width;
  impl->reward = std::make_unique<Booster>(features, width, rewards,
                                           "reg:squarederror", impl->options);
  if (history.getNumFailures() != 0) {
    CostModelOptions options = impl->options;
    options.recallPatience =
        0; // recall of the best says nothing about validity
    options.rounds = std::min(options.rounds, CostModelOptions().rounds);
    impl->validity = std::make_unique<Booster>(features, width, valid,
                                               "binary:logistic", options);
  }
  return true;
}

std::vector<float> CostModel::predictValidity(
    const std::vector<Configuration> &configurations) const {
  if (!impl->validity)
    return std::vector<float>(configurations.size(), 1.0f);
  return impl->validity->predict(impl->encode(configurations));
}

std::vector<float>
CostModel::predict(const std::vector<Configuration> &configurations) const {
  std::vector<float> features = impl->encode(configurations);
  std::vector<float> result = impl->reward->predict(features);
  if (impl->validity) {
    std::vector<float> valid = impl->validity->predict(features);
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = std::max(0.0f, result[i]) * valid[i];
  }
  return result;
}
