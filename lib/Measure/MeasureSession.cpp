//===- MeasureSession.cpp - one call of WorkerPool::measure
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasureSession.h"
#include "chameleon/Measure/Timing.h"
#include "llvm/Support/FormatVariadic.h"

using namespace chameleon;
using protocol::Reply;
using protocol::Request;
using Event = WorkerProcess::Event;

/// So many candidates are compiled on each child before timing begins: enough
/// to keep all children busy, few enough that a child which dies takes little
/// along.
static constexpr size_t roundPerChild = 8;
/// Of the worker, without a result in between.
static constexpr unsigned mostDeaths = 3;
/// A candidate whose child is killed from outside is tried twice more, then it
/// is held to be the cause (the kernel kills whoever eats the memory).
static constexpr unsigned mostOutsideKills = 2;

//===----------------------------------------------------------------------===//
// Bookkeeping
//===----------------------------------------------------------------------===//

void MeasureSession::finish(size_t index, Measurement result) {
  State &state = states[index];
  if (state.done)
    return;
  // The result of running knows nothing of compiling before it.
  result.compileSeconds =
      std::max(result.compileSeconds, state.result.compileSeconds);
  // Finalists are checked by one request and timed by another.
  result.measureSeconds += state.result.measureSeconds;
  state.done = true;
  pool.deaths = 0;
  state.executable = 0;
  state.result = std::move(result);
  if (onResult)
    onResult(index, state.result);
}

/// What was compiled in the child and not exported is gone with it; those
/// candidates become pending again.
void MeasureSession::loseChild(int64_t child) {
  for (State &state : states) {
    if (state.child == child && !state.done && state.exported.empty())
      state.executable = 0;
    if (child == static_cast<int64_t>(timingChild()))
      state.checked = false;
  }
  if (child >= 0 && static_cast<size_t>(child) < pool.compiledInChild.size())
    pool.compiledInChild[child] = 0;
}

void MeasureSession::stop(llvm::StringRef why) {
  stopped = true;
  stopReason = why.str();
}

void MeasureSession::workerDied(std::string why) {
  pool.worker.reset();
  for (State &state : states) {
    state.executable = 0;
    state.exported.clear();
    state.checked = false;
  }
  forgetInFlight();
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
  forgetInFlight();
}

void MeasureSession::handle(const Reply &reply) {
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
        state.exported = reply.exported;
      } else {
        state.checked = true;
      }
      continue;
    }
    finish(index, result);
  }
}

/// Waits for one reply, or for the reason why none comes.
void MeasureSession::awaitReply() {
  double latest = 0;
  for (const InFlight &entry : inFlight)
    if (entry.id)
      latest = std::max(latest, entry.deadline);
  Reply reply;
  Event event = pool.worker->receive(
      reply, std::max(latest - monotonicSeconds(), 0.0) + workerGrace,
      interrupt);
  switch (event) {
  case Event::Reply:
    return handle(reply);
  case Event::Interrupted: {
    Request cancel;
    cancel.kind = Request::Kind::Cancel;
    pool.worker->send(cancel);
    llvm::fill(pool.compiledInChild, 0);
    forgetInFlight();
    return stop("interrupted");
  }
  case Event::Timeout:
    return workerDied("hangs");
  case Event::Ended:
    return workerDied(pool.worker->whyEnded());
  }
}

//===----------------------------------------------------------------------===//
// Strategy
//===----------------------------------------------------------------------===//

