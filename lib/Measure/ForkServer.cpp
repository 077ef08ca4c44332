//===- ForkServer.cpp - the worker process: forks children, relays, enforces
// limits
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/ForkServer.h"
#include "ChildProcess.h"
#include "ServeCandidates.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <set>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::protocol;

CandidateRunner::~CandidateRunner() = default;

llvm::Error CandidateRunner::useDevice(unsigned) {
  return llvm::Error::success();
}

std::string CandidateRunner::exportExecutable(int64_t) { return ""; }

Measurement CandidateRunner::importExecutable(int64_t, llvm::StringRef,
                                              llvm::StringRef) {
  Measurement result;
  result.outcome = Outcome::CompileError;
  result.message = "executables of this target stay where they were compiled";
  return result;
}

/// Seconds between two signs of life.
static constexpr double signPeriod = 1;

static unsigned coresOfThisProcess() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0
             ? std::max(CPU_COUNT(&set), 1)
             : 1;
}

/// Forking with threads about may copy a locked lock, so the worker makes sure
/// that it has none.
static unsigned threadsOfThisProcess() {
  unsigned threads = 0;
  if (DIR *directory = opendir("/proc/self/task")) {
    while (dirent *entry = readdir(directory))
      threads += entry->d_name[0] != '.';
    closedir(directory);
  }
  return threads;
}

namespace {
/// What a child is busy with.
struct Work {
  int64_t id = 0; ///< of the request
  double timeout = 0;
  bool isCompile = false;
  size_t numResults = 0;
  std::vector<std::string> tasks; ///< that it needs
  /// What there is to run was in the child, if that has died.
  bool needsLivingChild = false;

  Work() = default;
  Work(int64_t id, const TaskRequest &request)
      : id(id), timeout(request.timeout) {}
  Work(int64_t id, const CompileRequest &request)
      : id(id), timeout(request.timeout), isCompile(true), numResults(1),
        tasks{request.candidate.taskKey} {}
  Work(int64_t id, const RunRequest &request)
      : id(id), timeout(request.timeout),
        numResults(request.executables.size()),
        needsLivingChild(request.imports.empty()) {
    for (const RunRequest::Import &import : request.imports)
      tasks.push_back(import.taskKey);
  }
};

/// A child and what it is working on.
struct Slot {
  ChildProcess child;
  bool busy = false;
  bool retired = false;        ///< replace the child before its next request
  Work work;                   ///< while busy
  double begin = 0;            ///< when the request came
  std::set<std::string> tasks; ///< that the child knows
  StoredTask preparing;        ///< by a child that prepares
};

class ForkServer {
public:
  ForkServer(const RunnerFactory &factory, int input, int output)
      : factory(factory), input(input), output(output) {}

  /// Until the input ends or turns out to be garbage.
  int serve();

private:
  bool handle(const Request &request); ///< false: the conversation is over
  bool hello(int64_t id, const HelloRequest &request);
  void addTask(int64_t id, const TaskRequest &request);
  void dispatch(int64_t child, const Request &request, Work work);
  void retire(int64_t child);
  void cancel();
  void finishTask(Slot &slot, const Reply &reply);
  void tellTasks(Slot &slot);
  void bury(size_t index, Burial why);
  void receive(size_t index);
  void reply(const Reply &reply) {
    outputBroken |=
        !protocol::writeAll(output, protocol::encodeFrame(toJSON(reply)));
  }
  void fail(int64_t id, std::string message) {
    reply({id, ErrorReply{std::move(message)}, std::nullopt});
  }
  llvm::Error startChild(Slot &slot, const ChildLimits &limits,
                         llvm::function_ref<void(int)> body);
  int millisecondsToWait() const;
  void sayAlive();
  /// Slots from here on prepare tasks; as many as there are to compile.
  size_t firstPreparing() const { return (slots.size() + devices) / 2; }
  bool prepares(size_t index) const { return index >= firstPreparing(); }
  /// Which device the child of a slot checks and times on.
  std::optional<unsigned> deviceOf(size_t index) const {
    size_t first = firstPreparing() - devices;
    if (index < first || prepares(index))
      return std::nullopt;
    return static_cast<unsigned>(index - first);
  }
  /// A driver reserves far more addresses than it uses, so where a device is
  /// used there is no limit.
  uint64_t addressSpaceOf(size_t index) const {
    bool mayUseDevice = deviceOf(index) || (devices && prepares(index));
    return mayUseDevice ? 0 : addressSpaceMiB;
  }

