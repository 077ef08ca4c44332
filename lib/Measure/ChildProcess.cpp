//===- ChildProcess.cpp - one forked child: limits, frames, cause of death
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChildProcess.h"
#include "WorkerProcess.h"
#include "chameleon/Measure/CandidateRunner.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace chameleon;

/// Exit statuses with which a child says why it ends; far from those that
/// libraries use.
static constexpr int exitOutOfMemory = 211;
static constexpr int exitStackOverflow = 212;
static constexpr int exitLostDevice = 213;

//===----------------------------------------------------------------------===//
// In the child
//===----------------------------------------------------------------------===//

/// Tells the three causes of a segmentation fault apart: stack overflow, an
/// allocation that failed and was not looked at (compiled candidates do not),
/// and everything else. Async-signal-safe.
static void onSegmentationFault(int signal, siginfo_t *info, void *context) {
  int error = errno;
  auto address = reinterpret_cast<uintptr_t>(info->si_addr);
#if defined(__x86_64__)
  auto stackPointer = static_cast<uintptr_t>(
      static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  auto stackPointer = static_cast<uintptr_t>(
      static_cast<ucontext_t *>(context)->uc_mcontext.sp);
#else
  uintptr_t stackPointer = 0;
#endif
  constexpr uintptr_t near = 1 << 16;
  if (address + near > stackPointer && address < stackPointer + near)
    _exit(exitStackOverflow);
  if (error == ENOMEM)
    _exit(exitOutOfMemory);
  ::signal(signal, SIG_DFL);
  raise(signal);
}

void chameleon::endWithLostDevice(llvm::StringRef why) {
  llvm::errs() << why << "\n";
  llvm::errs().flush();
  // No destructors: they would call a driver that is past answering.
  _exit(exitLostDevice);
}

static void onOutOfMemory() { _exit(exitOutOfMemory); }

static void limit(int resource, rlim_t value) {
  rlimit current;
  getrlimit(static_cast<__rlimit_resource_t>(resource), &current);
  if (current.rlim_max != RLIM_INFINITY && value > current.rlim_max)
    value = current.rlim_max;
  rlimit wanted{value, current.rlim_max};
  setrlimit(static_cast<__rlimit_resource_t>(resource), &wanted);
}

void chameleon::limitProcessorTime(double seconds) {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
  double cores = static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  double total = std::min(used + seconds * cores + 10, 1e9); // may be infinite
  limit(RLIMIT_CPU, static_cast<rlim_t>(total));
}

static void enterChild(const ChildLimits &limits, int errorFile) {
  // A group of its own: whatever a candidate starts dies with it.
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  if (int empty = open("/dev/null", O_RDONLY); empty >= 0) {
    dup2(empty, STDIN_FILENO);
    if (empty > STDERR_FILENO)
      close(empty);
  }
  dup2(errorFile, STDOUT_FILENO);
  dup2(errorFile, STDERR_FILENO);
  limit(RLIMIT_CORE, 0);
  if (limits.limitFileSize)
    limit(RLIMIT_FSIZE, rlim_t(64) << 20);
  if (limits.memoryMiB)
    limit(RLIMIT_AS, rlim_t(limits.memoryMiB) << 20);
  // Should memory run out, the kernel had better take this process than the
  // tuner.
  if (int score = open("/proc/self/oom_score_adj", O_WRONLY); score >= 0) {
    (void)!write(score, "1000", 4);
    close(score);
  }
  static char alternateStack[64 << 10];
  stack_t stack{};
  stack.ss_sp = alternateStack;
  stack.ss_size = sizeof(alternateStack);
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_sigaction = onSegmentationFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
  std::set_new_handler(onOutOfMemory);
}

llvm::Expected<ChildProcess>
chameleon::forkChild(const ChildLimits &limits,
                     llvm::ArrayRef<int> closeInChild,
                     llvm::function_ref<void(int socket)> body) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return llvm::createStringError("cannot make a socket: %s", strerror(errno));
  int errorFile = memfd_create("chameleon-child-stderr", MFD_CLOEXEC);
  if (errorFile >= 0)
    fcntl(errorFile, F_SETFL, O_APPEND);
  pid_t parent = getpid();
  pid_t process = errorFile < 0 ? -1 : fork();
  if (process < 0) {
    int error = errno;
    close(sockets[0]);
    close(sockets[1]);
    if (errorFile >= 0)
      close(errorFile);
    return llvm::createStringError("cannot start a child: %s", strerror(error));
  }
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    close(sockets[0]);
    for (int descriptor : closeInChild)
      close(descriptor);
    enterChild(limits, errorFile);
    close(errorFile);
    body(sockets[1]);
    _exit(0);
  }
  setpgid(process, process); // in both, so that neither runs ahead of it
  close(sockets[1]);
  ChildProcess child;
  child.process = process;
  child.socket = sockets[0];
  child.errorFile = errorFile;
  return child;
}

