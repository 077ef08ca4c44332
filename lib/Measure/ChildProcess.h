//===- ChildProcess.h - one forked child: limits, request loop, cause of death
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_CHILDPROCESS_H
#define CHAMELEON_LIB_MEASURE_CHILDPROCESS_H

#include "chameleon/Measure/CandidateRunner.h"
#include "chameleon/Measure/Protocol.h"
#include <map>
#include <sys/types.h>

namespace chameleon {

/// A task as the worker keeps it: what children need to open it.
struct StoredTask {
  MeasureTask task;
  int descriptor =
      -1; ///< memory file with PreparedTask::data, inherited by children
  size_t size = 0;
};
using TaskTable = std::map<std::string, StoredTask>;

struct ChildLimits {
  uint64_t memoryMiB = 0; ///< address space; 0: unlimited
  bool limitFileSize = true;
};

/// How a child ended, in the words of an outcome.
struct CauseOfDeath {
  enum class Kind { Crash, Timeout, Memory, KilledFromOutside };
  Kind kind = Kind::Crash;
  std::string message; ///< with the last lines of its stderr
};

/// Why the parent buries a child.
enum class Burial { Died, TimedOut, Nonsense };

/// The parent's view of a child.
struct ChildProcess {
  pid_t process = -1;
  int socket = -1;
  int errorFile = -1; ///< memory file: its stdout and stderr
  protocol::FrameDecoder incoming;
  std::string outgoing; ///< not yet written (a child may be stopped, the worker
                        ///< must not block)

  bool isAlive() const { return process > 0; }
  /// Kills the whole process group, reaps, closes.
  CauseOfDeath bury(Burial why, uint64_t memoryMiB);
  /// As `bury`, when nobody asks for the cause.
  void kill();
};

/// Forks. In the child, `body(socket)` runs under the limits with stdin empty,
/// stdout and stderr in `errorFile`, and of all descriptors only those that
/// `body` is meant to have: `closeInChild` are closed. The child ends when
/// `body` returns.
llvm::Expected<ChildProcess>
forkChild(const ChildLimits &limits, llvm::ArrayRef<int> closeInChild,
          llvm::function_ref<void(int socket)> body);

/// The life of a candidate child: requests in, replies out, until the socket
/// closes. `device`: the one that it checks and times on, if others compile for
/// it.
void serveCandidates(CandidateRunner &runner, const TaskTable &tasks,
                     std::optional<unsigned> device, int socket);

/// The life of a reference child: prepares the task, writes the data into
/// `descriptor`, sends one reply.
void servePreparation(CandidateRunner &runner, const protocol::Request &request,
                      int descriptor, int socket);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_CHILDPROCESS_H
