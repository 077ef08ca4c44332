//===- SearchLibrary.h - libchameleon_search, loaded when tuning starts
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiler that only applies schedules loads no search. LibTorch is the
// library's own business (chameleon/Search/AgentLibrary.h).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_SEARCHLIBRARY_H
#define CHAMELEON_TUNING_SEARCHLIBRARY_H

#include "chameleon-c/Search.h"
#include "chameleon/Schedule/DesignSpace.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace chameleon {

/// The functions of chameleon-c/Search.h, resolved from the shared library.
/// Never unloaded: LibTorch, which a strategy may load, does not survive it.
class SearchLibrary {
public:
  /// `path` empty: `../lib/libchameleon_search.so` beside this program, else
  /// the loader's own search.
  static llvm::Expected<SearchLibrary> load(llvm::StringRef path);

  /// Whether a search by `strategy` can be created: it is known, and its agent,
  /// if it has one, is there. Loads the agent.
  llvm::Error check(const std::string &strategy) const;

#define CHAMELEON_SEARCH_FUNCTION(name)                                        \
  decltype(&chameleon##name) name = nullptr;
#include "chameleon/Tuning/SearchFunctions.def"
};

/// One search over the design space of a schedule. `library` and `space` must
/// outlive it.
class ScheduleSearch {
public:
  static llvm::Expected<std::unique_ptr<ScheduleSearch>>
  create(const SearchLibrary &library, const DesignSpace &space,
         const ChameleonSearchOptions &options);
  ~ScheduleSearch();
  /// Up to `n` new configurations; fewer or none when the space is exhausted.
  llvm::Expected<std::vector<Configuration>> ask(int32_t n);
  void tell(llvm::ArrayRef<int32_t> configuration,
            ChameleonTrialOutcome outcome, double seconds);
  struct RelatedTrial {
    Configuration configuration;
    ChameleonTrialOutcome outcome;
    double seconds;
  };
  /// Trials of another task with the same knobs, further ones if `task` was
  /// told of before; the nearest task first.
  void tellRelated(size_t task, llvm::ArrayRef<RelatedTrial> trials);
  /// Probability that a configuration is left that takes less than 1 - `gain`
  /// of the best time; negative: the strategy cannot say.
  double getChanceOfGain(double gain) const;

private:
  ScheduleSearch(const SearchLibrary &library, const DesignSpace &designSpace)
      : library(library), designSpace(designSpace) {}
  const SearchLibrary &library;
  const DesignSpace &designSpace;
  ChameleonSpace *space = nullptr;
  ChameleonSearch *search = nullptr;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_SEARCHLIBRARY_H
