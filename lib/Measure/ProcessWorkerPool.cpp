//===- ProcessWorkerPool.cpp - a pool with one worker process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProcessWorkerPool.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace chameleon;
using namespace chameleon::protocol;
using Event = WorkerProcess::Event;

/// Dynamic linking and warming up, on a loaded machine or through a launcher.
static constexpr double helloTimeout = 120;
/// A worker enforces time limits itself; if it is so much late, it hangs.
static constexpr double workerGrace = 10;
static constexpr unsigned mostLateReplies = 1000;
/// A worker that is alive says so each second.
static constexpr double longestSilence = 30;
/// On the host so many candidates are compiled on each child before timing
/// begins: enough to keep all children busy, few enough that a child which dies
/// takes little along.
static constexpr size_t roundPerChild = 8;
/// With devices: being compiled, and waiting for whoever is done first.
static constexpr size_t openPerChild = 2;
/// Of a worker, whatever it says.
static constexpr int64_t mostChildren = 1024;
/// Of the worker, without a result in between.
static constexpr unsigned mostDeaths = 3;

//===----------------------------------------------------------------------===//
// Starting, and what is asked for
//===----------------------------------------------------------------------===//

llvm::Error ProcessWorkerPool::startWorker(const StopSignal &stop) {
  worker.reset();
  auto started = WorkerProcess::start(commandLine);
  if (!started)
    return started.takeError();
  worker = std::move(*started);
  HelloRequest hello;
  hello.target = options.target;
  hello.threads = options.threads;
  hello.children = options.children;
  hello.memoryLimitMiB = static_cast<int64_t>(options.memoryLimitMiB);
  hello.seed = options.seed;
  Reply reply;
  bool sent = worker->send({nextId(), std::move(hello)});
  Event event = sent ? worker->receive(reply, monotonicSeconds() + helloTimeout,
                                       /*silence=*/helloTimeout, stop)
                     : Event::Ended;
  const auto *error = std::get_if<ErrorReply>(&reply.body);
  ReadyReply ready;
  if (auto *found = std::get_if<ReadyReply>(&reply.body))
    ready = *found;
  std::string name = llvm::join(commandLine, " ");
  std::string why;
  if (event == Event::Ended)
    why = worker->whyEnded();
  else if (event == Event::Interrupted)
    why = stop.flag && *stop.flag ? "was interrupted"
                                  : "did not answer in the time of the run";
  else if (event != Event::Reply)
    why = llvm::formatv("did not answer within {0:f0} s", helloTimeout);
  else if (error)
    why = "refused: " + error->message;
  else if (ready.protocolVersion != protocol::version)
    why = llvm::formatv("speaks protocol version {0}, expected {1}",
                        ready.protocolVersion, protocol::version);
  else if (ready.children < 1 || ready.children > mostChildren ||
           ready.devices < 0 || ready.devices > mostChildren)
    why = llvm::formatv("has {0} children and {1} devices, expected 1 to {2} "
                        "and at most {2}",
                        ready.children, ready.devices, mostChildren);
  else if (!options.generator.empty() && ready.generator != options.generator)
    why = llvm::formatv("is of another build: its code generator is '{0}', "
                        "expected '{1}'",
                        ready.generator, options.generator);
  if (!why.empty()) {
    worker.reset();
    return llvm::createStringError("worker '%s' %s", name.c_str(), why.c_str());
  }
  compiledInChild.assign(static_cast<size_t>(ready.children), 0);
  devices = static_cast<size_t>(ready.devices);
  inFlight.assign(2 * countChildren() + devices, InFlight());
  activity.children = static_cast<unsigned>(countChildren());
  activity.devices = static_cast<unsigned>(devices);
  return llvm::Error::success();
}

void ProcessWorkerPool::registerTask(const MeasureTask &task, double timeout) {
  KnownTask known;
  known.task = task;
  known.timeout = timeout;
  tasks.try_emplace(task.key, std::move(known));
}

