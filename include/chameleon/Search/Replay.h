//===- Replay.h - searches run on recorded spaces ---------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A strategy asks and is told exactly as in a tuning run; only the answers come
// from a file. The clock is modelled: every measurement costs what it cost when
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
};

struct ReplayStep {
  Configuration configuration;
  bool succeeded;
  double performance; ///< optimum's run time / best so far; 0: none yet
  double seconds;     ///< modelled clock after this measurement
};

struct Replay {
  std::vector<ReplayStep> steps; ///< fewer than the budget: space exhausted
  double strategySeconds = 0;    ///< CPU time of asks and tells
  size_t numFailures = 0;

  /// Measurements until `performance` is reached; `otherwise` if it is not.
  int countTo(double performance, int otherwise) const;
};

/// Throws std::runtime_error for an unknown strategy.
Replay replay(const RecordedSpace &recorded, const ReplayOptions &options);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_REPLAY_H
