//===- AgentOptions.h - constants of the agent ------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by the Search library and the agent library, so plain numbers and no
// newer C++ than LibTorch's headers.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_AGENTOPTIONS_H
#define CHAMELEON_SEARCH_AGENTOPTIONS_H

namespace chameleon::search {

/// Every constant of the agent. Defaults: the "fixed agent" of search-study.md,
/// section 6, made smaller until a plan costs about 40 ms of one core. Its
/// 2 x 64 units, horizon 64, 4 epochs, learning rate 1e-3 and entropy 0.1 took
/// 340 ms, for a mean score of the 64 best found of 0.900 instead of 0.892 (a
/// synthetic space of 9 knobs; without learning 0.856 and 0.831).
struct AgentOptions {
  /// Tanh units per hidden layer of the policy's trunk and of the value
  /// network. Larger: more to express, slower. Study 64.
  int hiddenUnits = 32;
  int policyLayers = 2;
  int valueLayers = 2;
  /// Tanh layers of three units in each knob's own head (paper 2; 0: a linear
  /// head).
  int headLayers = 0;
  /// Divisor of a head's last input. Below 1: sharper decisions from the start.
  /// Paper 0.1.
  double temperature = 1;

  /// Episodes per exploration, run side by side. More: wider; each costs
  /// `horizon` model scores. Paper 128.
  int episodes = 128;
  /// Policy updates per exploration, each after episodes / groups episodes.
  /// More: learns within a plan; slower.
  int groups = 4;
  /// Steps per episode. Study 64 (twice the time); paper 500, cut short by
  /// `stopShare`.
  int horizon = 32;
  /// An episode ends when this share of knobs stayed or sits at a bound; above
  /// 1: never. The paper's 0.75 mostly ends episodes after 2-8 steps, since
  /// knobs of two options always sit at a bound.
  double stopShare = 2;

  /// Discount of rewards per step. Paper 0.9.
  double gamma = 0.9;
  /// Trade-off between bias (0) and variance (1) of advantages. Paper 0.99.
  double lambda = 0.99;
  /// How far a probability ratio may move. Paper 0.3 (released code 0.2).
  double clip = 0.3;
  /// Weight of the entropy bonus: higher explores more. Paper 0.1 (released
  /// code 0.3).
  double entropyWeight = 0.03;
  /// Weight of the value loss. Paper 1.
  double valueWeight = 1;
  /// Adam's step. Paper 1e-3, with epsilon 1e-5; the few updates of a
  /// fresh agent want larger ones.
  double learningRate = 1e-2;
  /// Passes over a group's steps (paper: draws) per update.
  int epochs = 1;
  /// Steps per gradient. Larger: quicker, fewer gradients. Paper 32, study
  /// 128.
  int minibatch = 256;
  /// Only one random minibatch per epoch, as in the authors' code, instead of a
  /// whole pass.
  bool singleMinibatch = false;

  /// The authors' code (rl_model_optimizer.py, ppo_core.py) with the clip and
  /// entropy of the paper's table.
  static AgentOptions paper() {
    AgentOptions options;
    options.hiddenUnits = 20;
    options.policyLayers = 2;
    options.valueLayers = 3;
    options.headLayers = 2;
    options.temperature = 0.1;
    options.groups = 1;
    options.entropyWeight = 0.1;
    options.learningRate = 1e-3;
    options.horizon = 500;
    options.stopShare = 0.75;
    options.epochs = 3;
    options.minibatch = 32;
    options.singleMinibatch = true;
    return options;
  }
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_AGENTOPTIONS_H
