//===- MeasureSession.h - one call of WorkerPool::measure
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Who is compiled where, what is timed when, and what a
// death costs.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_MEASURESESSION_H
#define CHAMELEON_LIB_MEASURE_MEASURESESSION_H

#include "ProcessWorkerPool.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>

namespace chameleon {

class MeasureSession {
public:
  MeasureSession(ProcessWorkerPool &pool, llvm::ArrayRef<Candidate> candidates,
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
    std::string exported;   ///< what a child with a device needs to run it
    bool checked = false;   ///< … in the child that is to time it
    unsigned outsideKills = 0;
    Measurement result;
  };
  struct InFlight {
    int64_t id = 0;
    llvm::SmallVector<size_t> indices;
    double deadline = 0;
  };

  void measureOverlapped(llvm::ArrayRef<size_t> indices);
  void measureRound(llvm::ArrayRef<size_t> indices);
  void measureInterleaved(llvm::ArrayRef<size_t> indices);
  void compileAll(std::deque<size_t> &pending, size_t children);
  bool compileOn(size_t child, size_t index);
  bool runOn(size_t child, llvm::ArrayRef<size_t> indices, bool check,
             bool time, bool keep);
  void awaitReply();
  void handle(const protocol::Reply &reply);
  void loseChild(int64_t child);
  void workerDied(std::string why);
  void finish(size_t index, Measurement result);
  void stop(llvm::StringRef why);
  /// Finalists are timed in this one.
  size_t timingChild() const {
    return pool.devices ? pool.compiledInChild.size() : 0;
  }
  void forgetInFlight() {
    inFlight.assign(pool.compiledInChild.size() + pool.devices, InFlight());
  }
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

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_MEASURESESSION_H
