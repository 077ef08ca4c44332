//===- CPURunner.cpp - candidates on the host CPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/CPURunner.h"
#include "TaskBuffers.h"
#include "chameleon/Measure/Reference.h"
#include "chameleon/Measure/Statistics.h"
#include "chameleon/Measure/Timing.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/CPUExecutable.h"
#include "chameleon/Target/HostTensor.h"
#include "chameleon/Target/LowerToCPU.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <sched.h>

using namespace chameleon;
using namespace mlir;

namespace {

/// Keeps what MLIR reports instead of printing it: the first error becomes the
/// candidate's message.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
              first.empty())
            first = diagnostic.str();
          return success();
        }) {}

  std::string message(llvm::StringRef otherwise) const {
    return first.empty() ? otherwise.str() : first;
  }

private:
  std::string first;
  ScopedDiagnosticHandler handler;
};

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
        filter(std::move(filter)) {}

  llvm::Error warmUp() override;
  llvm::Expected<PreparedTask> prepareTask(const MeasureTask &task) override;
  llvm::Error openTask(const MeasureTask &task,
                       llvm::ArrayRef<char> data) override;
  Measurement compile(int64_t id, const Candidate &candidate) override;
  Measurement check(int64_t id, const MeasurePolicy &policy) override;
  std::vector<Measurement> time(llvm::ArrayRef<int64_t> ids,
                                const MeasurePolicy &policy) override;
  void drop(int64_t id) override { executables.erase(id); }

private:
  struct OpenTask {
    OwningOpRef<ModuleOp> payload;
    TaskSignature signature;
    std::unique_ptr<TaskBuffers> buffers;
  };
  struct Executable {
    std::unique_ptr<CPUExecutable> code;
    CPUExecutable::Entry entry = nullptr;
    OpenTask *task = nullptr;
    double checkSeconds = 0; ///< how long the checked call took
  };

  llvm::Expected<OwningOpRef<ModuleOp>> parse(llvm::StringRef text,
                                              llvm::StringRef what);
  llvm::Expected<std::unique_ptr<CPUExecutable>>
  lowerAndCompile(ModuleOp module, bool parallel, CPUOptimization effort);
  llvm::Error computeReference(ModuleOp program, bool isWide,
                               const TaskSignature &signature,
                               std::vector<char> &data);

  RunnerOptions options;
  TargetDescription target;
  MLIRContext context;
  OutputFilter filter;
  std::map<std::string, OpenTask> tasks;
  std::map<int64_t, Executable> executables;
};

} // namespace

llvm::Expected<OwningOpRef<ModuleOp>> CPURunner::parse(llvm::StringRef text,
                                                       llvm::StringRef what) {
  DiagnosticCollector diagnostics(&context);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return llvm::createStringError(
        "%s does not parse: %s", what.str().c_str(),
        diagnostics.message("no diagnostic").c_str());
  return module;
}

llvm::Expected<std::unique_ptr<CPUExecutable>>
CPURunner::lowerAndCompile(ModuleOp module, bool parallel,
                           CPUOptimization effort) {
  DiagnosticCollector diagnostics(&context);
  PassManager passes(&context);
  passes.enableVerifier(
      false); // results are checked, and every millisecond counts
  LowerToCPUOptions lowering;
  lowering.parallel = parallel;
  buildLowerToCPUPipeline(passes, lowering);
  if (failed(passes.run(module)))
    return llvm::createStringError(
        "%s", diagnostics.message("lowering failed").c_str());
  CPUCompileOptions compile;
  compile.optimization = effort;
  return CPUExecutable::compile(module, target, compile);
}

/// A small task goes all the way, so that children inherit loaded dialects,
/// initialised passes and LLVM's tables, with the pages that they live on.
llvm::Error CPURunner::warmUp() {
  static constexpr llvm::StringLiteral payload = R"mlir(
    func.func @warm(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32>
        attributes {chameleon.task = "warm"} {
      %zero = arith.constant 0.0 : f32
      %fill = linalg.fill ins(%zero : f32) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
      %r = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
      return %r : tensor<4x4xf32>
    })mlir";
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
  context.loadAllAvailableDialects();
  auto module = parse(payload, "the warm-up task");
  if (!module)
    return module.takeError();
  auto spec = parse(schedule, "the warm-up schedule");
  if (!spec)
    return spec.takeError();
  if (failed(applySpec(**spec, **module)))
    return llvm::createStringError("the warm-up schedule fails");
  return lowerAndCompile(**module, options.threads > 1, CPUOptimization::Search)
      .takeError();
}

