//===- PolicyMath.h - returns and losses of PPO -----------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generalised advantage estimation (Schulman et al. 2016) and the clipped
// objective (Schulman et al. 2017), apart from the networks, so that they can
// be checked by hand. Header only, because the objective is a LibTorch
// expression.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_POLICYMATH_H
#define CHAMELEON_SEARCH_POLICYMATH_H

#include <torch/torch.h>
#include <vector>

namespace chameleon::search {

/// Advantages of one episode. `values` has one entry more than `rewards`: the
/// value of the state after the last step, 0 if the episode ended there.
/// delta(t) = r(t) + gamma V(t+1) - V(t); A(t) = delta(t) + gamma lambda
/// A(t+1).
inline std::vector<double> getAdvantages(const std::vector<double> &rewards,
                                         const std::vector<double> &values,
                                         double gamma, double lambda) {
  std::vector<double> advantages(rewards.size());
  double next = 0;
  for (size_t t = rewards.size(); t-- > 0;) {
    double delta = rewards[t] + gamma * values[t + 1] - values[t];
    advantages[t] = next = delta + gamma * lambda * next;
  }
  return advantages;
}

/// The clipped objective, to be maximised: min(r A, clamp(r, 1-e, 1+e) A) with
/// r = exp(new - old), elementwise. The log probabilities are [batch, knobs];
/// `advantages` is [batch, 1], so that each knob's ratio is clipped by itself
/// (as the authors do).
inline torch::Tensor getClippedObjective(const torch::Tensor &newLogProbability,
                                         const torch::Tensor &oldLogProbability,
                                         const torch::Tensor &advantages,
                                         double clip) {
  torch::Tensor ratio = (newLogProbability - oldLogProbability).exp();
  return torch::min(ratio * advantages,
                    ratio.clamp(1 - clip, 1 + clip) * advantages);
}

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_POLICYMATH_H
