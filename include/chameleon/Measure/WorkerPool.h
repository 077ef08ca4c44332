//===- WorkerPool.h - compile, check and time candidates in other processes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tuner's side of chameleon-worker. Candidates never run in this process
// (docs/rationale.md, "A fork server").
//
//   auto pool = WorkerPool::create(options);
//   pool->registerTask({key, payloadText, 1});
//   pool->submit(candidates, policy);
//   while (std::optional<MeasuredCandidate> one = pool->wait(&interrupt))
//     learn(one->ticket, one->measurement);
//
// One worker process (over stdin/stdout of `launcher… chameleon-worker`) forks
// `children` children from a warm image. Candidates of any number of tasks are
// open at a time. On the host CPU, cores that time do nothing else: the pool
// compiles a round of candidates on all children, then times them one by one
// while the others are quiet. With devices, one child each times while the
// others compile. A child that crashes or is killed costs its candidate alone:
// others compiled in it are compiled again.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_MEASURE_WORKERPOOL_H
#define CHAMELEON_MEASURE_WORKERPOOL_H

#include "chameleon/Measure/Measurement.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <functional>
#include <limits>
#include <memory>

namespace chameleon {

/// When to wait no longer: somebody asks for it, or it is too late.
struct StopSignal {
  StopSignal(const std::atomic<bool> *flag = nullptr,
             double deadline = std::numeric_limits<double>::infinity())
      : flag(flag), deadline(deadline) {}
  bool isRaised() const {
    return (flag && *flag) || monotonicSeconds() >= deadline;
  }

  const std::atomic<bool> *flag;
  double deadline; ///< by `monotonicSeconds`
};

struct WorkerPoolOptions {
  /// The executable. Empty: chameleon-worker beside this program, then on PATH.
  std::string worker;
  /// Prefix of the command line: ssh, srun, taskset, …
  std::vector<std::string> launcher;
  std::string target = "cpu"; ///< Device::getSpec()
  unsigned threads = 1;       ///< threads of a kernel
  unsigned children = 0;      ///< 0: all cores
  /// A child is replaced after so many candidates (leaks, fragmentation).
  unsigned trialsPerChild = 50;
  uint64_t memoryLimitMiB = 4096; ///< RLIMIT_AS of a child
  uint64_t seed = 0;              ///< of the random inputs
  /// Backend::getGenerator(): a worker of another build makes other code of a
  /// configuration, and is refused. Empty: any will do.
  std::string generator;
  /// Further arguments of the worker (tests: --inject=…).
  std::vector<std::string> workerArguments;
  /// Told what there is to say of a task, e.g. that its reference has no higher
  /// precision.
  std::function<void(llvm::StringRef taskKey, llvm::StringRef remark)> onRemark;
};

/// Limits and timing of candidates that are submitted together; seconds.
struct MeasurePolicy : TimingPolicy {
  double compileTimeout = 10; ///< wall clock, a candidate
  double runTimeout = 10;  ///< wall clock for checking and timing one candidate
  double tolerance = 1e-4; ///< largest relativeError that is right
  /// Finalists of one task: compiled for one child or device and timed round
  /// robin, `minimum` each, so that drift hits all alike. If one of them kills
  /// the child meanwhile, they are timed one by one.
  bool interleaved = false;
};

struct MeasuredCandidate {
  int64_t ticket = 0;
  Measurement measurement;
};

/// What a pool has done so far; each second of a child or a device once.
struct PoolActivity {
  unsigned children = 0, devices = 0;
  double compileSeconds = 0;   ///< of all children together
  double referenceSeconds = 0; ///< likewise
  double measureSeconds = 0;   ///< checking and timing, of all devices together
};

class WorkerPool {
public:
  /// Starts the worker. Errors: it does not exist, refuses, is of another
  /// build, says nothing until `stop` is raised.
  static llvm::Expected<std::unique_ptr<WorkerPool>>
  create(const WorkerPoolOptions &options, const StopSignal &stop = {});

  /// Ends the worker and every child; leaves no process behind.
  virtual ~WorkerPool();

  /// Makes the task known. Random inputs and the double-precision reference are
  /// computed once, by a child, when its first candidate was submitted. If that
  /// fails or takes longer than `timeout` seconds, its candidates have the
  /// outcome NoReference. Registering a known key again is nothing.
  virtual void registerTask(const MeasureTask &task, double timeout = 300) = 0;

  /// Registers the task and waits until its reference is there. Errors: the
  /// payload does not parse, the reference fails or takes longer than
  /// `timeout`; "interrupted" once `stop` is raised.
  virtual llvm::Error addTask(const MeasureTask &task, double timeout = 300,
                              const StopSignal &stop = {}) = 0;

  /// Hands in candidates, of one task if they are to be interleaved, and
  /// returns at once: the first one's ticket; the others' count up from there.
  /// Nothing happens before `wait` is called.
  virtual int64_t submit(llvm::ArrayRef<Candidate> candidates,
                         const MeasurePolicy &policy) = 0;

  /// The next candidate that is done, in any order; each that was submitted is
  /// returned once. Nothing: none is open. Once `stop` is raised, it returns
  /// within a second, and all that are open have the outcome WorkerLost. A
  /// worker that dies or is silent is started again; after three deaths without
  /// a result between them, all that are open have the outcome WorkerLost.
  virtual std::optional<MeasuredCandidate>
  wait(const StopSignal &stop = {}) = 0;

  /// Submitted and not returned yet.
  virtual size_t countOpen() const = 0;
  /// So many open candidates keep all children and devices busy.
  virtual size_t getCapacity() const = 0;
  virtual PoolActivity getActivity() const = 0;

  /// Submits and waits for all; result i belongs to candidate i. `onResult` is
  /// called in this thread as each becomes known. No others may be open.
  std::vector<Measurement> measure(
      llvm::ArrayRef<Candidate> candidates, const MeasurePolicy &policy,
      llvm::function_ref<void(size_t, const Measurement &)> onResult = nullptr,
      const StopSignal &stop = {});
};

} // namespace chameleon

#endif // CHAMELEON_MEASURE_WORKERPOOL_H