llvm::Error ProcessWorkerPool::addTask(const MeasureTask &task, double timeout,
                                       const StopSignal &stop) {
  registerTask(task, timeout);
  KnownTask &known = tasks.at(task.key);
  known.isAwaited = true;
  while (known.state != KnownTask::State::Ready &&
         known.state != KnownTask::State::Failed) {
    if (!worker) {
      workerDied("could not be started", stop);
      continue;
    }
    feed();
    awaitReply(stop);
  }
  known.isAwaited = false;
  if (known.state == KnownTask::State::Ready)
    return llvm::Error::success();
  std::string why = known.failure;
  tasks.erase(task.key);
  return llvm::createStringError("%s", why.c_str());
}

int64_t ProcessWorkerPool::submit(llvm::ArrayRef<Candidate> candidates,
                                  const MeasurePolicy &policy) {
  return queue.submit(candidates, policy);
}

size_t ProcessWorkerPool::getCapacity() const {
  return devices ? openPerChild * (countChildren() + devices)
                 : roundPerChild * countChildren();
}

std::optional<MeasuredCandidate>
ProcessWorkerPool::wait(const StopSignal &stop) {
  while (true) {
    if (stop.isRaised() && queue.hasOpen())
      interruptAll();
    else if (!worker && queue.hasOpen())
      workerDied("could not be started", stop);
    refuse();
    if (worker)
      feed();
    // The caller is about to think. Devices need not wait for that; on the host
    // nothing is timed meanwhile.
    if (worker && devices)
      time();
    if (std::optional<MeasuredCandidate> next = queue.take())
      return next;
    if (!queue.hasOpen())
      return std::nullopt;
    if (worker && !devices)
      time();
    if (worker && queue.hasOpen())
      awaitReply(stop);
  }
}

//===----------------------------------------------------------------------===//
// Requests
//===----------------------------------------------------------------------===//

bool ProcessWorkerPool::isIdle() const {
  return llvm::all_of(inFlight,
                      [](const InFlight &entry) { return entry.id == 0; });
}

size_t ProcessWorkerPool::countFree() const {
  size_t busy = 0;
  for (auto [slot, entry] : llvm::enumerate(inFlight)) {
    bool onDevice = slot >= countChildren() && slot < firstPreparing();
    busy += entry.id != 0 && !onDevice;
  }
  return countChildren() - std::min(busy, countChildren());
}

template <typename Body>
void ProcessWorkerPool::send(size_t slot, InFlight entry, Body request) {
  int64_t id = entry.id = nextId();
  entry.begin = monotonicSeconds();
  entry.deadline = entry.begin + request.timeout;
  for (int64_t ticket : entry.tickets)
    queue.at(ticket).inFlight = true;
  inFlight[slot] = std::move(entry);
  worker->send({id, std::move(request)});
}

void ProcessWorkerPool::prepare(KnownTask &task) {
  bool usesDevice = task.state == KnownTask::State::WantsDevice;
  bool isPossible = task.state == KnownTask::State::Registered ||
                    (usesDevice && !inFlight[countChildren()].id);
  if (!isPossible)
    return;
  for (size_t slot = firstPreparing(); slot < inFlight.size(); ++slot) {
    if (inFlight[slot].id)
      continue;
    TaskRequest request;
    request.child = static_cast<int64_t>(slot - firstPreparing());
    request.task = task.task;
    request.mayUseDevice = usesDevice;
    request.timeout = task.timeout;
    InFlight entry;
    entry.kind = InFlight::Kind::Prepare;
    entry.task = &task;
    entry.usesDevice = usesDevice;
    task.state = KnownTask::State::Preparing;
    return send(slot, std::move(entry), std::move(request));
  }
}

void ProcessWorkerPool::compileOn(size_t child, int64_t ticket) {
  OpenCandidate &candidate = queue.at(ticket);
  bool isHome = llvm::any_of(queue.getOpen(), [&](const auto &entry) {
    return entry.second.executable &&
           entry.second.child == static_cast<int64_t>(child) &&
           entry.second.exported.empty();
  });
  if (compiledInChild[child] >= options.trialsPerChild && !isHome) {
    worker->send({0, RetireRequest{static_cast<int64_t>(child)}});
    compiledInChild[child] = 0;
  }
  ++compiledInChild[child];
  CompileRequest request;
  request.child = static_cast<int64_t>(child);
  request.candidate = candidate.candidate;
  request.timeout = candidate.policy->compileTimeout;
  candidate.child = static_cast<int64_t>(child);
  InFlight entry;
  entry.kind = InFlight::Kind::Compile;
  entry.tickets = {ticket};
  send(child, std::move(entry), std::move(request));
}

