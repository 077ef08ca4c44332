//===- KnobScales.cpp - how options of a knob resemble each other ---------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/KnobScales.h"
#include <algorithm>
#include <cmath>

using namespace chameleon::search;

/// Values from here on are no sizes (and would not fit a long).
static constexpr double largestSize = 1e15;

std::vector<double> chameleon::search::getHalvings(const Knob &knob) {
  std::vector<double> halvings;
  bool onlyPowers = true;
  for (double value : knob.values) {
    if (!knob.ordered || !(value >= 1 && value < largestSize) ||
        value != std::floor(value))
      return {};
    auto rest = static_cast<int64_t>(value);
    int count = 0;
    for (; rest % 2 == 0; rest /= 2)
      ++count;
    onlyPowers &= rest == 1;
    halvings.push_back(count);
  }
  auto [least, most] = std::minmax_element(halvings.begin(), halvings.end());
  return onlyPowers || *least == *most ? std::vector<double>() : halvings;
}

std::vector<KnobScale> chameleon::search::getKnobScales(const Space &space) {
  std::vector<KnobScale> scales;
  for (int knob = 0; knob < space.getNumKnobs(); ++knob) {
    const Knob &description = space.getKnobs()[knob];
    std::vector<double> positions;
    int last = space.getNumOptions(knob) - 1;
    if (description.ordered)
      for (int option = 0; option <= last; ++option)
        positions.push_back(last ? static_cast<double>(option) / last : 0);
    scales.push_back({knob, std::move(positions)});
    std::vector<double> halvings = getHalvings(description);
    if (halvings.empty())
      continue;
    auto [least, most] = std::minmax_element(halvings.begin(), halvings.end());
    double low = *least, range = *most - low;
    for (double &count : halvings)
      count = (count - low) / range;
    scales.push_back({knob, std::move(halvings)});
  }
  return scales;
}