  const RunnerFactory &factory;
  int input, output;
  bool outputBroken = false;
  double lastSign = 0; ///< of life
  std::unique_ptr<CandidateRunner> runner;
  uint64_t memoryLimitMiB = 0;
  uint64_t addressSpaceMiB = 0; ///< what RLIMIT_AS is set to
  TaskTable tasks;
  unsigned devices = 0;
  /// Children that compile, then one a device, then those that prepare tasks.
  std::vector<Slot> slots;
};
} // namespace

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

bool ForkServer::hello(int64_t id, const HelloRequest &request) {
  if (request.protocolVersion != protocol::version) {
    fail(id,
         llvm::formatv("the worker speaks protocol version {0}, the tuner {1}",
                       protocol::version, request.protocolVersion));
    return false;
  }
  if (request.threads < 1 || request.threads > 1024 || request.children < 0 ||
      request.children > 1024) {
    fail(id, llvm::formatv("expected 1 to 1024 threads and 0 to 1024 "
                           "children, found {0} and {1}",
                           request.threads, request.children));
    return false;
  }
  // OpenMP reads these when a child first needs it; nothing in this process
  // does. By default its threads spin for 200 ms after a kernel, on cores where
  // another child is timed meanwhile; 1 ms still bridges back-to-back calls.
  setenv("OMP_NUM_THREADS", std::to_string(request.threads).c_str(),
         /*overwrite=*/1);
  setenv("KMP_BLOCKTIME", "1", /*overwrite=*/0);
  RunnerOptions options;
  options.target = request.target;
  options.threads = static_cast<unsigned>(request.threads);
  options.seed = request.seed;
  llvm::Expected<std::unique_ptr<CandidateRunner>> made = factory(options);
  if (!made) {
    fail(id, llvm::toString(made.takeError()));
    return false;
  }
  runner = std::move(*made);
  if (llvm::Error error = runner->warmUp()) {
    fail(id, llvm::toString(std::move(error)));
    return false;
  }
  if (unsigned threads = threadsOfThisProcess(); threads > 1) {
    fail(id, llvm::formatv("the worker has {0} threads after warming up: "
                           "it cannot fork safely",
                           threads));
    return false;
  }
  memoryLimitMiB =
      static_cast<uint64_t>(std::max<int64_t>(request.memoryLimitMiB, 0));
  // Each thread reserves a stack and a malloc arena that it hardly touches.
  addressSpaceMiB = memoryLimitMiB;
  if (memoryLimitMiB && request.threads > 1)
    addressSpaceMiB += static_cast<uint64_t>(request.threads) * 80;
  devices = runner->countDevices();
  size_t children = request.children ? request.children : coresOfThisProcess();
  slots.resize(2 * children + devices);
  reply({id, ReadyReply{protocol::version, static_cast<int64_t>(children),
                        devices, runner->getGenerator()}});
  return true;
}

llvm::Error ForkServer::startChild(Slot &slot, const ChildLimits &limits,
                                   llvm::function_ref<void(int)> body) {
  std::vector<int> descriptors{input, output};
  for (Slot &other : slots)
    if (other.child.isAlive()) {
      descriptors.push_back(other.child.socket);
      descriptors.push_back(other.child.errorFile);
    }
  llvm::Expected<ChildProcess> child = forkChild(limits, descriptors, body);
  if (!child)
    return child.takeError();
  slot.child = std::move(*child);
  return llvm::Error::success();
}

