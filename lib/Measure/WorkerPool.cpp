//===- WorkerPool.cpp - compile, check and time candidates in other processes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/WorkerPool.h"
#include "WorkerProcess.h"
#include "chameleon/Measure/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <deque>

using namespace chameleon;
using protocol::Reply;
using protocol::Request;
using Event = WorkerProcess::Event;

/// So many candidates are compiled on each child before timing begins: enough
/// to keep all children busy, few enough that a child which dies takes little
/// along.
static constexpr size_t roundPerChild = 8;
/// A worker enforces time limits itself; if it is so much late, it hangs.
static constexpr double grace = 10;
/// Dynamic linking and warming up, on a loaded machine or through a launcher.
static constexpr double helloTimeout = 120;
static constexpr unsigned mostDeaths = 3;
/// A candidate whose child is killed from outside is tried twice more, then it
/// is held to be the cause (the kernel kills whoever eats the memory).
static constexpr unsigned mostOutsideKills = 2;

namespace {

class ProcessWorkerPool final : public WorkerPool {
public:
  ProcessWorkerPool(const WorkerPoolOptions &options,
                    std::vector<std::string> commandLine)
      : options(options), commandLine(std::move(commandLine)) {}

  llvm::Error startWorker();
  llvm::Error addTask(const MeasureTask &task, double timeout,
                      const std::atomic<bool> *interrupt) override;
  std::vector<Measurement>
  measure(llvm::ArrayRef<Candidate> candidates, const MeasurePolicy &policy,
          llvm::function_ref<void(size_t, const Measurement &)> onResult,
          const std::atomic<bool> *interrupt) override;

private:
  friend class Session;

  struct KnownTask {
    MeasureTask task;
    double timeout;
  };

  llvm::Error sendTask(const KnownTask &known,
                       const std::atomic<bool> *interrupt = nullptr);
  int64_t nextId() { return ++lastId; }

  WorkerPoolOptions options;
  std::vector<std::string> commandLine;
  std::unique_ptr<WorkerProcess> worker;
  std::vector<unsigned>
      compiledInChild;          ///< candidates since the child was forked
  std::vector<KnownTask> tasks; ///< in the order in which they were added
  int64_t lastId = 0;
  unsigned deaths = 0; ///< of the worker, since the last result
};

/// One call of `measure`.
class Session {
public:
  Session(ProcessWorkerPool &pool, llvm::ArrayRef<Candidate> candidates,
          const MeasurePolicy &policy,
          llvm::function_ref<void(size_t, const Measurement &)> onResult,
          const std::atomic<bool> *interrupt)
      : pool(pool), candidates(candidates), policy(policy), onResult(onResult),
        interrupt(interrupt), states(candidates.size()) {}

  std::vector<Measurement> measure();

private:
  struct State {
    bool done = false;
    int64_t child = -1;     ///< where its executable is
    int64_t executable = 0; ///< the id of its compile request, 0: none
    unsigned outsideKills = 0;
    Measurement result;
  };
  struct InFlight {
    int64_t id = 0;
    llvm::SmallVector<size_t> indices;
    double deadline = 0;
  };

  void measureRound(llvm::ArrayRef<size_t> indices);
  void measureInterleaved(llvm::ArrayRef<size_t> indices);
  void compileAll(std::deque<size_t> &pending, size_t children);
  bool compileOn(size_t child, size_t index);
  bool runOn(size_t child, llvm::ArrayRef<size_t> indices, bool check,
             bool time, bool keep);
  void awaitReply();
  void handle(const Reply &reply);
  void loseChild(int64_t child);
  void workerDied(std::string why);
  void finish(size_t index, Measurement result);
  void stop(llvm::StringRef why);
  bool idle() const {
    return llvm::all_of(inFlight,
                        [](const InFlight &entry) { return entry.id == 0; });
  }

