//===- RandomStrategy.cpp - uniformly drawn legal configurations ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The baseline that every other strategy must beat. Learns nothing.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"

using namespace chameleon::search;

namespace {
class RandomStrategy : public Strategy {
public:
  using Strategy::Strategy;
  std::vector<Configuration> propose() override {
    return space.sampleDistinct(options.batch, history.getKnown(), random);
  }

private:
  Random random{options.seed, /*stream=*/1};
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createRandomStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<RandomStrategy>(space, history, options);
}
