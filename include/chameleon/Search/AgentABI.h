//===- AgentABI.h - between the search and the agent library ----*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of libchameleon_agent. No promise to anybody else: both
// libraries come from one build, and the version only tells a mixture of two.
// Both sides may be of different standards and standard libraries of C++, so
// only numbers and pointers to them cross, and no exception does.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_AGENTABI_H
#define CHAMELEON_SEARCH_AGENTABI_H

#include "chameleon/Search/AgentOptions.h"
#include <cstdint>
#include <type_traits>

#define CHAMELEON_AGENT_ABI_VERSION 1
#define CHAMELEON_AGENT_EXPORT __attribute__((visibility("default")))

static_assert(std::is_standard_layout_v<chameleon::search::AgentOptions> &&
                  std::is_trivially_copyable_v<chameleon::search::AgentOptions>,
              "crosses the ABI");

extern "C" {

struct ChameleonAgent;

struct ChameleonAgentSpace {
  int32_t numKnobs;
  const int32_t *numOptions; ///< of each knob
  const int32_t *ordered;    ///< of each knob; 0: it goes round
};

/// Writes a score, higher is better, for each of `n` configurations (`n` x
/// knobs values). Non-zero: it failed, and the exploration ends.
using ChameleonAgentScoreFunction = int32_t (*)(void *context,
                                                const int32_t *configurations,
                                                int64_t n, float *scores);

CHAMELEON_AGENT_EXPORT uint32_t chameleonAgentAbiVersion();
/// Null: LibTorch failed. The space is copied.
CHAMELEON_AGENT_EXPORT ChameleonAgent *
chameleonAgentCreate(const ChameleonAgentSpace *space,
                     const chameleon::search::AgentOptions *options,
                     uint64_t seed);
CHAMELEON_AGENT_EXPORT void chameleonAgentDestroy(ChameleonAgent *agent);
/// One exploration from `n` > 0 starts. Returns the number of steps, or -1: the
/// score function or LibTorch failed.
CHAMELEON_AGENT_EXPORT int64_t
chameleonAgentExplore(ChameleonAgent *agent, const int32_t *starts, int64_t n,
                      ChameleonAgentScoreFunction score, void *context);
/// Writes three probabilities a knob. Returns 0, or -1: LibTorch failed.
CHAMELEON_AGENT_EXPORT int32_t chameleonAgentActionProbabilities(
    ChameleonAgent *agent, const int32_t *state, double *probabilities);
}

#endif // CHAMELEON_SEARCH_AGENTABI_H
