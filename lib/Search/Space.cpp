//===- Space.cpp - knobs, legality and the points of a design space -------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Space.h"
#include <algorithm>

using namespace chameleon::search;

int Space::addKnob(Knob knob) {
  if (knobs.size() >= maximalKnobs || knob.values.empty() ||
      knob.values.size() > maximalOptions)
    return -1;
  knobs.push_back(std::move(knob));
  return static_cast<int>(knobs.size()) - 1;
}

double Space::getGridSize() const {
  double size = 1;
  for (const Knob &knob : knobs)
    size *= static_cast<double>(knob.values.size());
  return size;
}

uint64_t Space::getOrdinal(const Configuration &configuration) const {
  uint64_t ordinal = 0;
  for (size_t i = 0; i < knobs.size(); ++i)
    ordinal = ordinal * knobs[i].values.size() + configuration[i];
  return ordinal;
}

bool Space::isInRange(const Configuration &configuration) const {
  if (configuration.size() != knobs.size())
    return false;
  for (size_t i = 0; i < knobs.size(); ++i)
    if (configuration[i] < 0 ||
        configuration[i] >= static_cast<int32_t>(knobs[i].values.size()))
      return false;
  return true;
}

bool Space::isLegal(const Configuration &configuration) const {
  if (!listedOrdinals.empty())
    return std::binary_search(listedOrdinals.begin(), listedOrdinals.end(),
                              getOrdinal(configuration));
  if (enumerated)
    return legalGrid[getOrdinal(configuration)];
  return !legal || legal(configuration);
}

bool Space::advance(Configuration &configuration) const {
  for (size_t i = knobs.size(); i-- > 0;) {
    if (++configuration[i] < static_cast<int32_t>(knobs[i].values.size()))
      return true;
    configuration[i] = 0;
  }
  return false;
}

bool Space::setLegalPoints(std::vector<Configuration> points) {
  if (points.empty() || getGridSize() >= 0x1p63 ||
      !std::all_of(
          points.begin(), points.end(),
          [&](const Configuration &point) { return isInRange(point); }))
    return false;
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  legalPoints = std::move(points);
  listedOrdinals.clear();
  for (const Configuration &point : legalPoints)
    listedOrdinals.push_back(getOrdinal(point)); // in the same order
  return true;
}

std::string Space::prepare(uint64_t seed) {
  if (knobs.empty())
    return "the space has no knob";
  if (defaultConfiguration && !isInRange(*defaultConfiguration))
    return "the default configuration does not fit the space: expected one "
           "option index in range for each of its " +
           std::to_string(knobs.size()) + " knobs";

  // A knob may have been added since.
  if (!legalPoints.empty() && legalPoints.front().size() != knobs.size())
    listedOrdinals.clear();
  enumerated = !listedOrdinals.empty();
  if (!enumerated)
    legalPoints.clear();
  legalGrid.clear();
  double gridSize = getGridSize();
  if (!enumerated && gridSize <= static_cast<double>(enumerationLimit)) {
    legalGrid.reserve(static_cast<size_t>(gridSize));
    Configuration point(knobs.size(), 0);
    do {
      bool isLegalPoint = !legal || legal(point);
      legalGrid.push_back(isLegalPoint);
      if (isLegalPoint)
        legalPoints.push_back(point);
    } while (advance(point));
    enumerated = true;
    if (legalPoints.empty())
      return "no legal configuration among the " +
             std::to_string(static_cast<uint64_t>(gridSize)) +
             " points of the space";
  }
  if (defaultConfiguration && !isLegal(*defaultConfiguration))
    defaultConfiguration.reset();
  if (!findFirstLegal(seed))
    return "no legal configuration found: " + std::to_string(rejectionDraws) +
           " random points and " + std::to_string(scanLimit) +
           " points in order were all illegal";
  return {};
}

bool Space::findFirstLegal(uint64_t seed) {
  Random random(seed, /*stream=*/0xf1457);
  if (enumerated) {
    firstLegal = legalPoints[random.below(legalPoints.size())];
    return true;
  }
  for (int draw = 0; draw < rejectionDraws; ++draw) {
    firstLegal = drawFromGrid(random);
    if (isLegal(firstLegal))
      return true;
  }
  if (defaultConfiguration) {
    firstLegal = *defaultConfiguration;
    return true;
  }
  // Low options (small tiles) tend to be legal, so the scan begins at the
  // origin.
  firstLegal.assign(knobs.size(), 0);
  for (uint64_t i = 0; i < scanLimit; ++i) {
    if (isLegal(firstLegal))
      return true;
    if (!advance(firstLegal))
      break;
  }
  return false;
}