//===----------------------------------------------------------------------===//
// Inputs and reference
//===----------------------------------------------------------------------===//

static llvm::Error fillInputs(const TaskSignature &signature, uint64_t seed,
                              bool positive, std::vector<char> &data) {
  for (auto [input, argument] : llvm::enumerate(signature.inputs())) {
    llvm::Expected<HostTensor> tensor = HostTensor::create(argument.type);
    if (!tensor)
      return tensor.takeError();
    tensor->fillRandom(seed + 0x9e3779b97f4a7c15 * (input + 1));
    if (positive && isFloat(argument.kind))
      for (int64_t i = 0; i < argument.elements; ++i)
        tensor->set(i, 0.5 + 0.5 * std::fabs(tensor->get(i)));
    memcpy(data.data() + signature.inputOffset(input), tensor->data(),
           argument.bytes());
  }
  return llvm::Error::success();
}

/// Runs `program` on the inputs in `data` and writes the references there.
/// `isWide`: its floats are doubles.
llvm::Error CPURunner::computeReference(ModuleOp program, bool isWide,
                                        const TaskSignature &signature,
                                        std::vector<char> &data) {
  auto code = lowerAndCompile(program, /*parallel=*/false, CPUOptimization::O3);
  if (!code)
    return code.takeError();
  auto entry = (*code)->lookup(signature.function);
  if (!entry)
    return entry.takeError();
  std::vector<GuardedBuffer> buffers;
  std::vector<void *> addresses;
  for (auto [position, argument] : llvm::enumerate(signature.arguments)) {
    bool widened = isWide && isFloat(argument.kind);
    GuardedBuffer &buffer = buffers.emplace_back(
        argument.elements * (widened ? 8 : byteWidth(argument.kind)));
    if (position >= signature.numInputs) {
      buffer.poison(argument.kind);
    } else {
      const char *input = data.data() + signature.inputOffset(position);
      if (widened)
        for (int64_t i = 0; i < argument.elements; ++i)
          reinterpret_cast<double *>(buffer.data())[i] =
              readElement(argument.kind, input, i);
      else
        memcpy(buffer.data(), input, buffer.size());
    }
    addresses.push_back(buffer.data());
  }
  (*entry)(addresses.data());
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    const char *from = buffers[signature.numInputs + output].data();
    char *to = data.data() + signature.referenceOffset(output);
    ElementKind kind =
        isWide && isFloat(argument.kind) ? ElementKind::F64 : argument.kind;
    for (int64_t i = 0; i < argument.elements; ++i) {
      if (isFloat(kind))
        reinterpret_cast<double *>(to)[i] = readElement(kind, from, i);
      else if (kind == ElementKind::I64)
        memcpy(to + 8 * i, from + 8 * i, 8);
      else
        reinterpret_cast<int64_t *>(to)[i] =
            static_cast<int64_t>(readElement(kind, from, i));
    }
  }
  return llvm::Error::success();
}

/// How many elements of float references are not finite, and how many there
/// are.
static std::pair<int64_t, int64_t>
countNotFinite(const TaskSignature &signature, const std::vector<char> &data) {
  int64_t bad = 0, all = 0;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    if (!isFloat(argument.kind))
      continue;
    const auto *reference = reinterpret_cast<const double *>(
        data.data() + signature.referenceOffset(output));
    all += argument.elements;
    bad += std::count_if(reference, reference + argument.elements,
                         [](double value) { return !std::isfinite(value); });
  }
  return {bad, all};
}