void ProcessWorkerPool::run(const RunWork &work) {
  const MeasurePolicy &policy = *queue.at(work.tickets.front()).policy;
  RunRequest request;
  request.child = work.child;
  request.check = work.check;
  request.time = work.time;
  request.keep = work.keep;
  request.policy = policy;
  request.timeout =
      policy.runTimeout * static_cast<double>(work.tickets.size());
  for (int64_t ticket : work.tickets) {
    const OpenCandidate &candidate = queue.at(ticket);
    request.executables.push_back(candidate.executable);
    if (devices)
      request.imports.push_back(
          {candidate.candidate.taskKey, candidate.exported});
  }
  InFlight entry;
  entry.kind = work.time ? InFlight::Kind::Time : InFlight::Kind::Check;
  entry.tickets = work.tickets;
  send(static_cast<size_t>(work.child), std::move(entry), std::move(request));
}

//===----------------------------------------------------------------------===//
// Who does what
//===----------------------------------------------------------------------===//

/// Nothing is timed where a reference is computed.
bool ProcessWorkerPool::isWantedForReference(size_t device) const {
  return device == 0 && (llvm::any_of(tasks,
                                      [](const auto &entry) {
                                        return entry.second.state ==
                                               KnownTask::State::WantsDevice;
                                      }) ||
                         llvm::any_of(inFlight, [](const InFlight &entry) {
                           return entry.id && entry.usesDevice;
                         }));
}

/// What waits in a child to be timed keeps its task open there. Tasks that are
/// large together are spread over children or rounds.
bool ProcessWorkerPool::hasRoomForTask(size_t child,
                                       const OpenCandidate &candidate) const {
  std::map<llvm::StringRef, int64_t> bytes;
  for (const auto &[ticket, other] : queue.getOpen())
    if (other.child == static_cast<int64_t>(child) && other.executable)
      if (auto task = tasks.find(other.candidate.taskKey); task != tasks.end())
        bytes[task->first] = task->second.bytes;
  auto task = tasks.find(candidate.candidate.taskKey);
  if (task == tasks.end() || bytes.empty() || bytes.count(task->first))
    return true;
  int64_t total = task->second.bytes;
  for (auto [key, size] : bytes)
    total += size;
  return static_cast<uint64_t>(total) <=
         protocol::mostBytesOfOpenTasks(options.memoryLimitMiB);
}

std::optional<size_t> ProcessWorkerPool::findChildFor(int64_t ticket) const {
  int64_t home = devices ? -1 : queue.getHome(ticket);
  const OpenCandidate &candidate = queue.getOpen().at(ticket);
  for (size_t child = 0; child < countChildren(); ++child)
    if (!inFlight[child].id &&
        (home < 0 ? devices || hasRoomForTask(child, candidate)
                  : home == static_cast<int64_t>(child)))
      return child;
  return std::nullopt;
}

std::optional<RunWork> ProcessWorkerPool::findOldestRun() const {
  std::optional<RunWork> oldest;
  for (size_t child = 0; child < countChildren(); ++child) {
    std::optional<RunWork> work =
        queue.findRun(static_cast<int64_t>(child), /*isHome=*/true);
    if (work && (!oldest || work->tickets.front() < oldest->tickets.front()))
      oldest = std::move(work);
  }
  return oldest;
}

/// Gives work to all children that compile or prepare, the oldest first.
void ProcessWorkerPool::feed() {
  for (auto &[key, task] : tasks)
    if (task.isAwaited && countFree() > 0)
      prepare(task);
  isTiming = isTiming && (!isIdle() || findOldestRun());
  if (isTiming)
    return;
  size_t round = llvm::count_if(queue.getOpen(), [](const auto &entry) {
    return entry.second.executable || entry.second.inFlight;
  });
  for (const auto &[ticket, candidate] : queue.getOpen()) {
    if (countFree() == 0)
      return;
    if (candidate.inFlight || candidate.executable)
      continue;
    auto known = tasks.find(candidate.candidate.taskKey);
    if (known != tasks.end() &&
        known->second.state != KnownTask::State::Ready) {
      prepare(known->second);
      continue;
    }
    // Who has begun with a group goes on: it is timed when it is complete.
    if (!devices && round >= getCapacity() && queue.getHome(ticket) < 0)
      continue;
    if (std::optional<size_t> child = findChildFor(ticket)) {
      compileOn(*child, ticket);
      ++round;
    }
  }
}

