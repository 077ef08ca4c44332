//===- ProcessWorkerPool.h - a pool with one worker process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to lib/Measure. Who is compiled where, what is timed when, and what a
// death costs. Owns the worker and what must survive its death.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H
#define CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H

#include "MeasureQueue.h"
#include "WorkerProcess.h"
#include "chameleon/Measure/WorkerPool.h"

namespace chameleon {

class ProcessWorkerPool final : public WorkerPool {
public:
  ProcessWorkerPool(const WorkerPoolOptions &options,
                    std::vector<std::string> commandLine)
      : options(options), commandLine(std::move(commandLine)) {}

  llvm::Error startWorker(const StopSignal &stop);

  void registerTask(const MeasureTask &task, double timeout) override;
  llvm::Error addTask(const MeasureTask &task, double timeout,
                      const StopSignal &stop) override;
  int64_t submit(llvm::ArrayRef<Candidate> candidates,
                 const MeasurePolicy &policy) override;
  std::optional<MeasuredCandidate> wait(const StopSignal &stop) override;
  size_t countOpen() const override { return queue.size(); }
  size_t getCapacity() const override;
  PoolActivity getActivity() const override { return activity; }

private:
  struct KnownTask {
    enum class State {
      Registered,
      Preparing,
      WantsDevice, ///< its reference is to be computed there
      Ready,
      Failed
    };
    MeasureTask task;
    double timeout;
    State state = State::Registered;
    bool isAwaited = false; ///< by `addTask`
    std::string failure;
    bool isRemarked = false;
    int64_t bytes = 0; ///< of inputs and reference
  };
  /// What a child is working on.
  struct InFlight {
    enum class Kind { Prepare, Compile, Check, Time };
    int64_t id = 0; ///< of the request, 0: none
    Kind kind = Kind::Compile;
    llvm::SmallVector<int64_t> tickets;
    KnownTask *task = nullptr; ///< being prepared
    bool usesDevice = false;   ///< preparing
    double begin = 0, deadline = 0;
  };

  int64_t nextId() { return ++lastId; }
  // Children that compile come first, then one a device, then those that
  // prepare tasks.
  size_t countChildren() const { return compiledInChild.size(); }
  size_t firstPreparing() const { return countChildren() + devices; }
  bool isIdle() const;
  /// Children that could compile or prepare, so that one a core does.
  size_t countFree() const;

  // A worker that cannot take a request has ended, which the next wait for a
  // reply tells.
  template <typename Body>
  void send(size_t slot, InFlight entry, Body request);
  void prepare(KnownTask &task);
  void compileOn(size_t child, int64_t ticket);
  void run(const RunWork &work);

  bool isWantedForReference(size_t device) const;
  std::optional<size_t> findChildFor(int64_t ticket) const;
  bool hasRoomForTask(size_t child, const OpenCandidate &candidate) const;
  std::optional<RunWork> findOldestRun() const; ///< on the host
  void refuse();
  void feed();
  void time();
  void awaitReply(const StopSignal &stop);
  void handle(const protocol::Reply &reply);
  void handlePrepared(const InFlight &entry, const protocol::Reply &reply);
  void workerDied(std::string why, const StopSignal &stop);
  void interruptAll();
  void endAll(llvm::StringRef why);

  WorkerPoolOptions options;
  std::vector<std::string> commandLine;
  std::unique_ptr<WorkerProcess> worker;
  MeasureQueue queue;
  std::map<std::string, KnownTask> tasks;
  std::vector<InFlight> inFlight; ///< by child
  /// Candidates since the child was forked.
  std::vector<unsigned> compiledInChild;
  /// Children that check and time, after those that compile; 0: all do both.
  size_t devices = 0;
  bool isTiming = false; ///< on the host: a round is being timed
  int64_t lastId = 0;
  unsigned deaths = 0;      ///< of the worker, since the last result
  unsigned lateReplies = 0; ///< while a request is overdue
  PoolActivity activity;
};

} // namespace chameleon

#endif // CHAMELEON_LIB_MEASURE_PROCESSWORKERPOOL_H
