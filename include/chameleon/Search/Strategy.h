//===- Strategy.h - the interface of search algorithms ----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A strategy plans what to measure next from what was measured. Adding one: a
// file lib/Search/<Name>Strategy.cpp that defines a class and its factory, and
// one line in the table of Strategy.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_STRATEGY_H
#define CHAMELEON_SEARCH_STRATEGY_H

#include "chameleon/Search/History.h"
#include <memory>

namespace chameleon::search {

struct SearchOptions {
  std::string strategy = "chameleon";
  uint64_t seed = 0;
  /// Configurations between two refits. Smaller: fewer measurements to a good
  /// one; larger: more of them measured in parallel.
  int batch = 8;
  /// Configurations measured before the first model. Smaller: sooner guided,
  /// worse first model.
  int initial = 16;
  double baselineSeconds = 0;
};

class Strategy {
public:
  /// `space` is prepared; both outlive the strategy. `history` already holds a
  /// trial when `learn` is told of it.
  Strategy(const Space &space, const History &history,
           const SearchOptions &options)
      : space(space), history(history), options(options) {}
  virtual ~Strategy() = default;

  /// The next plan: legal configurations, best first. Those that are known
  /// already are dropped by the caller. Empty: nothing more to try.
  virtual std::vector<Configuration> propose() = 0;
  /// New trials are in the history.
  virtual void learn() {}
  /// New trials of a related task are in the history. True if the rest of the
  /// last plan is not worth measuring any more.
  virtual bool learnRelated() { return false; }
  /// Probability that something is left that runs in less than 1 - `gain` of
  /// the best time so far; negative: the strategy cannot say. Asking changes
  /// no plan.
  virtual double getChanceOfGain(double /*gain*/) { return -1; }

protected:
  const Space &space;
  const History &history;
  const SearchOptions &options;
};

/// Name of the i-th strategy, null past the last.
const char *getStrategyName(int index);
/// Null, with the reason in `error`, for an unknown name and where the agent of
/// a strategy cannot be loaded.
std::unique_ptr<Strategy> createStrategy(const std::string &name,
                                         const Space &space,
                                         const History &history,
                                         const SearchOptions &options,
                                         std::string &error);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_STRATEGY_H
