//===- Replay.h - searches run on recorded spaces ---------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A strategy asks and is told exactly as in a tuning run; only the answers come
// from a file, also when it starts warm or is asked whether to stop. The clock
// is modelled: every measurement costs what it cost when
// it was recorded, one after the other, and the strategy's own CPU time is
// added.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_REPLAY_H
#define CHAMELEON_SEARCH_REPLAY_H

#include "chameleon/Search/RecordedSpace.h"
#include "chameleon/Search/Search.h"

namespace chameleon::search {

struct ReplayOptions {
  SearchOptions search;
  int budget = 128; ///< measurements
  int ask = 4;      ///< measured between two tells, as by a pool of workers
  /// Ends a run that has found the recorded optimum: what follows tells
  /// nothing.
  bool untilOptimum = false;
  /// What was recorded of another task, of which the same strategy measures
  /// `relatedBudget` first; null: a cold start.
  const RecordedSpace *related = nullptr;
  int relatedBudget = 128;
  /// Gain (0.02: 2 %) whose chance is asked every 8 measurements; 0: never.
  double gain = 0;
};

struct ReplayStep {
  Configuration configuration;
  bool succeeded;
  double performance; ///< optimum's run time / best so far; 0: none yet
  double seconds;     ///< modelled clock after this measurement
};

struct Replay {
  std::vector<ReplayStep> steps; ///< fewer than the budget: at its end
  double strategySeconds = 0;    ///< CPU time of asks and tells
  size_t numFailures = 0;
  /// Measurements told, and the chance of the gain then.
  std::vector<std::pair<size_t, double>> chances;

  /// Measurements until `performance` is reached; `otherwise` if it is not.
  int countTo(double performance, int otherwise) const;
};

/// CPU time of this process.
double getProcessorSeconds();

/// A configuration of one space as that of another, by names of knobs and
/// values of options. Nothing if a knob of `to` or its option is not in `from`;
/// knobs that only `from` has are dropped.
std::optional<Configuration> translate(const Configuration &configuration,
                                       const Space &from, const Space &to);

/// Throws std::runtime_error for an unknown strategy.
Replay replay(const RecordedSpace &recorded, const ReplayOptions &options);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_REPLAY_H
