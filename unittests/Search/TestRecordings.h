//===- TestRecordings.h - runs on recorded spaces ---------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SEARCH_TESTRECORDINGS_H
#define CHAMELEON_UNITTESTS_SEARCH_TESTRECORDINGS_H

#include "TestSpaces.h"
#include "chameleon/Search/Replay.h"

namespace chameleon::search {

/// A recording of benchmarks/search/spaces.
inline std::unique_ptr<RecordedSpace> getRecording(const std::string &name) {
  std::string error;
  std::unique_ptr<RecordedSpace> recorded = RecordedSpace::read(
      std::string(RECORDED_SPACES) + "/" + name + ".json.gz", error);
  EXPECT_TRUE(recorded) << error;
  return recorded;
}

/// Mean over `seeds` of the performance after `budget` measurements, and the
/// share of runs that reach 95 % of the optimum.
inline std::pair<double, double> getResult(const RecordedSpace &recorded,
                                           const std::string &strategy,
                                           int budget, int seeds) {
  double sum = 0, hits = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    ReplayOptions options;
    options.search.strategy = strategy;
    options.search.seed = seed;
    options.budget = budget;
    double reached = replay(recorded, options).steps.back().performance;
    sum += reached;
    hits += reached >= 0.95;
  }
  return {sum / seeds, hits / seeds};
}

} // namespace chameleon::search

#endif // CHAMELEON_UNITTESTS_SEARCH_TESTRECORDINGS_H
