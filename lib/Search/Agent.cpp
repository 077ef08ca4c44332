//===- Agent.cpp - the reinforcement-learning explorer --------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Agent.h"
#include <exception>
#include <stdexcept>

using namespace chameleon::search;

/// OpenBLAS counts its threads by itself; absent where another BLAS is linked.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);

static std::vector<int32_t>
flatten(const std::vector<Configuration> &configurations) {
  std::vector<int32_t> result;
  for (const Configuration &configuration : configurations)
    result.insert(result.end(), configuration.begin(), configuration.end());
  return result;
}

namespace {
/// What `score` gets as its context. Exceptions must not cross the ABI.
struct Scoring {
  ScoredPool &pool;
  int numKnobs;
  std::exception_ptr thrown;
};
} // namespace

static int32_t score(void *context, const int32_t *configurations, int64_t n,
                     float *scores) {
  auto &scoring = *static_cast<Scoring *>(context);
  try {
    std::vector<Configuration> points;
    points.reserve(n);
    for (int64_t i = 0; i < n; ++i, configurations += scoring.numKnobs)
      points.emplace_back(configurations, configurations + scoring.numKnobs);
    for (float value : scoring.pool.score(points))
      *scores++ = value;
    return 0;
  } catch (...) {
    scoring.thrown = std::current_exception();
    return -1;
  }
}

Agent::Agent(const AgentLibrary &library, const Space &space,
             const AgentOptions &options, uint64_t seed)
    : library(library), numKnobs(space.getNumKnobs()) {
  if (openblas_set_num_threads)
    openblas_set_num_threads(1);
  std::vector<int32_t> numOptions, ordered;
  for (int knob = 0; knob < numKnobs; ++knob) {
    numOptions.push_back(space.getNumOptions(knob));
    ordered.push_back(space.getKnobs()[knob].ordered);
  }
  ChameleonAgentSpace description = {numKnobs, numOptions.data(),
                                     ordered.data()};
  agent = library.create(&description, &options, seed);
  if (!agent)
    throw std::runtime_error("LibTorch cannot make an agent");
}

Agent::~Agent() { library.destroy(agent); }

size_t Agent::explore(const std::vector<Configuration> &starts,
                      ScoredPool &pool) {
  Scoring scoring = {pool, numKnobs, nullptr};
  int64_t steps =
      library.explore(agent, flatten(starts).data(),
                      static_cast<int64_t>(starts.size()), score, &scoring);
  if (scoring.thrown)
    std::rethrow_exception(scoring.thrown);
  if (steps < 0)
    throw std::runtime_error("LibTorch failed in an agent");
  return static_cast<size_t>(steps);
}

std::vector<double>
Agent::getActionProbabilities(const Configuration &state) const {
  std::vector<double> result(3 * numKnobs);
  if (library.actionProbabilities(agent, state.data(), result.data()) != 0)
    throw std::runtime_error("LibTorch failed in an agent");
  return result;
}