llvm::Expected<PreparedTask> CPURunner::prepareTask(const MeasureTask &task) {
  auto payload = parse(task.payload, "the payload");
  if (!payload)
    return payload.takeError();
  llvm::Expected<TaskSignature> signature =
      TaskSignature::of(**payload, task.numOutputs);
  if (!signature)
    return signature.takeError();
  PreparedTask prepared;
  prepared.data.resize(signature->totalBytes());
  std::string whyNot;
  OwningOpRef<ModuleOp> program = widenToDouble(**payload, whyNot);
  bool isWide = static_cast<bool>(program);
  if (!isWide) {
    program = (*payload)->clone();
    prepared.remark = "the reference has the task's own precision: " + whyNot;
  }
  orderLoopsAlongMemory(*program);
  // Square roots, logarithms and divisions may need positive inputs to be of
  // any use as a check.
  for (bool positive : {false, true}) {
    if (llvm::Error error =
            fillInputs(*signature, options.seed, positive, prepared.data))
      return error;
    OwningOpRef<ModuleOp> clone = program->clone();
    if (llvm::Error error =
            computeReference(*clone, isWide, *signature, prepared.data))
      return llvm::createStringError("computing the reference: %s",
                                     llvm::toString(std::move(error)).c_str());
    if (countNotFinite(*signature, prepared.data).first == 0)
      return prepared;
  }
  auto [bad, all] = countNotFinite(*signature, prepared.data);
  if (bad == all)
    return llvm::createStringError("the reference has no finite element (does "
                                   "the task read its destination?)");
  prepared.remark +=
      llvm::formatv("{0}{1} of {2} elements of the reference are not finite; "
                    "they are hardly checked",
                    prepared.remark.empty() ? "" : "; ", bad, all);
  return prepared;
}

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

llvm::Error CPURunner::openTask(const MeasureTask &task,
                                llvm::ArrayRef<char> data) {
  auto payload = parse(task.payload, "the payload");
  if (!payload)
    return payload.takeError();
  llvm::Expected<TaskSignature> signature =
      TaskSignature::of(**payload, task.numOutputs);
  if (!signature)
    return signature.takeError();
  if (data.size() != signature->totalBytes())
    return llvm::createStringError(
        "the data of the task has %zu bytes, expected %zu", data.size(),
        signature->totalBytes());
  // Schedules may ask what they run on.
  if (!(**payload)->hasAttr(DLTIDialect::kTargetSystemDescAttrName))
    (**payload)->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                         target.toDLTI(&context));
  OpenTask &open = tasks[task.key];
  open.payload = std::move(*payload);
  open.signature = *signature;
  open.buffers = std::make_unique<TaskBuffers>(*signature, data);
  return llvm::Error::success();
}

Measurement CPURunner::compile(int64_t id, const Candidate &candidate) {
  Measurement result;
  auto fail = [&](Outcome outcome, std::string message) {
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
  };
  OpenTask &task = tasks.at(candidate.taskKey);
  OwningOpRef<ModuleOp> module = task.payload->clone();
  if (!candidate.spec.empty()) {
    auto spec = parse(candidate.spec, "the spec");
    if (!spec)
      return fail(Outcome::TransformError, llvm::toString(spec.takeError()));
    DiagnosticCollector diagnostics(&context);
    if (failed(applySpec(**spec, *module)))
      return fail(
          Outcome::TransformError,
          diagnostics.message("the schedule failed without a diagnostic"));
  }
  auto code = lowerAndCompile(*module, options.threads > 1,
                              candidate.final ? CPUOptimization::O3
                                              : CPUOptimization::Search);
  if (!code)
    return fail(Outcome::CompileError, llvm::toString(code.takeError()));
  auto entry = (*code)->lookup(task.signature.function);
  if (!entry)
    return fail(Outcome::CompileError, llvm::toString(entry.takeError()));
  executables[id] = {std::move(*code), *entry, &task};
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
  double begin = monotonicSeconds();
  executable.entry(buffers.pointers());
  executable.checkSeconds = monotonicSeconds() - begin;
  if (filter)
    for (GuardedBuffer &output : buffers.outputs())
      filter(id, output.data(), output.size());
  result.message = buffers.findFault(policy.tolerance, result.relativeError);
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
        [entry = executable.entry,
         pointers = executable.task->buffers->pointers()] { entry(pointers); });
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
