//===- Runner.cpp - candidates on a device, whichever it is
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Runner.h"
#include "EngineBuffers.h"
#include "SampleOutputs.h"
#include "TaskProgram.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Runtime/Statistics.h"
#include "chameleon/Runtime/Timing.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/Backend.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include <cerrno>
#include <map>
#include <unistd.h>

using namespace chameleon;
using namespace mlir;

/// A task of more iterations of plain loops is large (PrepareReference.cpp):
/// they take a tenth of a second. With devices a second, for their own work
/// would wait for the reference.
static constexpr double mostIterationsOnHost = 1e8;
static constexpr double mostIterationsBesideDevice = 5e8;
/// Inputs that are larger together are not read back after each call, to see
/// whether they were overwritten.
static constexpr size_t largestInputsReadBack = 64 << 20;

namespace {

class Runner final : public CandidateRunner {
public:
  Runner(const RunnerOptions &options, RunnerDevice device,
         const DialectRegistry &registry, OutputFilter filter,
         std::string folder)
      : options(options), device(std::move(device)),
        context(registry, MLIRContext::Threading::DISABLED),
        folder(std::move(folder)), filter(std::move(filter)), owner(getpid()) {
    CompileOptions compile;
    compile.cache = this->folder;
    compile.verify = false;      // candidates are checked by their results
    compile.assembleSeconds = 0; // the child has a deadline, and so have its
                                 // processes
    compiler = this->device.createCompiler(&context, compile);
  }
  ~Runner() override {
    if (!folder.empty() && getpid() == owner)
      llvm::sys::fs::remove_directories(folder);
  }

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
  void drop(int64_t id) override;
  unsigned countDevices() const override { return device.devices; }
  std::string getGenerator() const override {
    return device.device->getBackend().getGenerator();
  }
  llvm::Error useDevice(unsigned ordinal) override;
  std::string exportExecutable(int64_t id) override { return exported[id]; }
  Measurement importExecutable(int64_t id, llvm::StringRef taskKey,
                               llvm::StringRef exported) override;

private:
  struct Task {
    OpenTask open;
    /// Only where there is an engine, as what follows.
    std::unique_ptr<TaskBuffers> buffers;
    std::optional<EngineBuffers> arguments;
  };
  /// A program of a candidate. Members end in the opposite order: calls first.
  struct Executable {
    Task *task = nullptr;
    std::string file; ///< where it came from; another child may need it again
    std::unique_ptr<Engine::Executable> code;
    /// What the candidate computes from the task's constants alone; it does so
    /// once, when it is checked.
    std::vector<GuardedBuffer> constants;
    std::optional<EngineBuffers> constantArguments;
    std::unique_ptr<Engine::Call> initialise; ///< or none
    std::unique_ptr<Engine::Call> call;
    double checkSeconds = 0; ///< of the checked call
  };

  llvm::Error outlineInitialiser(ModuleOp module, const Task &task);
  llvm::Expected<Program> build(ModuleOp module);
  /// Loads a program and binds its calls.
  llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program, Task &task);
  llvm::Error runOnHost(ModuleOp program, const std::string &function,
                        llvm::MutableArrayRef<GuardedBuffer> buffers);
  llvm::Error runOnDevice(ModuleOp program, const std::string &function,
                          llvm::MutableArrayRef<GuardedBuffer> buffers);
  llvm::Error compareEngines();
  llvm::Error runCandidate(const MeasureTask &task, llvm::StringRef spec,
                           llvm::ArrayRef<char> data,
                           llvm::MutableArrayRef<GuardedBuffer> outputs);
  llvm::Error poison(Task &task);
  llvm::Expected<std::string> findFault(Executable &executable,
                                        const MeasurePolicy &policy,
                                        double &relativeError);

