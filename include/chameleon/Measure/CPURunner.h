//===- CPURunner.h - candidates on the host CPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_CPURUNNER_H
#define CHAMELEON_MEASURE_CPURUNNER_H

#include "chameleon/Measure/CandidateRunner.h"

namespace mlir {
class DialectRegistry;
}

namespace chameleon {

/// What a test does to a candidate that the runner would otherwise treat well:
/// called with each output of a checked call.
using OutputFilter =
    std::function<void(int64_t executable, char *output, size_t bytes)>;

/// Applies the spec to a clone of the task's payload, lowers and compiles it
/// for the host, checks it against the task in double precision and times it;
/// on one pinned core if kernels have one thread. `registry` must outlive the
/// runner. Errors: the target is no CPU.
llvm::Expected<std::unique_ptr<CandidateRunner>>
createCPURunner(const RunnerOptions &options,
                const mlir::DialectRegistry &registry,
                OutputFilter filter = nullptr);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_CPURUNNER_H
