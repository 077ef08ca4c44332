//===- CPURunner.cpp - candidates on the host CPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/CPURunner.h"
#include "TaskProgram.h"
#include "chameleon/Measure/Statistics.h"
#include "chameleon/Measure/Timing.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/CPUExecutable.h"
#include <cerrno>
#include <map>
#include <sched.h>

using namespace chameleon;
using namespace mlir;

namespace {

/// Holds this thread on the core where it is, so that caches and clock stay the
/// same between calls.
class Pinning {
public:
  explicit Pinning(bool enabled) {
    int core = sched_getcpu();
    if (!enabled || core < 0 ||
        sched_getaffinity(0, sizeof(before), &before) != 0)
      return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
  }
  ~Pinning() {
    if (pinned)
      sched_setaffinity(0, sizeof(before), &before);
  }

private:
  cpu_set_t before;
  bool pinned = false;
};

class CPURunner final : public CandidateRunner {
public:
  CPURunner(const RunnerOptions &options, TargetDescription target,
            const DialectRegistry &registry, OutputFilter filter)
      : options(options), target(std::move(target)),
        context(registry, MLIRContext::Threading::DISABLED),
        compiler(&context, this->target, options.threads > 1),
        filter(std::move(filter)) {}

  llvm::Error warmUp() override;
  llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task,
                                           bool mayUseDevice) override;
  llvm::Error openTask(const MeasureTask &task,
                       llvm::ArrayRef<char> data) override;
  void closeTask(llvm::StringRef key) override { tasks.erase(key.str()); }
  Measurement compile(int64_t id, const Candidate &candidate) override;
  Measurement check(int64_t id, const MeasurePolicy &policy) override;
  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &policy) override;
  void drop(int64_t id) override { executables.erase(id); }

private:
  struct Task {
    OpenTask open;
    std::unique_ptr<TaskBuffers> buffers;
  };
  struct Executable {
    std::unique_ptr<CPUExecutable> code;
    CPUExecutable::Entry entry = nullptr;
    Task *task = nullptr;
    std::vector<void *> arguments;
    double checkSeconds = 0; ///< how long the checked call took

    // What the candidate computes from the task's constants alone; it does so
    // once, when it is checked.
    CPUExecutable::Entry initialize = nullptr;
    std::vector<void *> initialArguments;
    std::vector<GuardedBuffer> constants;
  };

  /// Outlines what a candidate computes once into a function, whose name is
  /// returned; empty if there is nothing. Sets the arguments of both.
  llvm::Expected<std::string> outlineInitializer(ModuleOp module,
                                                 Executable &executable);

  RunnerOptions options;
  TargetDescription target;
  MLIRContext context;
  HostCompiler compiler;
  OutputFilter filter;
  std::map<std::string, Task> tasks;
  std::map<int64_t, Executable> executables;
};

} // namespace

/// A small task goes all the way, so that children inherit loaded dialects,
/// initialised passes and LLVM's tables, with the pages that they live on.
llvm::Error CPURunner::warmUp() {
  static constexpr llvm::StringLiteral schedule = R"mlir(
    module attributes {transform.with_named_sequence} {
      transform.named_sequence @__transform_main(%root: !transform.any_op) {
        %func = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
        %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
        %tiled, %loops = transform.structured.tile_using_for %op tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
        transform.structured.vectorize %tiled : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.transfer_permutation_patterns
          transform.apply_patterns.vector.reduction_to_contract
          transform.apply_patterns.canonicalization
        } : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.lower_contraction lowering_strategy = "outerproduct"
          transform.apply_patterns.vector.transfer_permutation_patterns
          transform.apply_patterns.vector.lower_outerproduct
        } : !transform.any_op
        transform.apply_patterns to %func {
          transform.apply_patterns.vector.lower_transfer max_transfer_rank = 1
          transform.apply_patterns.vector.lower_transpose lowering_strategy = "shuffle_1d"
          transform.apply_patterns.canonicalization
        } : !transform.any_op
        transform.yield
      }
    })mlir";
  auto module = parseModule(warmUpTask, "the warm-up task", &context);
  if (!module)
    return module.takeError();
  auto spec = parseModule(schedule, "the warm-up schedule", &context);
  if (!spec)
    return spec.takeError();
  if (failed(applySpec(**spec, **module)))
    return llvm::createStringError("the warm-up schedule fails");
  return compiler.compile(**module).takeError();
}

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

