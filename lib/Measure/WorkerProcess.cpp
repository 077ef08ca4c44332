//===- WorkerProcess.cpp - the tuner's end of the pipe to a worker
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WorkerProcess.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

using namespace chameleon;
using protocol::Reply;
using protocol::Request;

/// How often a waiting tuner looks at its stop signal.
static constexpr double stopPeriod = 0.1;
/// How long a worker may take to end by itself.
static constexpr double farewell = 2;

std::string chameleon::tailOfFile(int descriptor) {
  constexpr off_t mostBytes = 2000;
  off_t size = std::max<off_t>(lseek(descriptor, 0, SEEK_END), 0);
  std::string text(std::min(size, mostBytes), '\0');
  ssize_t count = pread(descriptor, text.data(), text.size(),
                        size - static_cast<off_t>(text.size()));
  text.resize(std::max<ssize_t>(count, 0));
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(text).split(lines, '\n', /*MaxSplit=*/-1,
                              /*KeepEmpty=*/false);
  std::string tail = llvm::join(llvm::ArrayRef(lines).take_back(3), "; ");
  return llvm::StringRef(tail).take_back(500).str();
}

llvm::Expected<std::unique_ptr<WorkerProcess>>
WorkerProcess::start(llvm::ArrayRef<std::string> commandLine) {
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess());
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return llvm::createStringError("cannot make a socket: %s", strerror(errno));
  worker->socket = sockets[0];
  worker->errorFile = memfd_create("chameleon-worker-stderr", MFD_CLOEXEC);
  fcntl(worker->errorFile, F_SETFL, O_APPEND);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, sockets[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, sockets[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, worker->errorFile, STDERR_FILENO);
#if defined(__GLIBC_PREREQ) && __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif
  // A session of its own for the launcher as well: Ctrl-C is the tuner's alone,
  // and one kill reaches the whole group.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGINT);
  sigaddset(&defaults, SIGTERM);
  sigaddset(&defaults, SIGHUP);
  sigaddset(&defaults, SIGPIPE);
  sigaddset(&defaults, SIGXFSZ);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);

  std::vector<char *> arguments;
  for (const std::string &argument : commandLine)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  int error = posix_spawnp(&worker->process, arguments[0], &actions,
                           &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(sockets[1]);
  if (error) {
    worker->process = -1;
    return llvm::createStringError("cannot start worker '%s': %s",
                                   commandLine.front().c_str(),
                                   strerror(error));
  }
  return worker;
}

/// Waits for the process to end by itself, at most `seconds`. It stays a
/// zombie, so that its id and its group's id remain taken until `finish`.
static bool waitForEnd(pid_t process, double seconds) {
  double deadline = monotonicSeconds() + seconds;
  while (true) {
    siginfo_t info{};
    int result = waitid(P_PID, process, &info, WEXITED | WNOHANG | WNOWAIT);
    if ((result == 0 && info.si_pid == process) ||
        (result < 0 && errno != EINTR))
      return true;
    if (monotonicSeconds() >= deadline)
      return false;
    usleep(1000);
  }
}

/// Kills what is left of the group and reaps the process.
static int finish(pid_t process) {
  int status = 0;
  ::kill(-process, SIGKILL);
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

WorkerProcess::~WorkerProcess() {
  if (socket >= 0)
    close(socket);
  if (process > 0) {
    waitForEnd(process, farewell);
    finish(process);
  }
  if (errorFile >= 0)
    close(errorFile);
}

bool WorkerProcess::send(const Request &request) {
  return protocol::writeAll(socket, protocol::encodeFrame(toJSON(request)));
}

/// What is kept of a worker's stderr; it ends up in memory.
static constexpr off_t mostErrorBytes = 16 << 20;

WorkerProcess::Event WorkerProcess::receive(Reply &reply, double deadline,
                                            double silence,
                                            const StopSignal &stop) {
  double quietUntil = monotonicSeconds() + silence;
  while (true) {
    llvm::Expected<std::optional<llvm::json::Value>> frame = decoder.next();
    if (!frame) {
      garbage = llvm::toString(frame.takeError());
      return Event::Ended;
    }
    if (*frame) {
      llvm::Expected<Reply> parsed = protocol::parseReply(**frame);
      if (!parsed) {
        garbage = llvm::toString(parsed.takeError());
        return Event::Ended;
      }
      quietUntil = monotonicSeconds() + silence;
      if (std::holds_alternative<protocol::AliveReply>(parsed->body))
        continue;
      reply = std::move(*parsed);
      return Event::Reply;
    }
    if (stop.isRaised())
      return Event::Interrupted;
    if (lseek(errorFile, 0, SEEK_END) > mostErrorBytes)
      (void)!ftruncate(errorFile, 0);
    double now = monotonicSeconds(), end = std::min(deadline, quietUntil);
    double wait = std::clamp(end - now, 0.0, stopPeriod);
    pollfd polled{socket, POLLIN, 0};
    int ready = poll(&polled, 1, static_cast<int>(std::ceil(wait * 1000)));
    if (ready > 0 && !protocol::readSome(socket, decoder))
      return Event::Ended;
    // Half a frame for ever is no sign of life.
    if (now >= end && (ready <= 0 || !decoder.empty()))
      return now >= deadline ? Event::Timeout : Event::Silence;
  }
}

std::string WorkerProcess::whyEnded() {
  if (process <= 0)
    return "has ended";
  bool ended = waitForEnd(process, garbage.empty() ? farewell : 0);
  int status = finish(process);
  process = -1;
  std::string why;
  if (!garbage.empty())
    why = "sent garbage: " + garbage;
  else if (!ended)
    why = "closed the connection";
  else if (WIFSIGNALED(status))
    why = llvm::formatv("was killed by signal {0} ({1})", WTERMSIG(status),
                        llvm::StringRef(strsignal(WTERMSIG(status))).lower());
  else
    why = llvm::formatv("ended with exit status {0}", WEXITSTATUS(status));
  std::string tail = tailOfFile(errorFile);
  return tail.empty() ? why : why + ": " + tail;
}
