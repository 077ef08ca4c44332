//===- Outcome.h - how a trial ended
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   record.outcome = Outcome::RunTimeout;
//   toString(record.outcome)   // "run-timeout", as it is stored
//
// All inline: who measures need not link the database. Plain data: no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_DATABASE_OUTCOME_H
#define CHAMELEON_DATABASE_OUTCOME_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"
#include <optional>
#include <utility>

namespace chameleon {

/// Stored in the database as text; add at will, never rename.
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

inline constexpr std::pair<Outcome, llvm::StringLiteral> outcomeNames[] = {
    {Outcome::Ok, "ok"},
    {Outcome::TransformError, "transform-error"},
    {Outcome::CompileError, "compile-error"},
    {Outcome::CompileTimeout, "compile-timeout"},
    {Outcome::CompileCrash, "compile-crash"},
    {Outcome::RunTimeout, "run-timeout"},
    {Outcome::RunCrash, "run-crash"},
    {Outcome::MemoryLimit, "memory-limit"},
    {Outcome::WrongResult, "wrong-result"},
    {Outcome::NoReference, "no-reference"},
    {Outcome::WorkerLost, "worker-lost"}};

inline llvm::StringRef toString(Outcome outcome) {
  for (const auto &[known, name] : outcomeNames)
    if (known == outcome)
      return name;
  llvm_unreachable("an outcome outside its enumeration");
}

inline std::optional<Outcome> outcomeFromString(llvm::StringRef text) {
  for (const auto &[known, name] : outcomeNames)
    if (name == text)
      return known;
  return std::nullopt;
}

/// False if the candidate itself was not measured: such outcomes say nothing of
/// it.
inline bool isMeasured(Outcome outcome) {
  return outcome != Outcome::NoReference && outcome != Outcome::WorkerLost;
}

} // namespace chameleon

#endif // CHAMELEON_DATABASE_OUTCOME_H
