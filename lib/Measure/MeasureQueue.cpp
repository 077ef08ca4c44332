//===- MeasureQueue.cpp - candidates on their way through the children
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasureQueue.h"
#include "llvm/ADT/STLExtras.h"

using namespace chameleon;

/// A candidate whose child is killed from outside is tried twice more, then it
/// is held to be the cause (the kernel kills whoever eats the memory).
static constexpr unsigned mostOutsideKills = 2;

int64_t MeasureQueue::submit(llvm::ArrayRef<Candidate> candidates,
                             const MeasurePolicy &policy) {
  auto shared = std::make_shared<const MeasurePolicy>(policy);
  int64_t group = policy.interleaved ? ++lastGroup : 0;
  int64_t first = lastTicket + 1;
  for (const Candidate &candidate : candidates) {
    OpenCandidate &entry = open[++lastTicket];
    entry.candidate = candidate;
    entry.policy = shared;
    entry.group = group;
  }
  return first;
}

int64_t MeasureQueue::getHome(int64_t ticket) const {
  const OpenCandidate &candidate = open.at(ticket);
  if (candidate.group)
    for (const auto &[other, entry] : open)
      if (other != ticket && entry.group == candidate.group &&
          (entry.executable || entry.inFlight))
        return entry.child;
  return -1;
}

std::optional<RunWork> MeasureQueue::findRun(int64_t child, bool isHome) const {
  for (const auto &[ticket, candidate] : open) {
    RunWork work;
    work.child = child;
    work.tickets = {ticket};
    auto isReady = [&](const OpenCandidate &entry) {
      return entry.executable && !entry.inFlight &&
             (!isHome || entry.child == child) &&
             (entry.keeper < 0 || entry.keeper == child);
    };
    if (!isReady(candidate))
      continue;
    if (!candidate.group)
      return work;
    // Finalists: first each is checked, so that one which kills the child does
    // not take the others along; then all are timed.
    work.tickets.clear();
    bool isComplete = true;
    std::optional<int64_t> unchecked;
    for (const auto &[other, entry] : open) {
      if (entry.group != candidate.group)
        continue;
      isComplete &= isReady(entry);
      work.tickets.push_back(other);
      if (entry.keeper < 0 && !unchecked)
        unchecked = other;
    }
    if (!isComplete)
      continue;
    work.check = false;
    if (unchecked) {
      work.tickets = {*unchecked};
      work.check = work.keep = true;
      work.time = false;
    }
    return work;
  }
  return std::nullopt;
}

void MeasureQueue::setCompiled(int64_t ticket, int64_t child,
                               int64_t executable, std::string exported,
                               const Measurement &result) {
  OpenCandidate &candidate = open.at(ticket);
  candidate.child = child;
  candidate.executable = executable;
  candidate.exported = std::move(exported);
  candidate.result = result;
}

void MeasureQueue::setChecked(int64_t ticket, int64_t child,
                              const Measurement &result) {
  OpenCandidate &candidate = open.at(ticket);
  candidate.keeper = child;
  candidate.result.measureSeconds += result.measureSeconds;
  candidate.result.relativeError = result.relativeError;
}

void MeasureQueue::finish(int64_t ticket, Measurement result) {
  auto found = open.find(ticket);
  if (found == open.end())
    return;
  // The result of running knows nothing of compiling before it; finalists are
  // checked by one request and timed by another.
  const Measurement &before = found->second.result;
  result.compileSeconds =
      std::max(result.compileSeconds, before.compileSeconds);
  result.measureSeconds += before.measureSeconds;
  result.relativeError = std::max(result.relativeError, before.relativeError);
  done.push_back({ticket, std::move(result)});
  open.erase(found);
}

void MeasureQueue::finishAll(
    const Measurement &result,
    llvm::function_ref<bool(const OpenCandidate &)> filter) {
  for (auto next = open.begin(); next != open.end();) {
    auto [ticket, candidate] = *next++;
    if (filter(candidate))
      finish(ticket, result);
  }
}

bool MeasureQueue::mayTryAgain(int64_t ticket) {
  return open.at(ticket).outsideKills++ < mostOutsideKills;
}

void MeasureQueue::dissolveGroup(int64_t ticket) {
  int64_t group = open.at(ticket).group;
  for (auto &[other, candidate] : open)
    if (candidate.group == group)
      candidate.group = 0;
}

void MeasureQueue::loseChild(int64_t child) {
  for (auto &[ticket, candidate] : open) {
    if (candidate.child == child && candidate.exported.empty())
      candidate.executable = 0;
    if (candidate.keeper == child)
      candidate.keeper = -1;
  }
}

void MeasureQueue::loseAll() {
  for (auto &[ticket, candidate] : open) {
    candidate.executable = 0;
    candidate.exported.clear();
    candidate.keeper = -1;
    candidate.inFlight = false;
  }
}

std::optional<MeasuredCandidate> MeasureQueue::take() {
  if (done.empty())
    return std::nullopt;
  MeasuredCandidate next = std::move(done.front());
  done.pop_front();
  return next;
}
