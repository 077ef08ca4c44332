//===- PPOAgent.h - the agent on LibTorch -----------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What chameleon/Search/Agent.h describes, in the agent library. It knows of
// the space what AgentABI.h tells, and includes nothing of the rest of the
// search that need be C++17 for LibTorch's sake.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_SEARCH_AGENT_PPOAGENT_H
#define CHAMELEON_LIB_SEARCH_AGENT_PPOAGENT_H

#include "chameleon/Search/AgentOptions.h"
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace chameleon::search {

class PPOAgent {
public:
  struct Knob {
    int numOptions;
    bool ordered;
  };
  /// One option index per knob.
  using State = std::vector<int32_t>;
  /// A score, higher is better, for each state.
  using ScoreFunction =
      std::function<std::vector<float>(const std::vector<State> &)>;

  PPOAgent(std::vector<Knob> knobs, const AgentOptions &options, uint64_t seed);
  ~PPOAgent();

  /// See Agent::explore; the starts are scored as well.
  size_t explore(const std::vector<State> &starts, const ScoreFunction &score);
  /// Probabilities of {decrement, stay, increment} per knob.
  std::vector<double> getActionProbabilities(const State &state) const;

  size_t getNumKnobs() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace chameleon::search

#endif // CHAMELEON_LIB_SEARCH_AGENT_PPOAGENT_H
