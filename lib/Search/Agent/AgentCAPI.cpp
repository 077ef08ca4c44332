//===- AgentCAPI.cpp - the functions of libchameleon_agent ----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conversion, and no exception of LibTorch leaves this file.
//
//===----------------------------------------------------------------------===//

#include "PPOAgent.h"
#include "chameleon/Search/AgentABI.h"
#include <algorithm>
#include <stdexcept>

using namespace chameleon::search;

struct ChameleonAgent {
  PPOAgent agent;
};

uint32_t chameleonAgentAbiVersion() { return CHAMELEON_AGENT_ABI_VERSION; }

ChameleonAgent *chameleonAgentCreate(const ChameleonAgentSpace *space,
                                     const AgentOptions *options,
                                     uint64_t seed) {
  try {
    std::vector<PPOAgent::Knob> knobs;
    for (int32_t knob = 0; knob < space->numKnobs; ++knob)
      knobs.push_back({space->numOptions[knob], space->ordered[knob] != 0});
    return new ChameleonAgent{PPOAgent(std::move(knobs), *options, seed)};
  } catch (...) {
    return nullptr;
  }
}

void chameleonAgentDestroy(ChameleonAgent *agent) { delete agent; }

int64_t chameleonAgentExplore(ChameleonAgent *agent, const int32_t *starts,
                              int64_t n, ChameleonAgentScoreFunction score,
                              void *context) {
  try {
    auto numKnobs = static_cast<int64_t>(agent->agent.getNumKnobs());
    std::vector<PPOAgent::State> states;
    for (int64_t i = 0; i < n; ++i, starts += numKnobs)
      states.emplace_back(starts, starts + numKnobs);
    auto scoreStates = [&](const std::vector<PPOAgent::State> &reached) {
      std::vector<int32_t> flat;
      flat.reserve(reached.size() * numKnobs);
      for (const PPOAgent::State &state : reached)
        flat.insert(flat.end(), state.begin(), state.end());
      std::vector<float> scores(reached.size());
      if (score(context, flat.data(), static_cast<int64_t>(reached.size()),
                scores.data()) != 0)
        throw std::runtime_error("no scores");
      return scores;
    };
    return static_cast<int64_t>(agent->agent.explore(states, scoreStates));
  } catch (...) {
    return -1;
  }
}

int32_t chameleonAgentActionProbabilities(ChameleonAgent *agent,
                                          const int32_t *state,
                                          double *probabilities) {
  try {
    std::vector<double> result = agent->agent.getActionProbabilities(
        PPOAgent::State(state, state + agent->agent.getNumKnobs()));
    std::copy(result.begin(), result.end(), probabilities);
    return 0;
  } catch (...) {
    return -1;
  }
}
