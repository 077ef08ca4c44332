//===- MeasureQueue.h - candidates on their way through the children
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. What each open candidate has been through and what it
// may do next; no processes, no clock. Who does it when is the pool's affair.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_MEASUREQUEUE_H
#define CHAMELEON_LIB_MEASURE_MEASUREQUEUE_H

#include "chameleon/Measure/WorkerPool.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <map>

namespace chameleon {

struct OpenCandidate {
  Candidate candidate;
  std::shared_ptr<const MeasurePolicy> policy; ///< of all submitted together
  int64_t group = 0;      ///< of finalists that are timed in turns; 0: none
  bool inFlight = false;  ///< some child is working on it
  int64_t child = -1;     ///< where its executable is
  int64_t executable = 0; ///< the id of its compile request, 0: none
  std::string exported;   ///< what a child with a device needs to run it
  int64_t keeper = -1;    ///< the child that has checked it and is to time it
  unsigned outsideKills = 0;
  Measurement result; ///< what is known so far
};

/// Executables to run in one child.
struct RunWork {
  llvm::SmallVector<int64_t> tickets;
  int64_t child = 0;
  bool check = true, time = true, keep = false;
};

class MeasureQueue {
public:
  int64_t submit(llvm::ArrayRef<Candidate> candidates,
                 const MeasurePolicy &policy);
  /// Open candidates and those that are done and were not taken yet.
  size_t size() const { return open.size() + done.size(); }
  bool hasOpen() const { return !open.empty(); }
  /// Oldest first.
  const std::map<int64_t, OpenCandidate> &getOpen() const { return open; }
  OpenCandidate &at(int64_t ticket) { return open.at(ticket); }

  /// The child where others of the candidate's group are, or are on their way;
  /// -1: there are none.
  int64_t getHome(int64_t ticket) const;

  /// The next that `child` could check and time. `isHome`: it runs only what it
  /// has compiled, else what anybody has exported.
  std::optional<RunWork> findRun(int64_t child, bool isHome) const;

  /// A candidate was compiled, in `child`.
  void setCompiled(int64_t ticket, int64_t child, int64_t executable,
                   std::string exported, const Measurement &result);
  /// A candidate was checked and its executable kept, in `child`.
  void setChecked(int64_t ticket, int64_t child, const Measurement &result);
  void finish(int64_t ticket, Measurement result);
  /// All that are open and pass.
  void finishAll(const Measurement &result,
                 llvm::function_ref<bool(const OpenCandidate &)> filter);
  /// A candidate whose child was killed from outside: false when that has
  /// happened too often to be chance.
  bool mayTryAgain(int64_t ticket);
  /// Finalists that killed a child together are run one by one.
  void dissolveGroup(int64_t ticket);

  /// What was compiled in the child and not exported is gone with it, as is
  /// what was checked there.
  void loseChild(int64_t child);
  void loseAll();

  std::optional<MeasuredCandidate> take();

private:
  int64_t lastTicket = 0, lastGroup = 0;
  std::map<int64_t, OpenCandidate> open; ///< by ticket
  std::deque<MeasuredCandidate> done;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_MEASUREQUEUE_H