/// False if the worker could not take the request; it is dealt with then.
bool MeasureSession::compileOn(size_t child, size_t index) {
  Request request;
  if (pool.compiledInChild[child] >= pool.options.trialsPerChild &&
      llvm::none_of(states, [&](const State &state) {
        return state.executable && state.child == int64_t(child) &&
               state.exported.empty();
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

bool MeasureSession::runOn(size_t child, llvm::ArrayRef<size_t> indices,
                           bool check, bool time, bool keep) {
  Request request;
  request.kind = Request::Kind::Run;
  request.id = pool.nextId();
  request.child = static_cast<int64_t>(child);
  request.check = check;
  request.time = time;
  request.keep = keep;
  request.policy = policy;
  request.timeout = policy.runTimeout * indices.size();
  for (size_t index : indices) {
    request.executables.push_back(states[index].executable);
    if (pool.devices)
      request.imports.push_back(
          {candidates[index].taskKey, states[index].exported});
  }
  inFlight[child] = {request.id, llvm::SmallVector<size_t>(indices),
                     monotonicSeconds() + request.timeout};
  if (pool.worker->send(request))
    return true;
  workerDied(pool.worker->whyEnded());
  return false;
}

/// Compiles on the first `children` children at once until nothing is pending
/// or in flight.
void MeasureSession::compileAll(std::deque<size_t> &pending, size_t children) {
  while (!stopped && !(pending.empty() && idle())) {
    for (size_t child = 0;
         child < std::min(children, pool.compiledInChild.size()) &&
         !pending.empty();
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

/// Where timing happens on devices, compiling goes on meanwhile on all cores. A
/// child that dies takes nothing along but the candidate that it was working
/// on.
void MeasureSession::measureOverlapped(llvm::ArrayRef<size_t> indices) {
  auto isInFlight = [&](size_t index) {
    return llvm::any_of(inFlight, [&](const InFlight &entry) {
      return llvm::is_contained(entry.indices, index);
    });
  };
  while (!stopped) {
    bool open = false;
    for (size_t index : indices) {
      const State &state = states[index];
      if (stopped || state.done)
        continue;
      open = true;
      if (isInFlight(index))
        continue;
      size_t compiling = pool.compiledInChild.size();
      size_t first = state.executable ? compiling : 0;
      size_t last = state.executable ? inFlight.size() : compiling;
      size_t child = first;
      while (child < last && inFlight[child].id)
        ++child;
      if (child == last)
        continue;
      // A worker that dies here has been started again; all else is stale.
      bool sent = state.executable
                      ? runOn(child, index, /*check=*/true, /*time=*/true,
                              /*keep=*/false)
                      : compileOn(child, index);
      if (!sent)
        break;
    }
    if (!open)
      return;
    if (!stopped && !idle())
      awaitReply();
  }
}

void MeasureSession::measureRound(llvm::ArrayRef<size_t> indices) {
  if (pool.devices)
    return measureOverlapped(indices);
  auto isOpen = [&](size_t index) { return !states[index].done; };
  while (!stopped && llvm::any_of(indices, isOpen)) {
    std::deque<size_t> pending;
    for (size_t index : indices)
      if (isOpen(index) && !states[index].executable)
        pending.push_back(index);
    compileAll(pending, pool.compiledInChild.size());
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
void MeasureSession::measureInterleaved(llvm::ArrayRef<size_t> indices) {
  auto isOpen = [&](size_t index) { return !states[index].done; };
  for (unsigned attempt = 0;
       attempt < 3 && !stopped && llvm::any_of(indices, isOpen); ++attempt) {
    // Compile and check each; one that kills the child is done for, the others
    // come again.
    bool complete = false;
    while (!stopped && !complete) {
      complete = true;
      if (pool.devices) {
        std::deque<size_t> pending;
        for (size_t index : indices)
          if (isOpen(index) && !states[index].executable)
            pending.push_back(index);
        compileAll(pending, pool.compiledInChild.size());
      }
      for (size_t index : indices) {
        if (stopped || !isOpen(index) || states[index].checked)
          continue;
        complete = false;
        if (!states[index].executable) {
          std::deque<size_t> pending{index};
          compileAll(pending, 1);
        }
        if (stopped || !isOpen(index) || !states[index].executable)
          continue;
        if (!runOn(timingChild(), index, /*check=*/true, /*time=*/false,
                   /*keep=*/true))
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
    runOn(timingChild(), right, /*check=*/false, /*time=*/true,
          /*keep=*/false);
    while (!stopped && !idle())
      awaitReply();
    if (runWasLost)
      break;
  }
  measureRound(indices);
}

std::vector<Measurement> MeasureSession::measure() {
  llvm::SmallVector<size_t> all =
      llvm::to_vector(llvm::seq<size_t>(0, candidates.size()));
  pool.deaths = 0;
  if (interrupt && *interrupt)
    stop("interrupted");
  else if (!pool.worker)
    workerDied("could not be started");
  forgetInFlight();
  if (policy.interleaved) {
    measureInterleaved(all);
  } else {
    llvm::ArrayRef<size_t> rest(all);
    while (!rest.empty() && !stopped) {
      llvm::ArrayRef<size_t> round =
          pool.devices ? rest
                       : rest.take_front(roundPerChild * inFlight.size());
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
