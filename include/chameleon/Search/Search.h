//===- Search.h - the ask/tell loop around a strategy -----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Keeps the promises of chameleon-c/Search.h for every strategy: the default
// comes first, nothing is proposed twice, plans are handed out in pieces of any
// size.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_SEARCH_H
#define CHAMELEON_SEARCH_SEARCH_H

#include "chameleon/Search/Strategy.h"
#include <deque>

namespace chameleon::search {

class Search {
public:
  /// Prepares the space. On failure returns null and sets `error`.
  static std::unique_ptr<Search> create(std::shared_ptr<Space> space,
                                        const SearchOptions &options,
                                        std::string &error);

  /// Up to `count` legal configurations, none asked or told before. Fewer only
  /// if there are no more.
  std::vector<Configuration> ask(size_t count);
  /// Takes all trials, or none and returns false if one is out of range.
  bool tell(std::vector<Trial> trials);
  /// Trials of another task over the same knobs, for strategies that learn from
  /// those; see History. Takes all, or none and returns false if one is out of
  /// range.
  bool tellRelated(int64_t task, std::vector<Trial> trials);
  /// See Strategy.
  double getChanceOfGain(double gain);

  const Space &getSpace() const { return *space; }
  const History &getHistory() const { return history; }

private:
  Search(std::shared_ptr<Space> space, const SearchOptions &options)
      : space(std::move(space)), options(options),
        history(options.baselineSeconds) {}

  std::shared_ptr<Space> space;
  SearchOptions options;
  History history;
  std::unique_ptr<Strategy> strategy;
  std::deque<Configuration> plan;
  bool started = false;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_SEARCH_H
