//===- FaultInjection.cpp - candidates that fail on purpose, to test what
// depends on them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/FaultInjection.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <csignal>
#include <cstring>
#include <map>
#include <unistd.h>

using namespace chameleon;
using Kind = InjectedFault::Kind;

static constexpr std::pair<Kind, llvm::StringLiteral> faultNames[] = {
    {Kind::CompileError, "compile-error"},
    {Kind::CompileAbort, "compile-abort"},
    {Kind::CompileSegfault, "compile-segfault"},
    {Kind::CompileHang, "compile-hang"},
    {Kind::CompileMemory, "compile-memory"},
    {Kind::CompileStack, "compile-stack"},
    {Kind::RunAbort, "run-abort"},
    {Kind::RunSegfault, "run-segfault"},
    {Kind::RunHang, "run-hang"},
    {Kind::RunMemory, "run-memory"},
    {Kind::RunStack, "run-stack"},
    {Kind::RunWrong, "run-wrong"},
    {Kind::RunNaN, "run-nan"},
    {Kind::ChildKill, "child-kill"},
    {Kind::WorkerKill, "worker-kill"}};

llvm::Expected<std::vector<InjectedFault>>
InjectedFault::parse(llvm::StringRef text) {
  auto [name, rest] = text.split(':');
  auto [probabilityText, seedText] = rest.split(':');
  InjectedFault fault;
  if (probabilityText.getAsDouble(fault.probability) || fault.probability < 0 ||
      fault.probability > 1 ||
      (!seedText.empty() && seedText.getAsInteger(10, fault.seed)))
    return llvm::createStringError("expected <kind>:<probability>[:<seed>] "
                                   "with a probability from 0 to 1, found '%s'",
                                   text.str().c_str());
  std::vector<InjectedFault> faults;
  for (auto &[kind, kindName] : faultNames) {
    fault.kind = kind;
    if (name == kindName)
      faults.push_back(fault);
  }
  if (name == "all") {
    fault.probability /= std::size(faultNames);
    for (auto &[kind, kindName] : faultNames) {
      fault.kind = kind;
      faults.push_back(fault);
    }
  }
  if (faults.empty())
    return llvm::createStringError("unknown kind of fault '%s'",
                                   name.str().c_str());
  return faults;
}

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

static volatile int sink;

static int overflowStack(int depth) {
  volatile char frame[4096];
  frame[depth % 4096] = static_cast<char>(depth);
  // Never true, but the compiler cannot know.
  return sink < 0 ? 0 : overflowStack(depth + 1) + frame[0];
}

static void strike(Kind kind) {
  switch (kind) {
  case Kind::CompileAbort:
  case Kind::RunAbort:
    llvm::errs() << "injected fault\n";
    abort();
  case Kind::CompileSegfault:
  case Kind::RunSegfault:
    *reinterpret_cast<volatile int *>(16) = 1;
    break;
  case Kind::CompileHang:
  case Kind::RunHang:
    while (true)
      sink = 1;
  case Kind::CompileMemory:
  case Kind::RunMemory:
    while (true) {
      void *memory = malloc(1 << 26);
      memset(memory, 1, 1 << 26);
      asm volatile("" ::"r"(memory) : "memory");
    }
  case Kind::CompileStack:
  case Kind::RunStack:
    sink = overflowStack(0);
    break;
  case Kind::ChildKill:
    kill(getpid(), SIGKILL);
    break;
  case Kind::WorkerKill:
    kill(getppid(), SIGKILL);
    break;
  case Kind::CompileError:
  case Kind::RunWrong:
  case Kind::RunNaN:
    break;
  }
}

static bool isWhileCompiling(Kind kind) { return kind <= Kind::CompileStack; }

namespace {
class FaultyRunner final : public CandidateRunner {
public:
  explicit FaultyRunner(std::vector<InjectedFault> faults)
      : faults(std::move(faults)) {}

  llvm::Error warmUp() override { return inner->warmUp(); }
  llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task,
                                           bool mayUseDevice) override {
    return inner->prepareTask(task, mayUseDevice);
  }
  llvm::Error openTask(const MeasureTask &task,
                       llvm::ArrayRef<char> data) override {
    return inner->openTask(task, data);
  }
  void closeTask(llvm::StringRef key) override { inner->closeTask(key); }

  Measurement compile(int64_t id, const Candidate &candidate) override {
    std::optional<Kind> fault = faultOf(candidate);
    if (fault && isWhileCompiling(*fault)) {
      strike(*fault);
      Measurement result;
      result.outcome = Outcome::CompileError;
      result.message = "injected fault";
      return result;
    }
    if (fault)
      pending[id] = *fault;
    return inner->compile(id, candidate);
  }

  Measurement check(int64_t id, const MeasurePolicy &policy) override {
    auto fault = pending.find(id);
    if (fault != pending.end())
      strike(fault->second);
    return inner->check(id, policy);
  }

  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &policy) override {
    return inner->time(ids, policy);
  }

  void drop(int64_t id) override {
    pending.erase(id);
    inner->drop(id);
  }

  /// Spoils outputs after the checked call.
  void filter(int64_t id, char *output, size_t bytes) {
    auto fault = pending.find(id);
    if (fault == pending.end() || bytes < 4)
      return;
    // 4 bytes of 0x7f are a huge f32 and integer, 4 bytes of 0xff are NaN.
    if (fault->second == Kind::RunWrong)
      memset(output, 0x7f, 4);
    if (fault->second == Kind::RunNaN)
      memset(output, 0xff, 4);
  }

  std::unique_ptr<CandidateRunner> inner;

private:
  static double uniform(const std::string &text) {
    return llvm::xxh3_64bits(text) * 0x1p-64;
  }

  std::optional<Kind> faultOf(const Candidate &candidate) const {
    for (const InjectedFault &fault : faults) {
      std::string text = std::to_string(fault.seed) + "/" +
                         std::to_string(static_cast<int>(fault.kind)) + "/";
      if (fault.kind == Kind::ChildKill || fault.kind == Kind::WorkerKill)
        text +=
            std::to_string(getpid()) + "/" + std::to_string(monotonicSeconds());
      else
        text += candidate.taskKey + "/" + candidate.spec;
      if (uniform(text) < fault.probability)
        return fault.kind;
    }
    return std::nullopt;
  }

  std::vector<InjectedFault> faults;
  std::map<int64_t, Kind>
      pending; ///< faults of executables that have not run yet
};
} // namespace

llvm::Expected<std::unique_ptr<CandidateRunner>>
chameleon::createFaultyRunner(const RunnerOptions &options,
                              const mlir::DialectRegistry &registry,
                              std::vector<InjectedFault> faults) {
  auto faulty = std::make_unique<FaultyRunner>(std::move(faults));
  auto inner = createRunner(
      options, registry,
      [runner = faulty.get()](int64_t id, char *output, size_t bytes) {
        runner->filter(id, output, bytes);
      });
  if (!inner)
    return inner.takeError();
  faulty->inner = std::move(*inner);
  return faulty;
}