void ForkServer::addTask(int64_t id, const TaskRequest &request) {
  size_t index = firstPreparing() + request.child;
  if (request.child < 0 || index >= slots.size())
    return fail(id, llvm::formatv("there is no child {0} to prepare tasks",
                                  request.child));
  Slot &slot = slots[index];
  if (slot.busy)
    return fail(
        id, llvm::formatv("child {0} prepares another task", request.child));
  slot.preparing.task = request.task;
  slot.preparing.descriptor = memfd_create("chameleon-task", MFD_CLOEXEC);
  if (slot.preparing.descriptor < 0)
    return fail(
        id, llvm::formatv("cannot make a memory file: {0}", strerror(errno)));
  ChildLimits limits;
  limits.limitFileSize = false; // it writes the memory file
  limits.memoryMiB = addressSpaceOf(index);
  llvm::Error error = startChild(slot, limits, [&](int socket) {
    servePreparation(*runner, id, request, slot.preparing.descriptor, socket);
  });
  if (error) {
    close(slot.preparing.descriptor);
    return fail(id, llvm::toString(std::move(error)));
  }
  slot.busy = true;
  slot.work = Work(id, request);
  slot.begin = monotonicSeconds();
}

/// The preparation has ended well or badly. Children forked from now on know
/// the task; those that live are told when they need it.
void ForkServer::finishTask(Slot &slot, const Reply &answer) {
  slot.busy = false;
  StoredTask task = std::move(slot.preparing);
  const auto *prepared = std::get_if<PreparedReply>(&answer.body);
  if (prepared && !prepared->wantsDevice) {
    task.size = static_cast<size_t>(
        std::max<off_t>(lseek(task.descriptor, 0, SEEK_END), 0));
    StoredTask &stored = tasks[task.task.key];
    if (stored.descriptor >= 0)
      close(stored.descriptor);
    stored = std::move(task);
  } else {
    close(task.descriptor);
  }
  reply(answer);
}

/// A living child learns the tasks of its work that are newer than itself.
void ForkServer::tellTasks(Slot &slot) {
  for (const std::string &key : slot.work.tasks) {
    auto task = tasks.find(key);
    if (task == tasks.end() || !slot.tasks.insert(key).second)
      continue;
    TaskRequest news;
    news.task = task->second.task;
    slot.child.send(protocol::encodeFrame(toJSON(Request{0, std::move(news)})),
                    task->second.descriptor);
  }
}

/// Hands a request over to a child.
void ForkServer::dispatch(int64_t child, const Request &request, Work work) {
  if (child < 0 || prepares(child))
    return fail(work.id, llvm::formatv("there is no child {0}", child));
  Slot &slot = slots[child];
  if (slot.busy)
    return fail(work.id, llvm::formatv("child {0} is busy", child));
  if (slot.retired && slot.child.isAlive())
    slot.child.kill();
  slot.retired = false;
  if (!slot.child.isAlive() && work.needsLivingChild) {
    // The child died while the request was on its way; there is nothing that
    // could be run.
    ResultsReply lost;
    lost.results.resize(work.numResults);
    return reply({work.id, std::move(lost), child});
  }
  if (!slot.child.isAlive()) {
    ChildLimits limits;
    limits.memoryMiB = addressSpaceOf(child);
    if (llvm::Error error = startChild(slot, limits, [&](int socket) {
          serveCandidates(
              *runner,
              OpenTasks(*runner, tasks,
                        protocol::mostBytesOfOpenTasks(memoryLimitMiB)),
              deviceOf(child), socket);
        }))
      return fail(work.id, llvm::toString(std::move(error)));
    slot.tasks.clear();
    for (const auto &[key, task] : tasks)
      slot.tasks.insert(key);
  }
  slot.work = std::move(work);
  tellTasks(slot);
  // The tail of stderr should belong to this request.
  (void)!ftruncate(slot.child.errorFile, 0);
  slot.busy = true;
  slot.begin = monotonicSeconds();
  slot.child.send(protocol::encodeFrame(toJSON(request)));
}