  ProcessWorkerPool &pool;
  llvm::ArrayRef<Candidate> candidates;
  const MeasurePolicy &policy;
  llvm::function_ref<void(size_t, const Measurement &)> onResult;
  const std::atomic<bool> *interrupt;
  std::vector<State> states;
  std::vector<InFlight> inFlight; ///< by child
  bool stopped = false;
  std::string stopReason = "interrupted";
  bool runWasLost = false; ///< the last interleaved run ended with its child
};

} // namespace

//===----------------------------------------------------------------------===//
// The worker
//===----------------------------------------------------------------------===//

WorkerPool::~WorkerPool() = default;

static llvm::Expected<std::string>
findWorker(const WorkerPoolOptions &options) {
  if (!options.worker.empty()) {
    // A launcher may start it on another machine, where we cannot look.
    bool isPath = llvm::StringRef(options.worker).contains('/');
    if (options.launcher.empty() && isPath &&
        !llvm::sys::fs::can_execute(options.worker))
      return llvm::createStringError("worker '%s' %s", options.worker.c_str(),
                                     llvm::sys::fs::exists(options.worker)
                                         ? "cannot be executed"
                                         : "does not exist");
    return options.worker;
  }
  static int anchor;
  std::string self = llvm::sys::fs::getMainExecutable(nullptr, &anchor);
  llvm::SmallString<128> beside(llvm::sys::path::parent_path(self));
  llvm::sys::path::append(beside, "chameleon-worker");
  if (llvm::sys::fs::can_execute(beside))
    return beside.str().str();
  if (llvm::ErrorOr<std::string> found =
          llvm::sys::findProgramByName("chameleon-worker"))
    return *found;
  return llvm::createStringError(
      "cannot find chameleon-worker: neither '%s' nor on PATH", beside.c_str());
}

llvm::Expected<std::unique_ptr<WorkerPool>>
WorkerPool::create(const WorkerPoolOptions &options) {
  llvm::Expected<std::string> worker = findWorker(options);
  if (!worker)
    return worker.takeError();
  std::vector<std::string> commandLine = options.launcher;
  commandLine.push_back(*worker);
  llvm::append_range(commandLine, options.workerArguments);
  auto pool =
      std::make_unique<ProcessWorkerPool>(options, std::move(commandLine));
  if (llvm::Error error = pool->startWorker())
    return error;
  return std::unique_ptr<WorkerPool>(std::move(pool));
}

llvm::Error ProcessWorkerPool::startWorker() {
  worker.reset();
  auto started = WorkerProcess::start(commandLine);
  if (!started)
    return started.takeError();
  worker = std::move(*started);
  Request hello;
  hello.kind = Request::Kind::Hello;
  hello.id = nextId();
  hello.target = options.target;
  hello.threads = options.threads;
  hello.children = options.children;
  hello.memoryLimitMiB = static_cast<int64_t>(options.memoryLimitMiB);
  hello.seed = options.seed;
  Reply ready;
  bool sent = worker->send(hello);
  Event event =
      sent ? worker->receive(ready, helloTimeout, nullptr) : Event::Ended;
  std::string name = llvm::join(commandLine, " ");
  std::string why;
  if (event == Event::Ended)
    why = worker->whyEnded();
  else if (event == Event::Timeout)
    why = llvm::formatv("did not answer within {0:f0} s", helloTimeout);
  else if (!ready.error.empty())
    why = "refused: " + ready.error;
  else if (ready.protocolVersion != protocol::version)
    why = llvm::formatv("speaks protocol version {0}, expected {1}",
                        ready.protocolVersion, protocol::version);
  else if (ready.children < 1)
    why = llvm::formatv("has {0} children", ready.children);
  if (!why.empty()) {
    worker.reset();
    return llvm::createStringError("worker '%s' %s", name.c_str(), why.c_str());
  }
  compiledInChild.assign(static_cast<size_t>(ready.children), 0);
  return llvm::Error::success();
}

