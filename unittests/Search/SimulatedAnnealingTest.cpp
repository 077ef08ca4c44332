//===- SimulatedAnnealingTest.cpp - AutoTVM's explorer --------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/SimulatedAnnealing.h"
#include "TestSpaces.h"

using namespace chameleon::search;

namespace {

TEST(SimulatedAnnealingTest, FindsThePeakAndStopsWithoutProgress) {
  Space space = makeSpace({6, 6, 6});
  ScoredPool pool(space, sumOfOptions);
  Random random(1);
  std::vector<Configuration> chains(16, Configuration{0, 0, 0});
  AnnealingOptions options;
  options.plan = 1;
  anneal(space, chains, options, {}, pool, random);
  EXPECT_EQ(pool.getBest(1, {})[0], (Configuration{5, 5, 5}));

  // One chain on a flat score, everything known: exactly `patience` mutations.
  Space line = makeSpace({1000});
  int calls = 0;
  ScoredPool flat(line, [&](const std::vector<Configuration> &points) {
    ++calls;
    return std::vector<float>(points.size(), 1.0f);
  });
  ConfigurationSet known(line.getLegalPoints().begin(),
                         line.getLegalPoints().end());
  chains = {{0}};
  anneal(line, chains, options, known, flat, random);
  EXPECT_LE(calls, 51);
  EXPECT_GT(calls, 40) << "mutations rarely repeat among 1000 options";
}

} // namespace
