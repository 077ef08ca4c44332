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
  CompileCrash, ///< abort, segmentation fault, stack overflow while
                ///< transforming or compiling
  RunTimeout,
  RunCrash,
  MemoryLimit, ///< the child exceeded its memory limit, compiling or running
  WrongResult, ///< differs from the reference, or NaN, or was not written
  WorkerLost,  ///< the worker process itself died or the link to it broke (not
               ///< the candidate's fault; not stored)
};
llvm::StringRef
toString(Outcome outcome); ///< "ok", "transform-error", "compile-timeout", …
std::optional<Outcome> outcomeFromString(llvm::StringRef text);

/// An operation to measure: a module with one function of static tensors,
/// destinations included.
struct MeasureTask {
  std::string key;     ///< TuningTask::key
  std::string payload; ///< module text; its one public function takes inputs,
                       ///< then destinations (attribute chameleon.task)
  int64_t numOutputs = 1; ///< trailing arguments that are destinations
};

/// A task with a resolved schedule.
struct Candidate {
  std::string taskKey;
  std::string
      spec; ///< module text for applySpec; empty: no schedule, plain loops
  bool final = false; ///< compile with the best optimisation instead of the
                      ///< short pass list
};

struct Measurement {
  Outcome outcome = Outcome::WorkerLost;
  std::string message; ///< first diagnostic, signal name or limit; empty if ok
  double seconds = 0;  ///< median time of one call
  double spreadSeconds = 0; ///< half the interquartile range of the calls
  double relativeError =
      0; ///< against the reference, relative to its largest element
  double compileSeconds = 0; ///< transform + lower + LLVM
  double measureSeconds = 0; ///< wall time of checking and timing
  int64_t calls = 0;         ///< timed calls
};

} // namespace chameleon

#endif // CHAMELEON_MEASURE_MEASUREMENT_H