llvm::Error ProcessWorkerPool::sendTask(const KnownTask &known,
                                        const std::atomic<bool> *interrupt) {
  Request request;
  request.kind = Request::Kind::Task;
  request.id = nextId();
  request.task = known.task;
  request.timeout = known.timeout;
  Reply reply;
  bool sent = worker->send(request);
  while (true) {
    Event event = sent
                      ? worker->receive(reply, known.timeout + grace, interrupt)
                      : Event::Ended;
    if (event != Event::Reply) {
      std::string why =
          event == Event::Ended ? worker->whyEnded() : "does not answer";
      worker.reset();
      if (event == Event::Interrupted)
        return llvm::createStringError("interrupted");
      return llvm::createStringError("worker %s", why.c_str());
    }
    if (reply.id == request.id)
      break;
  }
  // The worker forks its children anew, so that they know the task.
  llvm::fill(compiledInChild, 0);
  if (!reply.error.empty())
    return llvm::createStringError("%s", reply.error.c_str());
  if (!reply.remark.empty() && options.onRemark)
    options.onRemark(known.task.key, reply.remark);
  return llvm::Error::success();
}

llvm::Error ProcessWorkerPool::addTask(const MeasureTask &task, double timeout,
                                       const std::atomic<bool> *interrupt) {
  for (const KnownTask &known : tasks)
    if (known.task.key == task.key)
      return llvm::Error::success();
  KnownTask added{task, timeout};
  for (unsigned attempt = 0;; ++attempt) {
    if (!worker) {
      if (llvm::Error error = startWorker())
        return error;
      for (const KnownTask &known : tasks)
        if (llvm::Error error = sendTask(known, interrupt))
          return error;
    }
    llvm::Error error = sendTask(added, interrupt);
    if (!error)
      break;
    // Once more if it was the worker that failed, not the task.
    if (worker || attempt > 0 || (interrupt && *interrupt))
      return error;
    llvm::consumeError(std::move(error));
  }
  tasks.push_back(added);
  return llvm::Error::success();
}

std::vector<Measurement> ProcessWorkerPool::measure(
    llvm::ArrayRef<Candidate> candidates, const MeasurePolicy &policy,
    llvm::function_ref<void(size_t, const Measurement &)> onResult,
    const std::atomic<bool> *interrupt) {
  return Session(*this, candidates, policy, onResult, interrupt).measure();
}

//===----------------------------------------------------------------------===//
// A session: bookkeeping
//===----------------------------------------------------------------------===//

void Session::finish(size_t index, Measurement result) {
  State &state = states[index];
  if (state.done)
    return;
  // The result of running knows nothing of compiling before it.
  result.compileSeconds =
      std::max(result.compileSeconds, state.result.compileSeconds);
  state.done = true;
  pool.deaths = 0;
  state.executable = 0;
  state.result = std::move(result);
  if (onResult)
    onResult(index, state.result);
}

/// What was compiled in the child is gone with it; those candidates become
/// pending again.
void Session::loseChild(int64_t child) {
  for (State &state : states)
    if (state.child == child && !state.done)
      state.executable = 0;
  if (child >= 0 && static_cast<size_t>(child) < pool.compiledInChild.size())
    pool.compiledInChild[child] = 0;
}

void Session::stop(llvm::StringRef why) {
  stopped = true;
  stopReason = why.str();
}

void Session::workerDied(std::string why) {
  pool.worker.reset();
  for (State &state : states)
    state.executable = 0;
  inFlight.assign(inFlight.size(), InFlight());
  while (true) {
    if (++pool.deaths >= mostDeaths)
      return stop(
          llvm::formatv("the worker {0}; it ended {1} times without a result",
                        why, pool.deaths)
              .str());
    llvm::Error error = pool.startWorker();
    for (const ProcessWorkerPool::KnownTask &known : pool.tasks)
      if (!error)
        error = pool.sendTask(known, interrupt);
    if (!error)
      break;
    if (interrupt && *interrupt) {
      llvm::consumeError(std::move(error));
      return stop("interrupted");
    }
    why = llvm::toString(std::move(error));
    pool.worker.reset();
  }
  inFlight.assign(pool.compiledInChild.size(), InFlight());
}

