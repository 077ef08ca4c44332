//===- KnobScales.h - how options of a knob resemble each other -*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a model is told of an option besides its index. Tile sizes 48 and 64 are
// neighbours, yet whether vectors, banks and cache lines fit depends on the
// powers of two in them: on spaces whose sizes are not all powers of two
// (kernel_tuner's convolution: blocks of 16, 32, 48, ..., 256) the fast points
// are islands by index and a slope by divisibility.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_KNOBSCALES_H
#define CHAMELEON_SEARCH_KNOBSCALES_H

#include "chameleon/Search/Space.h"

namespace chameleon::search {

/// How often each value of the knob can be halved (48: 4). Empty where that
/// says nothing: no order, a value that is not a positive whole number, equal
/// counts, or only powers of two, whose order says it already.
std::vector<double> getHalvings(const Knob &knob);

/// One way of comparing the options of a knob.
struct KnobScale {
  int knob;
  /// Of each option, in [0, 1]. Empty: options are the same or not.
  std::vector<double> positions;

  double getSquaredDistance(int32_t left, int32_t right) const {
    if (positions.empty())
      return left == right ? 0 : 1;
    double difference = positions[left] - positions[right];
    return difference * difference;
  }
};

/// Of every knob: its order, or sameness if it has none; and its halvings where
/// they say something.
std::vector<KnobScale> getKnobScales(const Space &space);

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_KNOBSCALES_H
