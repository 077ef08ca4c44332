//===- ChildProcess.h - one forked child: limits, frames, cause of death
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

#include "chameleon/Measure/Protocol.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <deque>
#include <sys/types.h>

namespace chameleon {

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
  struct Outgoing {
    std::string bytes;
    int descriptor = -1; ///< goes along, and is closed then
    void closeDescriptor();
  };
  std::deque<Outgoing> outgoing; ///< not yet written (a child may be stopped,
                                 ///< the worker must not block)

  bool isAlive() const { return process > 0; }
  /// Enqueues a frame, with a copy of `descriptor` unless it is negative, and
  /// writes what can be written.
  void send(std::string frame, int descriptor = -1);
  void flush();
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

/// Sets the child's limit of processor time `seconds` from now on. The parent's
/// deadline is wall-clock; this one holds even if the parent is stopped.
void limitProcessorTime(double seconds);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_CHILDPROCESS_H
