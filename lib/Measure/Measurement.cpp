//===- Measurement.cpp - names of outcomes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Measurement.h"
#include "llvm/Support/ErrorHandling.h"

using namespace chameleon;

static constexpr Outcome allOutcomes[] = {
    Outcome::Ok,           Outcome::TransformError,
    Outcome::CompileError, Outcome::CompileTimeout,
    Outcome::CompileCrash, Outcome::RunTimeout,
    Outcome::RunCrash,     Outcome::MemoryLimit,
    Outcome::WrongResult,  Outcome::NoReference,
    Outcome::WorkerLost};

llvm::StringRef chameleon::toString(Outcome outcome) {
  switch (outcome) {
  case Outcome::Ok:
    return "ok";
  case Outcome::TransformError:
    return "transform-error";
  case Outcome::CompileError:
    return "compile-error";
  case Outcome::CompileTimeout:
    return "compile-timeout";
  case Outcome::CompileCrash:
    return "compile-crash";
  case Outcome::RunTimeout:
    return "run-timeout";
  case Outcome::RunCrash:
    return "run-crash";
  case Outcome::MemoryLimit:
    return "memory-limit";
  case Outcome::WrongResult:
    return "wrong-result";
  case Outcome::NoReference:
    return "no-reference";
  case Outcome::WorkerLost:
    return "worker-lost";
  }
  llvm_unreachable("an outcome outside its enumeration");
}

std::optional<Outcome> chameleon::outcomeFromString(llvm::StringRef text) {
  for (Outcome outcome : allOutcomes)
    if (toString(outcome) == text)
      return outcome;
  return std::nullopt;
}
