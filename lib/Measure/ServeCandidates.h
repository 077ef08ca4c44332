//===- ServeCandidates.h - the life of a child
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Requests in, replies out, until the socket closes.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_SERVECANDIDATES_H
#define CHAMELEON_LIB_MEASURE_SERVECANDIDATES_H

#include "OpenTasks.h"
#include "chameleon/Measure/Protocol.h"

namespace chameleon {

/// A child that compiles, checks and times. `tasks`: those known so far; others
/// come with their descriptors. `device`: the one that it checks and times on,
/// if others compile for it.
void serveCandidates(CandidateRunner &runner, OpenTasks tasks,
                     std::optional<unsigned> device, int socket);

/// A child that prepares a task: writes the data into `descriptor`, sends one
/// reply
/// to the request `id`.
void servePreparation(CandidateRunner &runner, int64_t id,
                      const protocol::TaskRequest &request, int descriptor,
                      int socket);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_SERVECANDIDATES_H
