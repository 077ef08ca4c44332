//===- FaultInjection.h - candidates that fail on purpose, to test what depends
// on them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For tests of the tuner as a whole (`chameleon-worker
// --inject=<kind>:<probability>:<seed>`, repeatable): real candidates go wrong
// at random, in every way that a candidate can.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_FAULTINJECTION_H
#define CHAMELEON_MEASURE_FAULTINJECTION_H

#include "chameleon/Measure/Runner.h"

namespace chameleon {

/// What goes wrong. The first word of a name says when.
struct InjectedFault {
  enum class Kind {
    CompileError,
    CompileAbort,
    CompileSegfault,
    CompileHang,
    CompileMemory,
    CompileStack,
    RunAbort,
    RunSegfault,
    RunHang,
    RunMemory,
    RunStack,
    RunWrong,   ///< one element differs
    RunNaN,     ///< one element is NaN
    ChildKill,  ///< the child is killed, as if from outside
    WorkerKill, ///< the worker process is killed
  };
  Kind kind;
  double probability = 0;
  uint64_t seed = 0;

  /// Reads `compile-abort:0.1:7`; the seed may be left out. `all:0.1:7` is
  /// every kind alike, and one candidate in ten has some fault.
  static llvm::Expected<std::vector<InjectedFault>> parse(llvm::StringRef text);
};

/// A CPU runner with faults. Whether a candidate has a fault depends on its
/// text and the seed alone, so that it fails whenever it is compiled again; the
/// two kills strike at random, as they would.
llvm::Expected<std::unique_ptr<CandidateRunner>>
createFaultyRunner(const RunnerOptions &options,
                   const mlir::DialectRegistry &registry,
                   std::vector<InjectedFault> faults);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_FAULTINJECTION_H
