//===- ChildProcess.cpp - one forked child: limits, request loop, cause of death
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChildProcess.h"
#include "WorkerProcess.h"
#include "chameleon/Measure/Timing.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <set>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace chameleon;
using protocol::Reply;
using protocol::Request;

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

/// The parent's deadline is wall-clock; this one holds even if the parent is
/// stopped.
static void limitProcessorTime(double seconds) {
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

/// An executable is at home in the child that compiled it, so a child opens a
/// task when its first candidate comes.
static llvm::Error openTask(CandidateRunner &runner, const TaskTable &tasks,
                            llvm::StringRef key) {
  auto found = tasks.find(key.str());
  if (found == tasks.end())
    return llvm::createStringError("unknown task '%s'", key.str().c_str());
  const StoredTask &stored = found->second;
  const char *data = nullptr;
  if (stored.size) {
    void *mapped =
        mmap(nullptr, stored.size, PROT_READ, MAP_SHARED, stored.descriptor, 0);
    if (mapped == MAP_FAILED)
      return llvm::createStringError("cannot map the reference: %s",
                                     strerror(errno));
    data = static_cast<const char *>(mapped);
  }
  return runner.openTask(stored.task, llvm::ArrayRef<char>(data, stored.size));
}

/// `failures`: of executables that could not be imported.
static std::vector<Measurement>
run(CandidateRunner &runner, const Request &request,
    const std::map<int64_t, Measurement> &failures) {
  double begin = monotonicSeconds();
  std::vector<Measurement> results(request.executables.size());
  std::vector<int64_t> right;
  std::vector<size_t> positions;
  for (auto [position, id] : llvm::enumerate(request.executables)) {
    Measurement &result = results[position];
    result.outcome = Outcome::Ok;
    if (auto failure = failures.find(id); failure != failures.end())
      result = failure->second;
    else if (request.check)
      result = runner.check(id, request.policy);
    if (result.outcome == Outcome::Ok) {
      right.push_back(id);
      positions.push_back(position);
    }
  }
  if (request.time && !right.empty())
    for (auto [position, timed] :
         llvm::zip_equal(positions, runner.time(right, request.policy))) {
      timed.relativeError =
          std::max(timed.relativeError, results[position].relativeError);
      results[position] = timed;
    }
  // Timed round robin, several share the time.
  for (Measurement &result : results)
    result.measureSeconds =
        (monotonicSeconds() - begin) / static_cast<double>(results.size());
  if (!request.keep)
    for (int64_t id : request.executables)
      runner.drop(id);
  return results;
}

void chameleon::serveCandidates(CandidateRunner &runner, const TaskTable &tasks,
                                std::optional<unsigned> device, int socket) {
  if (device)
    if (llvm::Error error = runner.useDevice(*device))
      endWithLostDevice(llvm::toString(std::move(error)));
  protocol::FrameDecoder decoder;
  // Task key → why it could not be opened, or nothing.
  std::map<std::string, std::string> opened;
  auto open = [&](const std::string &key) -> const std::string & {
    auto [entry, isNew] = opened.try_emplace(key);
    if (isNew)
      entry->second = llvm::toString(openTask(runner, tasks, key));
    return entry->second;
  };
  std::set<int64_t> imported;
  while (true) {
    llvm::Expected<std::optional<llvm::json::Value>> frame = decoder.next();
    if (!frame)
      return llvm::consumeError(frame.takeError());
    if (!*frame) {
      if (!protocol::readSome(socket, decoder))
        return;
      continue;
    }
    llvm::Expected<Request> request = protocol::parseRequest(**frame);
    if (!request)
      return llvm::consumeError(request.takeError());
    limitProcessorTime(request->timeout);
    Reply reply;
    reply.id = request->id;
    if (request->kind == Request::Kind::Compile) {
      const std::string &whyNot = open(request->candidate.taskKey);
      Measurement &result = reply.results.emplace_back();
      if (whyNot.empty()) {
        double begin = monotonicSeconds();
        result = runner.compile(request->id, request->candidate);
        result.compileSeconds = monotonicSeconds() - begin;
        if (result.outcome == Outcome::Ok && runner.countDevices() > 0) {
          reply.exported = runner.exportExecutable(request->id);
          runner.drop(request->id);
        }
      } else {
        result.outcome = Outcome::CompileError;
        result.message = whyNot;
      }
    } else {
      std::map<int64_t, Measurement> failures;
      for (auto [id, import] :
           llvm::zip(request->executables, request->imports)) {
        if (imported.count(id))
          continue;
        const std::string &whyNot = open(import.taskKey);
        Measurement result;
        result.outcome = Outcome::CompileError;
        result.message = whyNot;
        if (whyNot.empty())
          result = runner.importExecutable(id, import.taskKey, import.exported);
        if (result.outcome == Outcome::Ok)
          imported.insert(id);
        else
          failures[id] = result;
      }
      reply.results = run(runner, *request, failures);
      if (!request->keep)
        for (int64_t id : request->executables)
          imported.erase(id);
    }
    if (!protocol::writeAll(socket, protocol::encodeFrame(toJSON(reply))))
      return;
  }
}

void chameleon::servePreparation(CandidateRunner &runner,
                                 const Request &request, int descriptor,
                                 int socket) {
  limitProcessorTime(request.timeout);
  Reply reply;
  reply.id = request.id;
  llvm::Expected<PreparedTask> prepared = runner.prepareTask(request.task);
  if (!prepared) {
    reply.error = llvm::toString(prepared.takeError());
  } else {
    reply.remark = prepared->remark;
    llvm::StringRef rest(prepared->data.data(), prepared->data.size());
    while (!rest.empty()) {
      ssize_t written = write(descriptor, rest.data(), rest.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0) {
        reply.error =
            llvm::formatv("cannot store the reference: {0}", strerror(errno));
        break;
      }
      rest = rest.drop_front(written);
    }
  }
  protocol::writeAll(socket, protocol::encodeFrame(toJSON(reply)));
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

void ChildProcess::kill() { (void)bury(Burial::Died, 0); }
