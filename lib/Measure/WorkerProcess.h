//===- WorkerProcess.h - the tuner's end of the pipe to a worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Starts `launcher… chameleon-worker arguments…`,
// exchanges frames, and leaves no process behind.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_WORKERPROCESS_H
#define CHAMELEON_LIB_MEASURE_WORKERPROCESS_H

#include "chameleon/Measure/Protocol.h"
#include <sys/types.h>

namespace chameleon {

class WorkerProcess {
public:
  /// Errors: the program does not exist or cannot be executed; it is named.
  static llvm::Expected<std::unique_ptr<WorkerProcess>>
  start(llvm::ArrayRef<std::string> commandLine);
  /// Closes the connection, upon which a worker ends by itself; kills it if it
  /// has not within two seconds.
  ~WorkerProcess();

  enum class Event { Reply, Timeout, Silence, Interrupted, Ended };

  bool send(const protocol::Request &request);

  /// Waits for a reply, until `deadline` by `monotonicSeconds` and no longer
  /// than for so many seconds without any sign of life. `Ended`: the process is
  /// gone or talks garbage; `whyEnded` says more.
  Event receive(protocol::Reply &reply, double deadline, double silence,
                const StopSignal &stop);

  /// "ended with exit status 127", "was killed by signal 9 (killed)", "sent
  /// garbage: …", with the last words of its stderr. Valid after `Ended`; reaps
  /// the process.
  std::string whyEnded();

private:
  WorkerProcess() = default;

  pid_t process = -1;
  int socket = -1;
  int errorFile = -1;
  protocol::FrameDecoder decoder{protocol::maximumReplyBytes};
  std::string garbage;
};

/// The last lines of a file that collects somebody's stderr, in one line of at
/// most 500 characters.
std::string tailOfFile(int descriptor);

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_WORKERPROCESS_H
