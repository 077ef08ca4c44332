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
// What the agent is worth: in the search study the same loop without it needed
// as many measurements (ratio 1.03 [0.96, 1.12]). It is one of two explorers of
// the default strategy and the only one of `chameleon-paper`.
//
// Deterministic: own random numbers, double precision (differences between BLAS
// kernels stay far below what would change a draw), one thread.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_AGENT_H
#define CHAMELEON_SEARCH_AGENT_H

#include "chameleon/Search/ScoredPool.h"
#include <memory>

namespace chameleon::search {

/// Every constant of the agent. Defaults: the "fixed agent" of search-study.md,
/// section 6, made smaller until a plan costs about 40 ms of one core. Its
/// 2 x 64 units, horizon 64, 4 epochs, learning rate 1e-3 and entropy 0.1 took
/// 340 ms, for a mean score of the 64 best found of 0.900 instead of 0.892 (a
/// synthetic space of 9 knobs; without learning 0.856 and 0.831). `paper()`:
/// the authors' code (rl_model_optimizer.py, ppo_core.py) with the clip and
/// entropy of the paper's table.
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

  static AgentOptions paper();
};

class Agent {
public:
  Agent(const Space &space, const AgentOptions &options, uint64_t seed);
  ~Agent();

  /// Runs the episodes from `starts` (used in turn; at least one) and learns
  /// from them. Everything visited is scored in, and stays in, `pool`. Returns
  /// the number of steps taken.
  size_t explore(const std::vector<Configuration> &starts, ScoredPool &pool);

  /// Probabilities of {decrement, stay, increment} per knob in `state`; for
  /// inspection.
  std::vector<double> getActionProbabilities(const Configuration &state) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_AGENT_H
