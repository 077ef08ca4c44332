//===- ExhaustiveStrategy.cpp - every legal configuration in order --------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lexicographic order, the last knob fastest: the order of a recorded space.
// Works on grids of any size, because it keeps only its place.
//
//===----------------------------------------------------------------------===//

#include "Strategies.h"

using namespace chameleon::search;

namespace {
class ExhaustiveStrategy : public Strategy {
public:
  using Strategy::Strategy;
  std::vector<Configuration> propose() override {
    std::vector<Configuration> result;
    while (!done && static_cast<int>(result.size()) < options.batch) {
      if (space.isLegal(next) && !history.isKnown(next))
        result.push_back(next);
      done = !space.advance(next);
    }
    return result;
  }

private:
  Configuration next = Configuration(space.getNumKnobs(), 0);
  bool done = false;
};
} // namespace

std::unique_ptr<Strategy> chameleon::search::createExhaustiveStrategy(
    const Space &space, const History &history, const SearchOptions &options) {
  return std::make_unique<ExhaustiveStrategy>(space, history, options);
}
