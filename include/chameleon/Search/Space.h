//===- Space.h - knobs, legality and points of a space ----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A space is a list of knobs with a few options each, a predicate that says
// which combinations are legal, and perhaps a default. Points are
// configurations: one option index per knob.
//
//   Space space;
//   space.addKnob({"tile", {1, 2, 4, 8}, /*ordered=*/true});
//   space.setLegal([](const Configuration &point) { return point[0] > 0; });
//   if (std::string error = space.prepare(/*seed=*/0); !error.empty()) ...
//   Configuration point = *space.sample(random);
//
// Small grids (`enumerationLimit` points) are enumerated once by `prepare`,
// which makes legality a table look-up, sampling exact and exhaustion known. In
// larger ones points are drawn by rejection; where nearly nothing is legal, by
// walking from legal points to legal neighbours.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_SPACE_H
#define CHAMELEON_SEARCH_SPACE_H

#include "chameleon/Search/Random.h"
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace chameleon::search {

/// One option index per knob.
using Configuration = std::vector<int32_t>;

struct ConfigurationHash {
  size_t operator()(const Configuration &configuration) const {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (int32_t option : configuration)
      hash = (hash ^ static_cast<uint32_t>(option)) * 0x100000001b3ull;
    return hash ^ (hash >> 29);
  }
};

/// For membership only: nothing iterates over it, because its order is not part
/// of any contract.
using ConfigurationSet = std::unordered_set<Configuration, ConfigurationHash>;

struct Knob {
  std::string name;
  std::vector<double> values;
  bool ordered = true; ///< neighbouring options are similar
};

class Space {
public:
  static constexpr int maximalKnobs = 64;
  static constexpr int maximalOptions = 4096;
  /// Grid points up to which a space is enumerated. More: exact exhaustion in
  /// larger spaces; less: quicker start (one call of the predicate a point, 0.1
  /// s at 1 us).
  static constexpr uint64_t enumerationLimit = 1 << 17;
  /// Draws of rejection sampling before it gives up. More: uniform in sparser
  /// spaces; less: quicker fallback.
  static constexpr int rejectionDraws = 4096;
  /// Grid points looked at for a first legal one where rejection finds none.
  static constexpr uint64_t scanLimit = 1 << 20;

  /// Returns the knob's index, or -1 if a limit is passed or it has no option.
  int addKnob(Knob knob);
  void setLegal(std::function<bool(const Configuration &)> predicate) {
    legal = std::move(predicate);
    listedOrdinals.clear();
  }
  /// All legal configurations, in any order, where the caller can list them:
  /// instead of a predicate. Rejection and walks find little where few of many
  /// points are legal, and a walk of single knobs never leaves an alternative.
  /// Returns false, and changes nothing, if one is out of range, there is none,
  /// or the grid has 2^63 points or more.
  bool setLegalPoints(std::vector<Configuration> points);
  void setDefault(Configuration configuration) {
    defaultConfiguration = std::move(configuration);
  }

  /// Enumerates small spaces and finds a first legal point. Returns what is
  /// wrong, or nothing: no knob, a default out of range, no legal
  /// configuration. Must precede everything below.
  std::string prepare(uint64_t seed);

  const std::vector<Knob> &getKnobs() const { return knobs; }
  int getNumKnobs() const { return static_cast<int>(knobs.size()); }
  int getNumOptions(int knob) const {
    return static_cast<int>(knobs[knob].values.size());
  }
  /// Product of the numbers of options.
  double getGridSize() const;
  bool isEnumerated() const { return enumerated; }
  /// Every legal configuration in lexicographic order; empty unless
  /// `isEnumerated`.
  const std::vector<Configuration> &getLegalPoints() const {
    return legalPoints;
  }
  /// The default if there is one and it is legal.
  const std::optional<Configuration> &getDefault() const {
    return defaultConfiguration;
  }
  /// A legal point, the same for the same seed.
  const Configuration &getFirstLegal() const { return firstLegal; }

  bool isInRange(const Configuration &configuration) const;
  bool isLegal(const Configuration &configuration) const;

  /// A uniformly drawn legal configuration (`isEnumerated` or dense enough),
  /// else one reached by a random walk.
  Configuration sample(Random &random) const;
  /// Up to `count` distinct legal configurations outside `excluded`, uniformly
  /// drawn; fewer only if there are no more or none can be found.
  std::vector<Configuration> sampleDistinct(size_t count,
                                            const ConfigurationSet &excluded,
                                            Random &random) const;
  /// All legal configurations that differ in exactly one knob, by knob and
  /// option.
  std::vector<Configuration>
  getNeighbours(const Configuration &configuration) const;
  /// The configuration that follows in lexicographic order (last knob fastest),
  /// legal or not; false after the last.
  bool advance(Configuration &configuration) const;

  /// Width of `encode`.
  int getNumFeatures() const;
  /// Features for models of trees: the option index of an ordered knob, one
  /// indicator per option of another.
  void encode(const Configuration &configuration, float *features) const;
  /// Coordinates for distances, same width: each ordered knob scaled to [0, 1];
  /// two options of another are 1 apart.
  void encodeScaled(const Configuration &configuration, float *features) const;

private:
  bool usesIndicators(int knob) const {
    return !knobs[knob].ordered && knobs[knob].values.size() > 2;
  }
  uint64_t getOrdinal(const Configuration &configuration) const;
  Configuration drawFromGrid(Random &random) const;
  Configuration walk(Random &random) const;
  bool findFirstLegal(uint64_t seed);

  std::vector<Knob> knobs;
  std::function<bool(const Configuration &)> legal;
  std::optional<Configuration> defaultConfiguration;
  Configuration firstLegal;
  bool enumerated = false;
  std::vector<bool> legalGrid;          // by ordinal
  std::vector<uint64_t> listedOrdinals; // sorted, if legal points were listed
  std::vector<Configuration> legalPoints;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_SPACE_H
