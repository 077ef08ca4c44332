//===- RecordedSpace.h - replays recorded measurements ----------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SEARCH_RECORDEDSPACE_H
#define CHAMELEON_UNITTESTS_SEARCH_RECORDEDSPACE_H

#include "chameleon/Search/Search.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <fstream>
#include <sstream>

namespace chameleon::search {

/// A space and the run time of each legal point, from a file of Inputs.
struct RecordedSpace {
  Space space;
  std::unordered_map<Configuration, double, ConfigurationHash> seconds;
  double best = 0;

  explicit RecordedSpace(const std::string &name) {
    std::ifstream file(std::string(SEARCH_INPUTS) + "/" + name + ".txt");
    EXPECT_TRUE(file) << name;
    std::string line, word;
    while (std::getline(file, line)) {
      std::istringstream stream(line);
      stream >> word;
      if (word == "knob") {
        Knob knob;
        int ordered, count;
        stream >> knob.name >> ordered >> count;
        knob.ordered = ordered;
        knob.values.resize(count);
        for (double &value : knob.values)
          stream >> value;
        space.addKnob(knob);
      } else if (word == "point") {
        long number;
        double microseconds;
        stream >> number >> microseconds;
        Configuration point(space.getNumKnobs());
        for (int knob = space.getNumKnobs(); knob-- > 0;
             number /= space.getNumOptions(knob))
          point[knob] = number % space.getNumOptions(knob);
        seconds[point] = microseconds * 1e-6;
        best = best == 0 ? microseconds * 1e-6
                         : std::min(best, microseconds * 1e-6);
      }
    }
    space.setLegal(
        [this](const Configuration &point) { return seconds.count(point); });
  }

  /// Performance relative to the optimum after each of `budget` measurements.
  std::vector<double> run(const std::string &strategy, uint64_t seed,
                          int budget) const {
    SearchOptions options;
    options.strategy = strategy;
    options.seed = seed;
    std::string error;
    std::unique_ptr<Search> search =
        Search::create(std::make_shared<Space>(space), options, error);
    EXPECT_TRUE(search) << error;
    std::vector<double> curve;
    double fastest = 0;
    while (static_cast<int>(curve.size()) < budget) {
      std::vector<Trial> trials;
      for (const Configuration &point :
           search->ask(std::min<size_t>(16, budget - curve.size()))) {
        double measured = seconds.at(point);
        fastest = fastest == 0 ? measured : std::min(fastest, measured);
        curve.push_back(best / fastest);
        trials.push_back({point, true, measured});
      }
      if (trials.empty())
        break;
      search->tell(trials);
    }
    return curve;
  }
};

/// Mean over `seeds` of the performance after `budget` measurements, and the
/// share of runs that reach 95 % of the optimum.
inline std::pair<double, double> getResult(const RecordedSpace &recorded,
                                           const std::string &strategy,
                                           int budget, int seeds) {
  double sum = 0, hits = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    double reached = recorded.run(strategy, seed, budget).back();
    sum += reached;
    hits += reached >= 0.95;
  }
  return {sum / seeds, hits / seeds};
}

} // namespace chameleon::search

#endif // CHAMELEON_UNITTESTS_SEARCH_RECORDEDSPACE_H
