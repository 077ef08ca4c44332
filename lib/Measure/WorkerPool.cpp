//===- WorkerPool.cpp - compile, check and time candidates in other processes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/WorkerPool.h"
#include "MeasureSession.h"
#include "ProcessWorkerPool.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace chameleon;
using protocol::Reply;
using protocol::Request;
using Event = WorkerProcess::Event;

/// Dynamic linking and warming up, on a loaded machine or through a launcher.
static constexpr double helloTimeout = 120;

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
  devices = static_cast<size_t>(std::max<int64_t>(ready.devices, 0));
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
    Event event =
        sent ? worker->receive(reply, known.timeout + workerGrace, interrupt)
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
  return MeasureSession(*this, candidates, policy, onResult, interrupt)
      .measure();
}
