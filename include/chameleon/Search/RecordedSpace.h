//===- RecordedSpace.h - exhaustively measured design spaces ----*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A recorded space stands for the hardware: every legal point was measured
// once, so that a search can be replayed in a second and the true optimum is
// known.
//
//   std::string error;
//   auto recorded = RecordedSpace::read("conv_28x28x128.json.gz", error);
//   const RecordedPoint *point = recorded->find({0, 2, 1, 0, 1, 0, 3, 0});
//
// Three formats, told apart by their members, plain or compressed by gzip:
//  - Chameleon's own (docs/recorded-spaces.md), "records";
//  - kernel_tuner's cache, "cache" (of an interrupted run, too);
//  - T4 results (Hellsten et al., "FAIR sharing of data in autotuning
//    research"), "results".
//
// Limits: what a file does not mention is illegal; times are one number a
// point, so a replay has no noise.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_SEARCH_RECORDEDSPACE_H
#define CHAMELEON_SEARCH_RECORDEDSPACE_H

#include "chameleon/Search/Space.h"
#include <memory>

namespace chameleon::search {

struct RecordedPoint {
  bool succeeded = false;
  double seconds = 0; ///< run time if it succeeded
  /// What finding that out takes: compiling, and measuring if it compiled.
  double costSeconds = 0;
};

class RecordedSpace {
public:
  /// Where a file says nothing about the cost of measuring, a measurement is
  /// taken to last this long (s): session 1's worker spent about as much.
  static constexpr double defaultMeasureSeconds = 0.05;

  /// Nothing, and what is wrong in `error`, for a file that cannot be read, is
  /// none of the formats or has no point that succeeded.
  static std::unique_ptr<RecordedSpace> read(const std::string &path,
                                             std::string &error);
  /// `text`: what a file holds, uncompressed.
  static std::unique_ptr<RecordedSpace>
  parse(const std::string &text, const std::string &name, std::string &error);

  /// The file's name without folder and extensions.
  const std::string &getName() const { return name; }
  const std::string &getDevice() const { return device; }
  /// Knobs of at least two options; legal is what was tried. Unprepared.
  Space makeSpace() const;
  /// Null for an illegal configuration.
  const RecordedPoint *find(const Configuration &configuration) const;
  size_t getNumPoints() const { return points.size(); }
  size_t getNumFailures() const { return numFailures; }
  /// Run time of the optimum.
  double getBestSeconds() const { return bestSeconds; }

private:
  friend class RecordingReader;
  using Points =
      std::unordered_map<Configuration, RecordedPoint, ConfigurationHash>;

  std::string name, device;
  std::vector<Knob> knobs;
  std::shared_ptr<Points> shared = std::make_shared<Points>();
  Points &points = *shared;
  size_t numFailures = 0;
  double bestSeconds = 0;
};

} // namespace chameleon::search

#endif // CHAMELEON_SEARCH_RECORDEDSPACE_H