void ForkServer::retire(int64_t child) {
  if (child >= 0 && !prepares(child))
    slots[child].retired = true;
}

void ForkServer::cancel() {
  for (auto [index, slot] : llvm::enumerate(slots)) {
    slot.child.kill();
    if (slot.busy && prepares(index))
      close(slot.preparing.descriptor);
    slot.busy = false;
  }
}

bool ForkServer::handle(const Request &request) {
  int64_t id = request.id;
  const auto *greeting = std::get_if<HelloRequest>(&request.body);
  if (greeting && !runner)
    return hello(id, *greeting);
  if (greeting || !runner) {
    fail(id, greeting ? "the worker has been greeted before"
                      : "the first request must be hello");
    return false;
  }
  std::visit(
      llvm::makeVisitor([&](const TaskRequest &task) { addTask(id, task); },
                        [&](const CompileRequest &compile) {
                          dispatch(compile.child, request, Work(id, compile));
                        },
                        [&](const RunRequest &run) {
                          dispatch(run.child, request, Work(id, run));
                        },
                        [&](const RetireRequest &old) { retire(old.child); },
                        [&](const CancelRequest &) { cancel(); },
                        [](const HelloRequest &) {}),
      request.body);
  return true;
}

//===----------------------------------------------------------------------===//
// Children
//===----------------------------------------------------------------------===//

/// What the death of a child means for the candidate that it was busy with.
static Measurement blame(const CauseOfDeath &cause, bool isCompile,
                         double elapsed) {
  Measurement result;
  switch (cause.kind) {
  case CauseOfDeath::Kind::Crash:
    result.outcome = isCompile ? Outcome::CompileCrash : Outcome::RunCrash;
    break;
  case CauseOfDeath::Kind::Timeout:
    result.outcome = isCompile ? Outcome::CompileTimeout : Outcome::RunTimeout;
    break;
  case CauseOfDeath::Kind::Memory:
  case CauseOfDeath::Kind::KilledFromOutside:
    result.outcome = Outcome::MemoryLimit;
    break;
  }
  result.message = cause.message;
  (isCompile ? result.compileSeconds : result.measureSeconds) = elapsed;
  return result;
}

void ForkServer::bury(size_t index, Burial why) {
  Slot &slot = slots[index];
  CauseOfDeath cause = slot.child.bury(why, memoryLimitMiB);
  if (why == Burial::TimedOut)
    cause.message = llvm::formatv("longer than {0:f3} s", slot.work.timeout);
  Reply answer;
  answer.killedFromOutside =
      cause.kind == CauseOfDeath::Kind::KilledFromOutside;
  if (prepares(index)) {
    if (!slot.busy)
      return;
    answer.id = slot.work.id;
    answer.body = ErrorReply{"computing the reference: " + cause.message};
    return finishTask(slot, answer);
  }
  answer.lostChild = static_cast<int64_t>(index);
  if (slot.busy) {
    answer.id = slot.work.id;
    ResultsReply blamed;
    blamed.results.assign(
        slot.work.numResults,
        blame(cause, slot.work.isCompile, monotonicSeconds() - slot.begin));
    answer.body = std::move(blamed);
    slot.busy = false;
  }
  reply(answer);
}

void ForkServer::receive(size_t index) {
  Slot &slot = slots[index];
  if (!protocol::readSome(slot.child.socket, slot.child.incoming))
    return bury(index, Burial::Died);
  llvm::Expected<std::optional<llvm::json::Value>> frame =
      slot.child.incoming.next();
  if (frame && !*frame)
    return;
  llvm::Expected<Reply> parsed =
      frame ? protocol::parseReply(**frame) : frame.takeError();
  // A child that talks nonsense has been overwritten by its candidate.
  if (!parsed || !slot.busy || parsed->id != slot.work.id) {
    if (!parsed)
      llvm::consumeError(parsed.takeError());
    return bury(index, Burial::Nonsense);
  }
  if (prepares(index)) {
    slot.child.kill();
    return finishTask(slot, *parsed);
  }
  slot.busy = false;
  reply(*parsed);
}

