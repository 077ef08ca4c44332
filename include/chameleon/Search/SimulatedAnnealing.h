//===- SimulatedAnnealing.h - AutoTVM's explorer ----------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Simulated annealing on the cost model as in AutoTVM's sa_model_optimizer.py:
// parallel chains, each mutating one knob to a random option.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_SIMULATEDANNEALING_H
#define CHAMELEON_SEARCH_SIMULATEDANNEALING_H

#include "chameleon/Search/ScoredPool.h"

namespace chameleon::search {

/// Source: tvm.autotvm.tuner.sa_model_optimizer.SimulatedAnnealingOptimizer.
struct AnnealingOptions {
  /// Steps of each chain. More: better maxima of the model, 0.1 ms each.
  int steps = 500;
  /// Chains side by side. More: more maxima are found; each costs `steps` model
  /// scores.
  int chains = 128;
  /// The temperature falls linearly from here to 0, in units of the score.
  /// Higher: roams longer before it climbs.
  double temperature = 1;
  /// Stop after so many steps that leave the `plan` best unchanged. Fewer:
  /// quicker, may stop before the chains have cooled.
  int patience = 50;
  /// Best configurations that are watched for `patience`.
  size_t plan = 64;
};

/// Runs the chains from `points` (one chain each) and leaves their last states
/// there, so that the next call goes on from them. Everything visited is scored
/// in, and stays in, `pool`; `known` ones do not count as progress.
void anneal(const Space &space, std::vector<Configuration> &points,
            const AnnealingOptions &options, const ConfigurationSet &known,
            ScoredPool &pool, Random &random);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_SIMULATEDANNEALING_H