  RunnerOptions options;
  RunnerDevice device;
  MLIRContext context;
  std::string folder; ///< of executables on their way from child to child, and
                      ///< of machine code by content; empty: no devices
  OutputFilter filter;
  pid_t owner;
  std::unique_ptr<Compiler> compiler;
  std::map<int64_t, std::string> exported; ///< file names
  std::unique_ptr<Engine> engine;
  std::map<std::string, Task> tasks;
  std::map<int64_t, std::unique_ptr<Executable>> executables;
};

} // namespace

static Measurement fail(Outcome outcome, std::string message) {
  Measurement result;
  result.outcome = outcome;
  result.message = std::move(message);
  return result;
}

/// The outcome of an error of the engine. A lost device ends the process: it
/// answers no more.
static Measurement failOnDevice(llvm::Error error, Outcome outcome) {
  bool isLost = false;
  error = llvm::handleErrors(
      std::move(error), [&](std::unique_ptr<EngineError> found) -> llvm::Error {
        isLost |= found->isLost();
        if (found->isOutOfMemory())
          outcome = Outcome::MemoryLimit;
        return llvm::Error(std::move(found));
      });
  std::string message = llvm::toString(std::move(error));
  if (isLost)
    endWithLostDevice(message);
  return fail(outcome, std::move(message));
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

llvm::Expected<Program> Runner::build(ModuleOp module) {
  DiagnosticCollector diagnostics(&context);
  FailureOr<Program> program = compiler->compile(module);
  if (failed(program))
    return llvm::createStringError(
        "%s", diagnostics.message("lowering failed").c_str());
  return std::move(*program);
}

llvm::Error Runner::warmUp() {
  // Schedules for a device build with dialects that the small task does not.
  if (device.devices > 0)
    context.loadAllAvailableDialects();
  auto module = parseModule(warmUpTask, "the warm-up task", &context);
  if (!module)
    return module.takeError();
  if (!device.warmUpSchedule.empty()) {
    auto spec =
        parseModule(device.warmUpSchedule, "the warm-up schedule", &context);
    if (!spec)
      return spec.takeError();
    if (failed(applySpec(**spec, **module, /*checkHandles=*/false)))
      return llvm::createStringError("the warm-up schedule fails");
  }
  llvm::Expected<Program> program = build(**module);
  if (!program || device.devices > 0)
    return program.takeError();
  auto here = device.openEngine(0);
  if (!here)
    return here.takeError();
  return (*here)
      ->load(std::make_shared<Program>(std::move(*program)))
      .takeError();
}

/// What the candidate computes from the task's constants alone becomes a
/// function of its own, whose results are more inputs of the task.
llvm::Error Runner::outlineInitialiser(ModuleOp module, const Task &task) {
  auto function =
      module.lookupSymbol<func::FuncOp>(task.open.signature.function);
  DiagnosticCollector diagnostics(&context);
  if (failed(outlineConstants(function)))
    return llvm::createStringError(
        diagnostics.message("what is constant cannot be computed once"));
  return llvm::Error::success();
}

Measurement Runner::compile(int64_t id, const Candidate &candidate) {
  Measurement result;
  auto failed = [](llvm::Error error) {
    return fail(Outcome::CompileError, llvm::toString(std::move(error)));
  };
  auto found = tasks.find(candidate.taskKey);
  if (found == tasks.end())
    return fail(Outcome::CompileError, "the task is not in this child");
  Task &task = found->second;
  OwningOpRef<ModuleOp> module = task.open.applyCandidate(candidate, result);
  if (!module)
    return result;
  if (llvm::Error error = outlineInitialiser(*module, task))
    return failed(std::move(error));
  llvm::Expected<Program> program = build(*module);
  if (!program)
    return failed(program.takeError());
  if (!program->lookup(task.open.signature.function))
    return fail(Outcome::CompileError, "the lowered module has no function '" +
                                           task.open.signature.function + "'");
  if (device.devices > 0) {
    std::string file = llvm::formatv("{0}/executable-{1}", folder, id);
    if (llvm::Error error = saveProgram(*program, file))
      return failed(std::move(error));
    exported[id] = file;
  } else {
    auto executable =
        load(std::make_shared<Program>(std::move(*program)), task);
    if (!executable)
      return failed(executable.takeError());
    executables[id] = std::move(*executable);
  }
  result.outcome = Outcome::Ok;
  return result;
}

//===----------------------------------------------------------------------===//
// The reference
//===----------------------------------------------------------------------===//

llvm::Error Runner::runOnHost(ModuleOp program, const std::string &function,
                              llvm::MutableArrayRef<GuardedBuffer> buffers) {
  return chameleon::runOnHost(program, function, buffers);
}

/// Plain kernels, one an operation: no schedule has touched the program.
llvm::Error Runner::runOnDevice(ModuleOp module, const std::string &function,
                                llvm::MutableArrayRef<GuardedBuffer> buffers) {
  if (!engine)
    if (llvm::Error error = useDevice(0))
      return error;
  llvm::Expected<Program> program = build(module);
  if (!program)
    return program.takeError();
  return runOnce(*engine, std::make_shared<Program>(std::move(*program)),
                 function, buffers);
}

/// The path that computes a reference on the device against the one on the
/// host, on a small task.
llvm::Error Runner::compareEngines() {
  std::vector<GuardedBuffer> here, there;
  for (std::vector<GuardedBuffer> *buffers : {&here, &there}) {
    for (int i = 0; i < 3; ++i) {
      GuardedBuffer &buffer = buffers->emplace_back(16 * sizeof(float));
      for (int k = 0; k < 16; ++k)
        reinterpret_cast<float *>(buffer.data())[k] =
            static_cast<float>((7 * i + 5 * k) % 16) / 16;
    }
    auto module = parseModule(warmUpTask, "the warm-up task", &context);
    if (!module)
      return module.takeError();
    llvm::Error error = buffers == &here
                            ? runOnHost(**module, "warm", *buffers)
                            : runOnDevice(**module, "warm", *buffers);
    if (error)
      return error;
  }
  std::vector<double> expected;
  for (int k = 0; k < 16; ++k)
    expected.push_back(readElement(ElementKind::F32, here[2].data(), k));
  Comparison comparison =
      compareFloats(ElementKind::F32, there[2].data(), expected.data(), 16);
  if (comparison.relativeError > 1e-6 || !there[2].guardsIntact())
    return llvm::createStringError(
        "the device computes a small matrix product wrong: %s",
        describe(comparison).c_str());
  return llvm::Error::success();
}

/// Compiles and calls a default as candidates are, though nothing is known yet
/// that it could be compared with.
llvm::Error Runner::runCandidate(const MeasureTask &task, llvm::StringRef spec,
                                 llvm::ArrayRef<char> data,
                                 llvm::MutableArrayRef<GuardedBuffer> outputs) {
  // Others prepare tasks at the same time, with files in the same folder.
  const int64_t id = -static_cast<int64_t>(getpid());
  if (!engine)
    if (llvm::Error error = useDevice(0))
      return error;
  if (llvm::Error error = openTask(task, data))
    return error;
  auto call = [&]() -> llvm::Error {
    Measurement result = compile(id, {task.key, spec.str()});
    if (result.outcome == Outcome::Ok && device.devices > 0)
      result = importExecutable(id, task.key, exportExecutable(id));
    if (result.outcome != Outcome::Ok)
      return llvm::createStringError("%s", result.message.c_str());
    Executable &executable = *executables.at(id);
    Task &opened = *executable.task;
    if (llvm::Error error = poison(opened))
      return error;
    if (executable.initialise)
      if (llvm::Error error = executable.initialise->run().takeError())
        return error;
    if (llvm::Error error = executable.call->run().takeError())
      return error;
    if (llvm::Error error = opened.arguments->downloadAll())
      return error;
    for (auto [from, to] :
         llvm::zip_equal(opened.buffers->outputs(), outputs)) {
      if (!from.guardsIntact())
        return llvm::createStringError("wrote outside its destination");
      memcpy(to.data(), from.data(), from.size());
    }
    return llvm::Error::success();
  };
  llvm::Error error = call();
  drop(id);
  closeTask(task.key);
  return error;
}

llvm::Expected<PreparedTask> Runner::prepareTask(const MeasureTask &task,
                                                 bool mayUseDevice) {
  // Asked once without a device; the second time it is there.
  bool wantsDevice = false;
  auto askForDevice = [&] {
    wantsDevice = true;
    return llvm::createStringError("the device is in use");
  };
  bool hasDevices = device.devices > 0;
  auto host = [&](ModuleOp program, const std::string &function,
                  llvm::MutableArrayRef<GuardedBuffer> buffers) {
    return wantsDevice ? askForDevice() : runOnHost(program, function, buffers);
  };
  auto plain =
      [&](ModuleOp program, const std::string &function,
          llvm::MutableArrayRef<GuardedBuffer> buffers) -> llvm::Error {
    if (wantsDevice)
      return askForDevice();
    if (!hasDevices || countIterations(program) <= mostIterationsBesideDevice)
      return runOnHost(program, function, buffers);
    if (!mayUseDevice)
      return askForDevice();
    if (llvm::Error error = compareEngines())
      return error;
    return runOnDevice(program, function, buffers);
  };
  auto candidate =
      [&](llvm::StringRef spec, llvm::ArrayRef<char> data,
          llvm::MutableArrayRef<GuardedBuffer> outputs) -> llvm::Error {
    if (hasDevices && !mayUseDevice)
      return askForDevice();
    return runCandidate(task, spec, data, outputs);
  };
  ReferenceEngines engines{plain, host, candidate,
                           hasDevices ? mostIterationsBesideDevice
                                      : mostIterationsOnHost};
  llvm::Expected<PreparedTask> prepared =
      prepareReference(task, options.seed, &context, engines);
  if (wantsDevice) {
    llvm::consumeError(prepared.takeError());
    PreparedTask later;
    later.wantsDevice = true;
    return later;
  }
  if (std::string remark = compiler->remark(); prepared && !remark.empty())
    prepared->remark += (prepared->remark.empty() ? "" : "; ") + remark;
  return prepared;
}

//===----------------------------------------------------------------------===//
// Tasks and executables
//===----------------------------------------------------------------------===//

llvm::Error Runner::useDevice(unsigned ordinal) {
  auto opened = device.openEngine(ordinal);
  if (!opened)
    return opened.takeError();
  engine = std::move(*opened);
  return llvm::Error::success();
}

llvm::Error Runner::openTask(const MeasureTask &task,
                             llvm::ArrayRef<char> data) {
  llvm::Expected<OpenTask> open =
      OpenTask::open(task, data, *device.device, &context);
  if (!open)
    return open.takeError();
  if (!engine && device.devices == 0)
    if (llvm::Error error = useDevice(0))
      return error;
  Task &entry = tasks[task.key];
  entry.open = std::move(*open);
  if (!engine)
    return llvm::Error::success();
  entry.buffers = std::make_unique<TaskBuffers>(entry.open.signature, data);
  llvm::Expected<EngineBuffers> arguments =
      EngineBuffers::create(*engine, entry.buffers->all());
  if (!arguments)
    return arguments.takeError();
  entry.arguments = std::move(*arguments);
  return llvm::Error::success();
}

/// Which inputs of the task never change.
static SmallVector<unsigned> findConstantInputs(const OpenTask &task) {
  ModuleOp payload = task.payload.get();
  auto function = payload.lookupSymbol<func::FuncOp>(task.signature.function);
  SmallVector<unsigned> constants;
  for (unsigned i = 0; i < task.signature.numInputs; ++i)
    if (function.getArgAttr(i, constantAttribute))
      constants.push_back(i);
  return constants;
}

llvm::Expected<std::unique_ptr<Runner::Executable>>
Runner::load(std::shared_ptr<const Program> program, Task &task) {
  const TaskSignature &signature = task.open.signature;
  auto result = std::make_unique<Executable>();
  result->task = &task;
  auto code = engine->load(std::move(program));
  if (!code)
    return code.takeError();
  result->code = std::move(*code);
  const Program &loaded = result->code->getProgram();
  const Program::Function *function = loaded.lookup(signature.function);
  if (!function || function->arguments.size() < signature.numInputs)
    return llvm::createStringError("the program has no function '%s'",
                                   signature.function.c_str());
  // Behind the task's own inputs come those that it computes once.
  for (const BufferType &type :
       llvm::ArrayRef(function->arguments).drop_front(signature.numInputs))
    result->constants.emplace_back(type.numBytes());
  llvm::Expected<EngineBuffers> constants =
      EngineBuffers::create(*engine, result->constants);
  if (!constants)
    return constants.takeError();
  result->constantArguments = std::move(*constants);
  llvm::ArrayRef<uint64_t> all = task.arguments->addresses(),
                           once = result->constantArguments->addresses();
  if (!once.empty()) {
    SmallVector<uint64_t> addresses;
    for (unsigned input : findConstantInputs(task.open))
      addresses.push_back(all[input]);
    llvm::append_range(addresses, once);
    auto call = engine->bind(*result->code, function->initialiser, addresses);
    if (!call)
      return call.takeError();
    result->initialise = std::move(*call);
  }
  SmallVector<uint64_t> addresses(all.take_front(signature.numInputs));
  llvm::append_range(addresses, once);
  llvm::append_range(addresses, all.drop_front(signature.numInputs));
  auto call = engine->bind(*result->code, signature.function, addresses);
  if (!call)
    return call.takeError();
  result->call = std::move(*call);
  return result;
}

Measurement Runner::importExecutable(int64_t id, llvm::StringRef taskKey,
                                     llvm::StringRef file) {
  auto task = tasks.find(taskKey.str());
  if (task == tasks.end())
    return fail(Outcome::CompileError, "the task is not in this child");
  llvm::Expected<Program> program = loadProgram(file);
  if (!program)
    return fail(Outcome::CompileError, "cannot read what was compiled: " +
                                           llvm::toString(program.takeError()));
  auto executable =
      load(std::make_shared<Program>(std::move(*program)), task->second);
  if (!executable)
    return failOnDevice(executable.takeError(), Outcome::CompileError);
  (*executable)->file = file.str();
  executables[id] = std::move(*executable);
  return fail(Outcome::Ok, "");
}

void Runner::drop(int64_t id) {
  if (auto found = executables.find(id); found != executables.end()) {
    if (!found->second->file.empty())
      llvm::sys::fs::remove(found->second->file);
    executables.erase(found);
  }
  exported.erase(id);
}

//===----------------------------------------------------------------------===//
// Checking and timing
//===----------------------------------------------------------------------===//

llvm::Error Runner::poison(Task &task) {
  task.buffers->poisonOutputs();
  return task.arguments->uploadAll(task.open.signature.numInputs);
}

llvm::Expected<std::string> Runner::findFault(Executable &executable,
                                              const MeasurePolicy &policy,
                                              double &relativeError) {
  Task &task = *executable.task;
  const TaskSignature &signature = task.open.signature;
  size_t inputBytes = 0;
  for (const TaskSignature::Argument &input : signature.inputs())
    inputBytes += input.bytes();
  size_t first = inputBytes <= largestInputsReadBack ? 0 : signature.numInputs;
  if (llvm::Error error = task.arguments->downloadAll(first))
    return error;
  std::string fault = task.buffers->findFault(policy.tolerance, relativeError);
  // Inputs and guards have been repaired here; the next candidate finds them
  // whole.
  if (!fault.empty())
    if (llvm::Error error = task.arguments->uploadAll())
      return error;
  return fault;
}

/// A child that was forked anew has nothing of its predecessor's.
static Measurement goneExecutable() {
  Measurement gone;
  gone.message = "the executable is not in this child";
  return gone;
}

Measurement Runner::check(int64_t id, const MeasurePolicy &policy) {
  auto found = executables.find(id);
  if (found == executables.end())
    return goneExecutable();
  Executable &executable = *found->second;
  Task &task = *executable.task;
  auto failed = [](llvm::Error error) {
    return failOnDevice(std::move(error), Outcome::RunCrash);
  };
  if (llvm::Error error = poison(task))
    return failed(std::move(error));
  errno = 0; // an allocation that fails in the candidate sets it, see
             // ChildProcess.cpp
  if (executable.initialise)
    if (llvm::Error error = executable.initialise->run().takeError())
      return failed(std::move(error));
  llvm::Expected<double> seconds = executable.call->run();
  if (!seconds)
    return failed(seconds.takeError());
  executable.checkSeconds = *seconds;
  if (filter)
    for (GuardedBuffer &output : task.buffers->outputs())
      filter(id, output.data(), output.size());
  Measurement result;
  llvm::Expected<std::string> fault =
      findFault(executable, policy, result.relativeError);
  if (!fault)
    return failed(fault.takeError());
  result.message = *fault;
  if (llvm::Error error = executable.constantArguments->downloadAll())
    return failed(std::move(error));
  if (!llvm::all_of(executable.constants, [](GuardedBuffer &buffer) {
        return buffer.guardsIntact();
      }))
    result.message = "wrote beyond a tensor that is computed once";
  result.outcome = result.message.empty() ? Outcome::Ok : Outcome::WrongResult;
  return result;
}

std::vector<Measurement> Runner::time(llvm::ArrayRef<int64_t> ids,
                                      const MeasurePolicy &policy) {
  if (llvm::any_of(ids, [&](int64_t id) { return !executables.count(id); }))
    return std::vector<Measurement>(ids.size(), goneExecutable());
  std::vector<Engine::Call *> calls;
  std::vector<double> once;
  for (int64_t id : ids) {
    calls.push_back(executables[id]->call.get());
    once.push_back(executables[id]->checkSeconds);
  }
  errno = 0;
  auto timed = engine->time(calls, once, policy);
  if (!timed)
    return std::vector<Measurement>(
        ids.size(), failOnDevice(timed.takeError(), Outcome::RunCrash));
  std::vector<Measurement> results;
  for (const TimedCalls &one : *timed) {
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
    Executable &executable = *executables[id];
    if (ids.size() > 1) {
      llvm::Error error = poison(*executable.task);
      if (!error)
        error = call->run().takeError();
      if (error) {
        result = failOnDevice(std::move(error), Outcome::RunCrash);
        continue;
      }
    }
    llvm::Expected<std::string> fault =
        findFault(executable, policy, result.relativeError);
    if (!fault) {
      result = failOnDevice(fault.takeError(), Outcome::RunCrash);
    } else if (!fault->empty()) {
      result.outcome = Outcome::WrongResult;
      result.message = "after repeated calls: " + *fault;
    }
  }
  return results;
}

llvm::Expected<std::unique_ptr<CandidateRunner>>
chameleon::createRunner(const RunnerOptions &options, RunnerDevice device,
                        const DialectRegistry &registry, OutputFilter filter) {
  llvm::SmallString<128> folder;
  if (device.devices > 0)
    if (std::error_code error =
            llvm::sys::fs::createUniqueDirectory("chameleon-worker", folder))
      return llvm::createStringError("cannot make a folder for executables: %s",
                                     error.message().c_str());
  return std::make_unique<Runner>(options, std::move(device), registry,
                                  std::move(filter), folder.str().str());
}

llvm::Expected<std::unique_ptr<CandidateRunner>>
chameleon::createRunner(const RunnerOptions &options,
                        const DialectRegistry &registry, OutputFilter filter) {
  llvm::Expected<RunnerDevice> device = RunnerDevice::find(options, registry);
  if (!device)
    return device.takeError();
  return createRunner(options, std::move(*device), registry, std::move(filter));
}
