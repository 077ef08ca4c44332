//===- Measurement.h - candidates, outcomes and measurements
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

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>
#include <vector>

namespace chameleon {

/// How a trial ended. Stored in the database as text; add at will, never
/// rename.
enum class Outcome {
  Ok,
  TransformError, ///< the schedule failed on the task, with a diagnostic
  CompileError,   ///< lowering, LLVM or linking reported an error
  CompileTimeout,
  CompileCrash, ///< abort, segmentation fault or stack overflow, transforming
                ///< or compiling
  RunTimeout,
  RunCrash,
  MemoryLimit, ///< the child exceeded its memory limit, compiling or running
  WrongResult, ///< differs from the reference, or NaN, or was not written
  NoReference, ///< the reference of its task could not be computed: not the
               ///< candidate's fault, not stored
  WorkerLost,  ///< the worker process died or the link to it broke: not the
               ///< candidate's fault, not stored
};

/// "ok", "transform-error", "compile-timeout", …
llvm::StringRef toString(Outcome outcome);
std::optional<Outcome> outcomeFromString(llvm::StringRef text);
/// False if the candidate itself was not measured: such outcomes say nothing of
/// it.
inline bool isMeasured(Outcome outcome) {
  return outcome != Outcome::NoReference && outcome != Outcome::WorkerLost;
}

/// An operation to measure: a module with one function of static tensors,
/// destinations included.
struct MeasureTask {
  std::string key; ///< TuningTask::key
  /// Module text; its one public function takes inputs, then destinations
  /// (attribute chameleon.task).
  std::string payload;
  int64_t numOutputs = 1; ///< trailing arguments that are destinations
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