//===----------------------------------------------------------------------===//
// In the parent
//===----------------------------------------------------------------------===//

static std::string withTail(std::string message, llvm::StringRef tail) {
  return tail.empty() ? message : message + ": " + tail.str();
}

CauseOfDeath ChildProcess::bury(Burial why, uint64_t memoryMiB) {
  CauseOfDeath cause;
  if (!isAlive())
    return cause;
  // A child whose socket has closed by its own death is past taking signals, so
  // its status stays what it was.
  ::kill(-process, SIGKILL);
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  std::string tail = tailOfFile(errorFile);
  close(socket);
  close(errorFile);
  for (Outgoing &frame : outgoing)
    frame.closeDescriptor();
  *this = ChildProcess();

  llvm::StringRef text = tail;
  bool saysMemory = text.contains("bad_alloc") ||
                    text.contains("out of memory") ||
                    text.contains("Allocation failed");
  if (why == Burial::TimedOut) {
    cause.kind = CauseOfDeath::Kind::Timeout;
  } else if (why == Burial::Nonsense) {
    cause.message = "sent nonsense to the worker: its memory or its "
                    "descriptors were overwritten";
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == exitStackOverflow) {
    cause.message = "stack overflow";
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == exitLostDevice) {
    cause.message = tail;
  } else if ((WIFEXITED(status) && WEXITSTATUS(status) == exitOutOfMemory) ||
             (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
              saysMemory)) {
    cause.kind = CauseOfDeath::Kind::Memory;
    cause.message = llvm::formatv("more than {0} MiB of memory", memoryMiB);
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
    cause.kind = CauseOfDeath::Kind::Timeout;
    cause.message = "processor time limit exceeded";
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    cause.kind = CauseOfDeath::Kind::KilledFromOutside;
    cause.message =
        "killed from outside (by the system for want of memory, perhaps)";
  } else if (WIFSIGNALED(status)) {
    std::string name = llvm::StringRef(strsignal(WTERMSIG(status))).lower();
    cause.message = withTail(name, tail);
  } else {
    cause.message = withTail(
        llvm::formatv("ended with exit status {0}", WEXITSTATUS(status)), tail);
  }
  return cause;
}

void ChildProcess::send(std::string frame, int descriptor) {
  outgoing.push_back(
      {std::move(frame),
       descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 0)});
  flush();
}

/// A descriptor travels with the first byte of its frame.
static ssize_t sendSome(int socket, llvm::StringRef bytes, int descriptor) {
  iovec vector{const_cast<char *>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ChildProcess::flush() {
  while (!outgoing.empty()) {
    Outgoing &next = outgoing.front();
    ssize_t written = sendSome(socket, next.bytes, next.descriptor);
    if (written < 0 && errno == EINTR)
      continue;
    // Full: poll will tell. Closed: reading will tell.
    if (written < 0)
      return;
    next.closeDescriptor();
    next.bytes.erase(0, written);
    if (next.bytes.empty())
      outgoing.pop_front();
  }
}

void ChildProcess::Outgoing::closeDescriptor() {
  if (descriptor >= 0)
    close(descriptor);
  descriptor = -1;
}

void ChildProcess::kill() { (void)bury(Burial::Died, 0); }