/// Devices time whenever they can. On the host one candidate at a time is
/// timed, with everybody else quiet, until the round is over.
void ProcessWorkerPool::time() {
  if (devices) {
    for (size_t device = 0; device < devices; ++device) {
      size_t child = countChildren() + device;
      if (inFlight[child].id || isWantedForReference(device))
        continue;
      if (std::optional<RunWork> work =
              queue.findRun(static_cast<int64_t>(child), /*isHome=*/false))
        run(*work);
    }
    return;
  }
  if (!isIdle())
    return;
  if (std::optional<RunWork> oldest = findOldestRun()) {
    isTiming = true;
    run(*oldest);
  }
}

//===----------------------------------------------------------------------===//
// Replies
//===----------------------------------------------------------------------===//

void ProcessWorkerPool::handlePrepared(const InFlight &entry,
                                       const Reply &reply) {
  KnownTask &task = *entry.task;
  activity.referenceSeconds += monotonicSeconds() - entry.begin;
  const auto *prepared = std::get_if<PreparedReply>(&reply.body);
  if (!prepared) {
    const auto *error = std::get_if<ErrorReply>(&reply.body);
    // A default may crash or hang; plain loops need none.
    if (!std::exchange(task.task.defaults, {}).empty()) {
      task.state = KnownTask::State::Registered;
      return;
    }
    task.state = KnownTask::State::Failed;
    task.failure =
        error ? error->message : "the worker answered something else";
    return;
  }
  if (prepared->wantsDevice) {
    task.state = KnownTask::State::WantsDevice;
    return;
  }
  task.state = KnownTask::State::Ready;
  task.bytes = prepared->bytes;
  if (!prepared->remark.empty() && options.onRemark && !task.isRemarked)
    options.onRemark(task.task.key, prepared->remark);
  task.isRemarked = true;
}

/// Ends candidates whose task has no reference.
void ProcessWorkerPool::refuse() {
  for (const auto &[key, task] : tasks) {
    if (task.state != KnownTask::State::Failed)
      continue;
    Measurement result;
    result.outcome = Outcome::NoReference;
    result.message = task.failure;
    queue.finishAll(result, [&key = key](const OpenCandidate &candidate) {
      return candidate.candidate.taskKey == key;
    });
  }
}

/// Of a worker that lies: no candidate takes so long.
static Measurement refuteTime(double seconds) {
  Measurement lost;
  lost.message =
      llvm::formatv("the worker says that a call took {0} s", seconds);
  return lost;
}