void Session::handle(const Reply &reply) {
  if (reply.lostChild >= 0)
    loseChild(reply.lostChild);
  auto entry = llvm::find_if(inFlight, [&](const InFlight &entry) {
    return entry.id != 0 && entry.id == reply.id;
  });
  if (entry == inFlight.end())
    return;
  llvm::SmallVector<size_t> indices = std::move(entry->indices);
  int64_t child = entry - inFlight.begin();
  *entry = InFlight();
  runWasLost = reply.lostChild >= 0;
  if (!reply.error.empty() || reply.results.size() != indices.size()) {
    Measurement lost;
    lost.message =
        reply.error.empty() ? "the worker sent too few results" : reply.error;
    for (size_t index : indices)
      finish(index, lost);
    return;
  }
  // Which one of several killed the child is not known: they are run again, one
  // by one.
  if (runWasLost && indices.size() > 1)
    return;
  for (auto [index, result] : llvm::zip_equal(indices, reply.results)) {
    State &state = states[index];
    // The child died between compiling and running.
    if (runWasLost && result.outcome == Outcome::WorkerLost)
      continue;
    if (reply.killedFromOutside && state.outsideKills++ < mostOutsideKills)
      continue;
    // Compiled or checked: the state holds what is known until it has been
    // timed.
    if (result.outcome == Outcome::Ok && result.calls == 0) {
      double compileSeconds = state.result.compileSeconds;
      state.result = result;
      state.result.compileSeconds =
          std::max(result.compileSeconds, compileSeconds);
      if (!state.executable) {
        state.child = child;
        state.executable = reply.id;
      }
      continue;
    }
    finish(index, result);
  }
}

/// Waits for one reply, or for the reason why none comes.
void Session::awaitReply() {
  double latest = 0;
  for (const InFlight &entry : inFlight)
    if (entry.id)
      latest = std::max(latest, entry.deadline);
  Reply reply;
  Event event = pool.worker->receive(
      reply, std::max(latest - monotonicSeconds(), 0.0) + grace, interrupt);
  switch (event) {
  case Event::Reply:
    return handle(reply);
  case Event::Interrupted: {
    Request cancel;
    cancel.kind = Request::Kind::Cancel;
    pool.worker->send(cancel);
    llvm::fill(pool.compiledInChild, 0);
    inFlight.assign(inFlight.size(), InFlight());
    return stop("interrupted");
  }
  case Event::Timeout:
    return workerDied("hangs");
  case Event::Ended:
    return workerDied(pool.worker->whyEnded());
  }
}

//===----------------------------------------------------------------------===//
// A session: strategy
//===----------------------------------------------------------------------===//

/// False if the worker could not take the request; it is dealt with then.
bool Session::compileOn(size_t child, size_t index) {
  Request request;
  if (pool.compiledInChild[child] >= pool.options.trialsPerChild &&
      llvm::none_of(states, [&](const State &state) {
        return state.executable && state.child == int64_t(child);
      })) {
    request.kind = Request::Kind::Retire;
    request.child = static_cast<int64_t>(child);
    pool.worker->send(request);
    pool.compiledInChild[child] = 0;
  }
  ++pool.compiledInChild[child];
  request = Request();
  request.kind = Request::Kind::Compile;
  request.id = pool.nextId();
  request.child = static_cast<int64_t>(child);
  request.candidate = candidates[index];
  request.timeout = policy.compileTimeout;
  inFlight[child] = {request.id, {index}, monotonicSeconds() + request.timeout};
  if (pool.worker->send(request))
    return true;
  workerDied(pool.worker->whyEnded());
  return false;
}

bool Session::runOn(size_t child, llvm::ArrayRef<size_t> indices, bool check,
                    bool time, bool keep) {
  Request request;
  request.kind = Request::Kind::Run;
  request.id = pool.nextId();
  request.child = static_cast<int64_t>(child);
  request.check = check;
  request.time = time;
  request.keep = keep;
  request.policy = policy;
  request.timeout = policy.runTimeout * indices.size();
  for (size_t index : indices)
    request.executables.push_back(states[index].executable);
  inFlight[child] = {request.id, llvm::SmallVector<size_t>(indices),
                     monotonicSeconds() + request.timeout};
  if (pool.worker->send(request))
    return true;
  workerDied(pool.worker->whyEnded());
  return false;
}

