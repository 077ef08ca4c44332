//===- WorkerPool.cpp - compile, check and time candidates in other processes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/WorkerPool.h"
#include "ProcessWorkerPool.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace chameleon;

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
WorkerPool::create(const WorkerPoolOptions &options, const StopSignal &stop) {
  llvm::Expected<std::string> worker = findWorker(options);
  if (!worker)
    return worker.takeError();
  std::vector<std::string> commandLine = options.launcher;
  commandLine.push_back(*worker);
  llvm::append_range(commandLine, options.workerArguments);
  auto pool =
      std::make_unique<ProcessWorkerPool>(options, std::move(commandLine));
  if (llvm::Error error = pool->startWorker(stop))
    return error;
  return std::unique_ptr<WorkerPool>(std::move(pool));
}

std::vector<Measurement> WorkerPool::measure(
    llvm::ArrayRef<Candidate> candidates, const MeasurePolicy &policy,
    llvm::function_ref<void(size_t, const Measurement &)> onResult,
    const StopSignal &stop) {
  assert(countOpen() == 0 && "others are open");
  int64_t first = submit(candidates, policy);
  std::vector<Measurement> results(candidates.size());
  while (std::optional<MeasuredCandidate> one = wait(stop)) {
    size_t index = static_cast<size_t>(one->ticket - first);
    results[index] = std::move(one->measurement);
    if (onResult && results[index].outcome != Outcome::WorkerLost)
      onResult(index, results[index]);
  }
  return results;
}
