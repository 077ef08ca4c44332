//===- ForkServer.h - the worker process: forks children, relays, enforces
// limits
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The worker itself never touches a candidate. It makes the runner warm, stays
// single-threaded (so that fork is safe), and forks children which inherit the
// warm image. A child lives until it fails, is retired, or the worker ends; its
// death, whatever the cause, becomes a typed outcome of the request that it was
// working on.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_FORKSERVER_H
#define CHAMELEON_MEASURE_FORKSERVER_H

#include "chameleon/Measure/CandidateRunner.h"

namespace chameleon {

/// Serves the protocol on stdin and stdout until stdin ends, then kills every
/// child and returns the exit status. Ignores Ctrl-C: the tuner decides what
/// ends.
int runForkServer(const RunnerFactory &factory);

} // namespace chameleon

#endif // CHAMELEON_MEASURE_FORKSERVER_H