Configuration Space::drawFromGrid(Random &random) const {
  Configuration point(knobs.size());
  for (size_t i = 0; i < knobs.size(); ++i)
    point[i] = static_cast<int32_t>(random.below(knobs[i].values.size()));
  return point;
}

Configuration Space::walk(Random &random) const {
  // Long enough to forget the start in spaces of a few knobs; each step costs
  // one call of the predicate.
  int steps = 16 * getNumKnobs();
  Configuration point = firstLegal;
  for (int step = 0; step < steps; ++step) {
    Configuration next = point;
    size_t knob = random.below(knobs.size());
    next[knob] = static_cast<int32_t>(random.below(knobs[knob].values.size()));
    if (next != point && isLegal(next))
      point = std::move(next);
  }
  return point;
}

Configuration Space::sample(Random &random) const {
  if (enumerated)
    return legalPoints[random.below(legalPoints.size())];
  for (int draw = 0; draw < rejectionDraws; ++draw) {
    Configuration point = drawFromGrid(random);
    if (isLegal(point))
      return point;
  }
  return walk(random);
}

std::vector<Configuration>
Space::sampleDistinct(size_t count, const ConfigurationSet &excluded,
                      Random &random) const {
  std::vector<Configuration> result;
  if (count == 0)
    return result;
  if (enumerated) {
    // A partial shuffle over those that are left: exact, and still quick when
    // nearly everything is excluded.
    std::vector<const Configuration *> left;
    left.reserve(legalPoints.size());
    for (const Configuration &point : legalPoints)
      if (!excluded.count(point))
        left.push_back(&point);
    count = std::min(count, left.size());
    for (size_t i = 0; i < count; ++i) {
      std::swap(left[i], left[i + random.below(left.size() - i)]);
      result.push_back(*left[i]);
    }
    return result;
  }
  ConfigurationSet drawn;
  // A grid of more than `enumerationLimit` points is rarely exhausted; when its
  // legal part is, repeated draws of known points end it.
  int misses = 0;
  auto accept = [&](Configuration point) {
    if (excluded.count(point) || !drawn.insert(point).second) {
      ++misses;
      return;
    }
    misses = 0;
    result.push_back(std::move(point));
  };
  // One failed rejection run is enough to know that the space is sparse.
  bool sparse = false;
  while (result.size() < count && misses < 256) {
    if (!sparse) {
      sparse = true;
      for (int draw = 0; draw < rejectionDraws; ++draw) {
        Configuration point = drawFromGrid(random);
        if (isLegal(point)) {
          accept(std::move(point));
          sparse = false;
          break;
        }
      }
    } else {
      accept(walk(random));
    }
  }
  return result;
}

std::vector<Configuration>
Space::getNeighbours(const Configuration &configuration) const {
  std::vector<Configuration> result;
  Configuration point = configuration;
  for (size_t knob = 0; knob < knobs.size(); ++knob) {
    for (int32_t option = 0;
         option < static_cast<int32_t>(knobs[knob].values.size()); ++option) {
      if (option == configuration[knob])
        continue;
      point[knob] = option;
      if (isLegal(point))
        result.push_back(point);
    }
    point[knob] = configuration[knob];
  }
  return result;
}

int Space::getNumFeatures() const {
  int width = 0;
  for (int knob = 0; knob < getNumKnobs(); ++knob)
    width += usesIndicators(knob) ? getNumOptions(knob) : 1;
  return width;
}

void Space::encode(const Configuration &configuration, float *features) const {
  for (int knob = 0; knob < getNumKnobs(); ++knob) {
    if (!usesIndicators(knob)) {
      *features++ = static_cast<float>(configuration[knob]);
      continue;
    }
    for (int option = 0; option < getNumOptions(knob); ++option)
      *features++ = option == configuration[knob] ? 1.0f : 0.0f;
  }
}

void Space::encodeScaled(const Configuration &configuration,
                         float *features) const {
  constexpr float halfSquareRoot =
      0.70710678f; // two indicators differ by this each: distance 1
  for (int knob = 0; knob < getNumKnobs(); ++knob) {
    if (!usesIndicators(knob)) {
      int last = getNumOptions(knob) - 1;
      *features++ = last ? static_cast<float>(configuration[knob]) /
                               static_cast<float>(last)
                         : 0.0f;
      continue;
    }
    for (int option = 0; option < getNumOptions(knob); ++option)
      *features++ = option == configuration[knob] ? halfSquareRoot : 0.0f;
  }
}
