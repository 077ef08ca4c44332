//===- Measurement.h - tasks, candidates and measurements
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vocabulary of measuring, shared by worker, pool, tuner and database.
// Plain data: no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_MEASUREMENT_H
#define CHAMELEON_MEASURE_MEASUREMENT_H

#include "chameleon/Database/Outcome.h"
#include <string>
#include <vector>

namespace chameleon {

/// An operation to measure: a module with one function of static tensors,
/// destinations included.
struct MeasureTask {
  std::string key; ///< TuningTask::key
  /// Module text; its one public function takes inputs, then destinations
  /// (attribute chameleon.task).
  std::string payload;
  int64_t numOutputs = 1; ///< trailing arguments that are destinations
  /// Candidate::spec of defaults: the first that agrees with samples gives the
  /// reference of a large task. Empty: the whole is computed by plain loops.
  std::vector<std::string> defaults = {};
};

/// A task with a resolved schedule.
struct Candidate {
  std::string taskKey;
  /// Module text for applySpec. Empty: no schedule, plain loops.
  std::string spec;
};

struct Measurement {
  Outcome outcome = Outcome::WorkerLost;
  /// First diagnostic, signal name or limit; empty if ok.
  std::string message;
  double seconds = 0;       ///< median time of one call
  double spreadSeconds = 0; ///< half the interquartile range of the calls
  /// Against the reference, relative to its largest element.
  double relativeError = 0;
  double compileSeconds = 0; ///< transform + lower + LLVM
  double measureSeconds = 0; ///< wall time of checking and timing; its share
                             ///< where several are timed round robin
  int64_t calls = 0;         ///< timed calls
};

} // namespace chameleon

#endif // CHAMELEON_MEASURE_MEASUREMENT_H
