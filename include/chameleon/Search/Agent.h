//===- Agent.h - the reinforcement-learning explorer ------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Proximal policy optimisation over a design space, as in Chameleon (ICLR
// 2020): a state is a configuration; an action decrements, keeps or increments
// every knob at once; the reward of a step is the cost model's score of the
// configuration reached. No hardware is in this loop. An unordered knob goes
// round instead of stopping at its ends.
//
// What the agent is worth: the same loop without it needs as many measurements
// (benchmarks/search/README.md). It is one of two explorers of the default
// strategy and the only one of `chameleon-paper`.
//
// The agent itself is in libchameleon_agent, which alone needs LibTorch:
//
//   std::string error;
//   std::optional<AgentLibrary> library = AgentLibrary::load(error);
//   if (library)
//     Agent(*library, space, AgentOptions(), seed).explore(starts, pool);
//
// Deterministic: own random numbers, double precision (differences between BLAS
// kernels stay far below what would change a draw), one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_AGENT_H
#define CHAMELEON_SEARCH_AGENT_H

#include "chameleon/Search/AgentLibrary.h"
#include "chameleon/Search/AgentOptions.h"
#include "chameleon/Search/ScoredPool.h"

namespace chameleon::search {

/// Throws std::runtime_error where LibTorch fails (out of memory).
class Agent {
public:
  Agent(const AgentLibrary &library, const Space &space,
        const AgentOptions &options, uint64_t seed);
  ~Agent();
  Agent(const Agent &) = delete;
  Agent &operator=(const Agent &) = delete;

  /// Runs the episodes from `starts` (used in turn; at least one) and learns
  /// from them. Everything visited is scored in, and stays in, `pool`, whose
  /// exceptions come through. Returns the number of steps taken.
  size_t explore(const std::vector<Configuration> &starts, ScoredPool &pool);

  /// Probabilities of {decrement, stay, increment} per knob in `state`; for
  /// inspection.
  std::vector<double> getActionProbabilities(const Configuration &state) const;

private:
  AgentLibrary library;
  int numKnobs;
  ChameleonAgent *agent;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_AGENT_H
