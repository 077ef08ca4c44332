//===- FakeWorker.cpp - a worker whose candidates are commands to misbehave
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The whole of pool, protocol and fork server is real; only the runner is not.
// The text of a candidate's spec says what happens: `compile-<fault>` while
// compiling, `run-<fault>` when it is checked, `time-<fault>` while it is
// timed; anything else is a good candidate, and `ms=<n>` is what it takes. With
// the target `devices` two children time what the others have compiled.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/ForkServer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <map>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using namespace chameleon;

static volatile int sink;

static int overflowStack(int depth) {
  volatile char frame[4096];
  frame[depth % 4096] = char(depth);
  return sink < 0 ? 0 : overflowStack(depth + 1) + frame[0];
}

static void touch(void *memory, size_t bytes) {
  memset(memory, 1, bytes);
  asm volatile("" ::"r"(memory) : "memory");
}

static void misbehave(llvm::StringRef fault) {
  if (fault == "abort") {
    llvm::errs() << "LLVM ERROR: cannot select\n";
    abort();
  }
  if (fault == "segfault")
    *reinterpret_cast<volatile int *>(16) = 1;
  if (fault == "hang")
    while (true)
      sleep(1);
  if (fault == "spin")
    while (true)
      sink = sink + 1;
  if (fault == "stack")
    sink = overflowStack(0);
  if (fault == "memory")
    while (true)
      touch(new char[1 << 24], 1 << 24);
  if (fault ==
      "malloc") // as compiled candidates do: never look at what malloc returns
    while (true)
      touch(malloc(1 << 24), 1 << 24);
  if (fault == "exit")
    _exit(3);
  if (fault == "kill") // what the kernel does when memory runs out
    raise(SIGKILL);
  if (fault == "garbage") {
    // Overwrites whatever it can reach: its own socket is among the
    // descriptors.
    for (int descriptor = 3; descriptor < 64; ++descriptor)
      (void)!write(descriptor, "\x05\0\0\0hello", 9);
    while (true)
      sleep(1);
  }
  if (fault == "orphan" && fork() == 0)
    while (true)
      sleep(1);
}

namespace {
class FakeRunner final : public CandidateRunner {
public:
  explicit FakeRunner(const RunnerOptions &options) : options(options) {}

  llvm::Error warmUp() override {
    if (options.target == "cold")
      return llvm::createStringError("it is too cold");
    if (options.target == "threads")
      std::thread([] { sleep(100); }).detach();
    return llvm::Error::success();
  }

  llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task,
                                           bool mayUseDevice) override {
    misbehave(task.payload);
    if (task.payload == "large" && !mayUseDevice) {
      PreparedTask later;
      later.wantsDevice = true;
      return later;
    }
    if (task.payload == "bad")
      return llvm::createStringError("the payload does not parse");
    PreparedTask prepared;
    prepared.data.assign(task.payload.begin(), task.payload.end());
    if (task.payload == "huge")
      prepared.data.resize(40 << 20);
    prepared.remark = task.payload == "remark" ? "of low precision" : "";
    return prepared;
  }

  llvm::Error openTask(const MeasureTask &task,
                       llvm::ArrayRef<char> data) override {
    if (!llvm::StringRef(data.data(), data.size()).starts_with(task.payload))
      return llvm::createStringError("the data of the task got lost");
    buffers[task.key].assign(data.begin(), data.end());
    return llvm::Error::success();
  }

  void closeTask(llvm::StringRef key) override { buffers.erase(key.str()); }

  Measurement compile(int64_t id, const Candidate &candidate) override {
    Measurement result;
    llvm::StringRef command = candidate.spec;
    if (command.consume_front("compile-"))
      misbehave(command);
    if (command == "transform-error") {
      result.outcome = Outcome::TransformError;
      result.message = "no such loop";
      return result;
    }
    executables[id] = candidate.spec;
    result.outcome = Outcome::Ok;
    return result;
  }

  Measurement check(int64_t id, const MeasurePolicy &policy) override {
    Measurement result;
    llvm::StringRef command = executables.at(id);
    if (command.consume_front("run-"))
      misbehave(command);
    result.outcome = command == "wrong" ? Outcome::WrongResult : Outcome::Ok;
    result.relativeError = command == "wrong" ? 1 : 1e-7;
    return result;
  }

  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &policy) override {
    std::vector<Measurement> results;
    for (int64_t id : ids) {
      llvm::StringRef command = executables.at(id);
      if (command.consume_front("time-"))
        misbehave(command);
      Measurement &result = results.emplace_back();
      result.outcome = Outcome::Ok;
      result.calls = 1;
      int milliseconds = 1;
      if (command.consume_front("ms="))
        command.getAsInteger(10, milliseconds);
      // Which process did it, for the tests: a child is reused, or not.
      result.seconds = milliseconds * 1e-3;
      result.message = std::to_string(getpid());
    }
    return results;
  }

  void drop(int64_t id) override { executables.erase(id); }

  unsigned countDevices() const override {
    return options.target == "devices" ? 2 : 0;
  }
  llvm::Error useDevice(unsigned device) override {
    myDevice = static_cast<int>(device);
    return llvm::Error::success();
  }
  std::string exportExecutable(int64_t id) override {
    return "exported " + executables.at(id);
  }
  Measurement importExecutable(int64_t id, llvm::StringRef taskKey,
                               llvm::StringRef exported) override {
    Measurement result;
    if (!exported.consume_front("exported ") || myDevice < 0) {
      result.outcome = Outcome::CompileError;
      result.message = "what came is not what was exported";
      return result;
    }
    if (exported == "lost-device")
      endWithLostDevice("the device fell off the bus");
    if (exported == "no-import") {
      result.outcome = Outcome::CompileError;
      result.message = "too much shared memory";
      return result;
    }
    executables[id] = exported.str();
    result.outcome = Outcome::Ok;
    return result;
  }

private:
  RunnerOptions options;
  std::map<std::string, std::vector<char>> buffers; ///< of open tasks
  std::map<int64_t, std::string> executables;
  int myDevice = -1;
};
} // namespace

int main(int argc, char **argv) {
  llvm::StringRef mode = argc > 1 ? argv[1] : "";
  if (mode == "--banner")
    llvm::outs() << "Welcome to node 7\n";
  if (mode == "--die")
    return 9;
  if (mode == "--silent")
    while (true)
      sleep(1);
  llvm::outs().flush();
  return runForkServer([](const RunnerOptions &options)
                           -> llvm::Expected<std::unique_ptr<CandidateRunner>> {
    if (options.target == "nothing")
      return llvm::createStringError("unknown target 'nothing'");
    return std::make_unique<FakeRunner>(options);
  });
}