llvm::Expected<PreparedTask> CPURunner::prepareTask(const MeasureTask &task,
                                                    bool /*mayUseDevice*/) {
  return prepareReference(task, options.seed, &context,
                          [&](ModuleOp program, const std::string &function,
                              llvm::MutableArrayRef<GuardedBuffer> buffers) {
                            return runOnHost(program, function, buffers,
                                             target);
                          });
}

llvm::Error CPURunner::openTask(const MeasureTask &task,
                                llvm::ArrayRef<char> data) {
  llvm::Expected<OpenTask> open = OpenTask::open(task, data, target, &context);
  if (!open)
    return open.takeError();
  Task &entry = tasks[task.key];
  entry.open = std::move(*open);
  entry.buffers = std::make_unique<TaskBuffers>(entry.open.signature, data);
  return llvm::Error::success();
}

llvm::Expected<std::string>
CPURunner::outlineInitializer(ModuleOp module, Executable &executable) {
  const TaskSignature &signature = executable.task->open.signature;
  auto function = module.lookupSymbol<func::FuncOp>(signature.function);
  SmallVector<unsigned> constants;
  for (unsigned i = 0; i < signature.numInputs; ++i)
    if (function.getArgAttr(i, "chameleon.constant"))
      constants.push_back(i);
  void **pointers = executable.task->buffers->pointers();
  executable.arguments.assign(pointers, pointers + signature.arguments.size());
  DiagnosticCollector diagnostics(&context);
  FailureOr<func::FuncOp> initializer = outlineConstants(function);
  if (failed(initializer))
    return llvm::createStringError(
        diagnostics.message("what is constant cannot be computed once"));
  if (!*initializer)
    return std::string();
  for (unsigned i : constants)
    executable.initialArguments.push_back(pointers[i]);
  for (Type type : initializer->getResultTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    executable.constants.emplace_back(
        llvm::divideCeil(tensor.getElementTypeBitWidth(), 8) *
        tensor.getNumElements());
  }
  auto destinations = executable.arguments.begin() + signature.numInputs;
  std::vector<void *> addresses;
  for (GuardedBuffer &buffer : executable.constants)
    addresses.push_back(buffer.data());
  executable.arguments.insert(destinations, addresses.begin(), addresses.end());
  llvm::append_range(executable.initialArguments, addresses);
  return initializer->getSymName().str();
}

Measurement CPURunner::compile(int64_t id, const Candidate &candidate) {
  Measurement result;
  auto fail = [&](llvm::Error error) {
    result.outcome = Outcome::CompileError;
    result.message = llvm::toString(std::move(error));
    return result;
  };
  Task &task = tasks.at(candidate.taskKey);
  OwningOpRef<ModuleOp> module = task.open.applyCandidate(candidate, result);
  if (!module)
    return result;
  Executable executable;
  executable.task = &task;
  auto initializer = outlineInitializer(*module, executable);
  if (!initializer)
    return fail(initializer.takeError());
  auto code = compiler.compile(*module);
  if (!code)
    return fail(code.takeError());
  auto entry = (*code)->lookup(task.open.signature.function);
  if (!entry)
    return fail(entry.takeError());
  executable.entry = *entry;
  if (!initializer->empty()) {
    auto initialize = (*code)->lookup(*initializer);
    if (!initialize)
      return fail(initialize.takeError());
    executable.initialize = *initialize;
  }
  executable.code = std::move(*code);
  executables[id] = std::move(executable);
  result.outcome = Outcome::Ok;
  return result;
}