/// Compiles on the first `children` children at once until nothing is pending
/// or in flight.
void Session::compileAll(std::deque<size_t> &pending, size_t children) {
  while (!stopped && !(pending.empty() && idle())) {
    for (size_t child = 0;
         child < std::min(children, inFlight.size()) && !pending.empty();
         ++child) {
      if (inFlight[child].id)
        continue;
      size_t index = pending.front();
      pending.pop_front();
      if (!compileOn(child, index))
        return;
    }
    awaitReply();
  }
}

void Session::measureRound(llvm::ArrayRef<size_t> indices) {
  auto isOpen = [&](size_t index) { return !states[index].done; };
  while (!stopped && llvm::any_of(indices, isOpen)) {
    std::deque<size_t> pending;
    for (size_t index : indices)
      if (isOpen(index) && !states[index].executable)
        pending.push_back(index);
    compileAll(pending, inFlight.size());
    // One at a time, all other children quiet. Those whose child died meanwhile
    // are compiled again in the next turn.
    for (size_t index : indices) {
      if (stopped || !isOpen(index) || !states[index].executable)
        continue;
      if (!runOn(states[index].child, index, /*check=*/true, /*time=*/true,
                 /*keep=*/false))
        break;
      while (!stopped && !idle())
        awaitReply();
    }
  }
}

/// All in one child, so that they can be timed round robin. If they cannot,
/// they are measured one by one.
void Session::measureInterleaved(llvm::ArrayRef<size_t> indices) {
  auto isOpen = [&](size_t index) { return !states[index].done; };
  for (unsigned attempt = 0;
       attempt < 3 && !stopped && llvm::any_of(indices, isOpen); ++attempt) {
    // Compile and check each; one that kills the child is done for, the others
    // come again.
    bool complete = false;
    while (!stopped && !complete) {
      complete = true;
      for (size_t index : indices) {
        if (stopped || !isOpen(index) || states[index].executable)
          continue;
        complete = false;
        std::deque<size_t> pending{index};
        compileAll(pending, 1);
        if (stopped || !isOpen(index) || !states[index].executable)
          continue;
        if (!runOn(0, index, /*check=*/true, /*time=*/false, /*keep=*/true))
          break;
        while (!stopped && !idle())
          awaitReply();
      }
    }
    llvm::SmallVector<size_t> right =
        llvm::to_vector(llvm::make_filter_range(indices, isOpen));
    if (stopped || right.empty())
      return;
    runWasLost = false;
    runOn(0, right, /*check=*/false, /*time=*/true, /*keep=*/false);
    while (!stopped && !idle())
      awaitReply();
    if (runWasLost)
      break;
  }
  measureRound(indices);
}

std::vector<Measurement> Session::measure() {
  llvm::SmallVector<size_t> all =
      llvm::to_vector(llvm::seq<size_t>(0, candidates.size()));
  pool.deaths = 0;
  if (interrupt && *interrupt)
    stop("interrupted");
  else if (!pool.worker)
    workerDied("could not be started");
  inFlight.assign(pool.compiledInChild.size(), InFlight());
  if (policy.interleaved) {
    measureInterleaved(all);
  } else {
    llvm::ArrayRef<size_t> rest(all);
    while (!rest.empty() && !stopped) {
      llvm::ArrayRef<size_t> round =
          rest.take_front(roundPerChild * inFlight.size());
      measureRound(round);
      rest = rest.drop_front(round.size());
    }
  }
  std::vector<Measurement> results;
  for (State &state : states) {
    if (!state.done) {
      state.result = Measurement();
      state.result.message = stopReason;
    }
    results.push_back(state.result);
  }
  return results;
}