/// Until the next deadline or sign of life.
int ForkServer::millisecondsToWait() const {
  double earliest = lastSign + signPeriod;
  for (const Slot &slot : slots)
    if (slot.busy && slot.work.timeout > 0)
      earliest = std::min(earliest, slot.begin + slot.work.timeout);
  // Up, so that it has really passed when poll returns.
  double left = std::max(earliest - monotonicSeconds(), 0.0);
  return static_cast<int>(std::ceil(left * 1000)) + 1;
}

/// A tuner tells by it a worker that is busy from one that is stopped or behind
/// a connection that is gone.
void ForkServer::sayAlive() {
  if (monotonicSeconds() < lastSign + signPeriod)
    return;
  lastSign = monotonicSeconds();
  // Nobody is told before it has greeted, or if it does not listen.
  pollfd listener{output, POLLOUT, 0};
  if (runner && poll(&listener, 1, 0) > 0 && (listener.revents & POLLOUT))
    reply({0, AliveReply()});
}

int ForkServer::serve() {
  protocol::FrameDecoder decoder;
  int status = 0;
  bool goOn = true;
  while (goOn && !outputBroken) {
    std::vector<pollfd> polled{{input, POLLIN, 0}};
    std::vector<size_t> indices;
    for (auto [index, slot] : llvm::enumerate(slots))
      if (slot.child.isAlive()) {
        polled.push_back(
            {slot.child.socket,
             static_cast<short>(slot.child.outgoing.empty() ? POLLIN
                                                            : POLLIN | POLLOUT),
             0});
        indices.push_back(index);
      }
    if (poll(polled.data(), polled.size(), millisecondsToWait()) < 0 &&
        errno != EINTR)
      break;
    for (auto [entry, index] :
         llvm::zip_equal(llvm::drop_begin(polled), indices)) {
      Slot &slot = slots[index];
      if (entry.revents & POLLOUT)
        slot.child.flush();
      if (entry.revents & (POLLIN | POLLHUP | POLLERR))
        receive(index);
    }
    sayAlive();
    double now = monotonicSeconds();
    for (auto [index, slot] : llvm::enumerate(slots))
      if (slot.busy && slot.work.timeout > 0 &&
          now > slot.begin + slot.work.timeout)
        bury(index, Burial::TimedOut);
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) {
      if (!protocol::readSome(input, decoder))
        break;
      while (goOn) {
        llvm::Expected<std::optional<llvm::json::Value>> frame = decoder.next();
        if (frame && !*frame)
          break;
        llvm::Expected<Request> request =
            frame ? protocol::parseRequest(**frame) : frame.takeError();
        if (!request) {
          llvm::errs() << "chameleon-worker: "
                       << llvm::toString(request.takeError()) << "\n";
          status = 1;
          goOn = false;
          break;
        }
        goOn = handle(*request);
        if (!goOn)
          status = 1;
      }
    }
  }
  for (Slot &slot : slots)
    slot.child.kill();
  return status;
}

/// Each task keeps a memory file open.
static void allowManyFiles() {
  rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

int chameleon::runForkServer(const RunnerFactory &factory) {
  allowManyFiles();
  signal(SIGPIPE, SIG_IGN);
  // The terminal's Ctrl-C is for the tuner, which decides what ends. It has
  // put the worker, with its launcher, into a session of its own; the worker
  // stays there, so that it dies with it even if it has been stopped.
  signal(SIGINT, SIG_IGN);
  // The protocol moves away from stdin and stdout, so that nothing which prints
  // or reads by accident can disturb it.
  int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (input < 0 || output < 0)
    return 1;
  if (int empty = open("/dev/null", O_RDONLY); empty >= 0) {
    dup2(empty, STDIN_FILENO);
    close(empty);
  }
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return ForkServer(factory, input, output).serve();
}