void ProcessWorkerPool::handle(const Reply &reply) {
  bool isLost = reply.lostChild.has_value();
  if (isLost) {
    queue.loseChild(*reply.lostChild);
    if (static_cast<size_t>(*reply.lostChild) < compiledInChild.size())
      compiledInChild[*reply.lostChild] = 0;
  }
  auto found = llvm::find_if(inFlight, [&](const InFlight &entry) {
    return entry.id != 0 && entry.id == reply.id;
  });
  if (found == inFlight.end())
    return;
  InFlight entry = std::exchange(*found, InFlight());
  if (entry.kind == InFlight::Kind::Prepare)
    return handlePrepared(entry, reply);
  int64_t child = found - inFlight.begin();
  bool isCompile = entry.kind == InFlight::Kind::Compile;
  (isCompile ? activity.compileSeconds : activity.measureSeconds) +=
      monotonicSeconds() - entry.begin;
  for (int64_t ticket : entry.tickets)
    queue.at(ticket).inFlight = false;
  auto finish = [&](int64_t ticket, const Measurement &result) {
    deaths = 0;
    queue.finish(ticket, result);
  };
  const auto *done = std::get_if<ResultsReply>(&reply.body);
  if (!done || done->results.size() != entry.tickets.size()) {
    const auto *error = std::get_if<ErrorReply>(&reply.body);
    Measurement lost;
    lost.message =
        error ? error->message : "the worker sent another number of results";
    for (int64_t ticket : entry.tickets)
      finish(ticket, lost);
    return;
  }
  // Which one of several killed the child is not known.
  if (isLost && entry.tickets.size() > 1)
    return queue.dissolveGroup(entry.tickets.front());
  for (auto [ticket, result] : llvm::zip_equal(entry.tickets, done->results)) {
    // The child died between compiling and running.
    if (isLost && result.outcome == Outcome::WorkerLost)
      continue;
    if (reply.killedFromOutside && queue.mayTryAgain(ticket))
      continue;
    bool isTimed =
        entry.kind == InFlight::Kind::Time && result.outcome == Outcome::Ok;
    if (isTimed && !(result.seconds > 0 && std::isfinite(result.seconds)))
      finish(ticket, refuteTime(result.seconds));
    else if (isTimed || result.outcome != Outcome::Ok)
      finish(ticket, result);
    else if (isCompile)
      queue.setCompiled(ticket, child, reply.id, done->exported, result);
    else
      queue.setChecked(ticket, child, result);
  }
}

/// Waits for one reply, or for the reason why none comes. Every request has its
/// deadline, however much else is said meanwhile.
void ProcessWorkerPool::awaitReply(const StopSignal &stop) {
  double earliest = std::numeric_limits<double>::infinity();
  for (const InFlight &entry : inFlight)
    if (entry.id)
      earliest = std::min(earliest, entry.deadline + workerGrace);
  // When the tuner was stopped for a while, answers are there that came in
  // time; but an endless stream of others is none.
  lateReplies = monotonicSeconds() < earliest ? 0 : lateReplies + 1;
  if (lateReplies > mostLateReplies)
    return workerDied("hangs: it talks and answers nothing", stop);
  Reply reply;
  switch (worker->receive(reply, earliest, longestSilence, stop)) {
  case Event::Reply:
    return handle(reply);
  case Event::Interrupted:
    return interruptAll();
  case Event::Timeout:
    return workerDied("hangs: a request was not answered in time", stop);
  case Event::Silence:
    return workerDied(
        llvm::formatv("has said nothing for {0:f0} s", longestSilence), stop);
  case Event::Ended:
    return workerDied(worker->whyEnded(), stop);
  }
}

//===----------------------------------------------------------------------===//
// When it cannot go on
//===----------------------------------------------------------------------===//

/// All that is open ends without a result; tasks are prepared again when they
/// are needed again.
void ProcessWorkerPool::endAll(llvm::StringRef why) {
  inFlight.assign(inFlight.size(), InFlight());
  isTiming = false;
  deaths = 0;
  for (auto &[key, task] : tasks) {
    if (task.state == KnownTask::State::Preparing)
      task.state = KnownTask::State::Registered;
    if (task.isAwaited && task.state != KnownTask::State::Ready) {
      task.state = KnownTask::State::Failed;
      task.failure = why.str();
    }
  }
  Measurement lost;
  lost.message = why.str();
  queue.finishAll(lost, [](const OpenCandidate &) { return true; });
}

void ProcessWorkerPool::interruptAll() {
  if (worker && !isIdle()) {
    worker->send({0, CancelRequest()});
    llvm::fill(compiledInChild, 0);
  }
  endAll("interrupted");
}

void ProcessWorkerPool::workerDied(std::string why, const StopSignal &stop) {
  worker.reset();
  isTiming = false;
  queue.loseAll();
  for (auto &[key, task] : tasks)
    if (task.state != KnownTask::State::Failed)
      task.state = KnownTask::State::Registered;
  while (true) {
    inFlight.assign(inFlight.size(), InFlight());
    if (++deaths >= mostDeaths)
      return endAll(
          llvm::formatv("the worker {0}; it ended {1} times without a result",
                        why, deaths)
              .str());
    llvm::Error error = startWorker(stop);
    if (!error)
      return;
    why = llvm::toString(std::move(error));
    if (stop.isRaised())
      return endAll("interrupted");
  }
}