Measurement CPURunner::check(int64_t id, const MeasurePolicy &policy) {
  Measurement result;
  auto found = executables.find(id);
  if (found == executables.end()) {
    result.message = "the executable is not in this child";
    return result;
  }
  Executable &executable = found->second;
  TaskBuffers &buffers = *executable.task->buffers;
  buffers.poisonOutputs();
  errno = 0; // an allocation that fails in the candidate sets it, see
             // ChildProcess.cpp
  if (executable.initialize)
    executable.initialize(executable.initialArguments.data());
  double begin = monotonicSeconds();
  executable.entry(executable.arguments.data());
  executable.checkSeconds = monotonicSeconds() - begin;
  if (filter)
    for (GuardedBuffer &output : buffers.outputs())
      filter(id, output.data(), output.size());
  result.message = buffers.findFault(policy.tolerance, result.relativeError);
  if (!llvm::all_of(executable.constants, [](GuardedBuffer &buffer) {
        return buffer.guardsIntact();
      }))
    result.message = "wrote beyond a tensor that is computed once";
  result.outcome = result.message.empty() ? Outcome::Ok : Outcome::WrongResult;
  return result;
}

std::vector<Measurement> CPURunner::time(llvm::ArrayRef<int64_t> ids,
                                         const MeasurePolicy &policy) {
  // A child that was forked anew has nothing of its predecessor's.
  Measurement gone;
  gone.message = "the executable is not in this child";
  if (llvm::any_of(ids, [&](int64_t id) { return !executables.count(id); }))
    return std::vector<Measurement>(ids.size(), gone);
  Pinning pinning(options.threads == 1);
  std::vector<std::function<void()>> calls;
  for (int64_t id : ids) {
    Executable &executable = executables.at(id);
    calls.push_back(
        [entry = executable.entry, arguments = executable.arguments.data()] {
          entry(arguments);
        });
  }
  errno = 0;
  std::vector<TimedCalls> timed;
  if (calls.size() == 1) {
    timed.push_back(timeCalls(calls[0], policy,
                              executables.at(ids[0]).checkSeconds,
                              monotonicSeconds));
  } else {
    std::vector<TimedFunction> functions(calls.begin(), calls.end());
    timed = timeInterleaved(functions, policy, monotonicSeconds);
  }
  std::vector<Measurement> results;
  for (TimedCalls &one : timed) {
    TimingSummary summary = summarize(one.samples);
    Measurement &result = results.emplace_back();
    result.outcome = Outcome::Ok;
    result.seconds = summary.median;
    result.spreadSeconds = summary.halfInterquartileRange;
    result.calls = one.calls;
  }
  // A candidate may be right once and wrong when called again. With several,
  // one more call of each tells.
  for (auto [id, call, result] : llvm::zip_equal(ids, calls, results)) {
    TaskBuffers &buffers = *executables.at(id).task->buffers;
    if (ids.size() > 1) {
      buffers.poisonOutputs();
      call();
    }
    std::string fault =
        buffers.findFault(policy.tolerance, result.relativeError);
    if (!fault.empty()) {
      result.outcome = Outcome::WrongResult;
      result.message = "after repeated calls: " + fault;
    }
  }
  return results;
}

llvm::Expected<std::unique_ptr<CandidateRunner>>
chameleon::createCPURunner(const RunnerOptions &options,
                           const DialectRegistry &registry,
                           OutputFilter filter) {
  llvm::Expected<TargetDescription> target =
      TargetDescription::parse(options.target, options.threads);
  if (!target)
    return target.takeError();
  if (target->kind != TargetDescription::Kind::CPU)
    return llvm::createStringError("target '%s' is no CPU",
                                   options.target.c_str());
  return std::make_unique<CPURunner>(options, std::move(*target), registry,
                                     std::move(filter));
}
