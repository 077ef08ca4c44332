//===- CUDARunner.cpp - candidates on an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/CUDARunner.h"
#include "DeviceImages.h"
#include "DeviceTask.h"
#include "TaskProgram.h"
#include "chameleon/Measure/Statistics.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <unistd.h>

using namespace chameleon;
using namespace mlir;

/// Above so many iterations of plain loops (about a second of one core) the
/// device computes the reference.
static constexpr double mostIterationsOnHost = 5e8;
/// Inputs that are larger together are not read back after each call, to see
/// whether they were overwritten.
static constexpr size_t largestInputsReadBack = 64 << 20;

namespace {

class CUDARunner final : public CandidateRunner {
public:
  CUDARunner(const RunnerOptions &options, TargetDescription target,
             TargetDescription host, unsigned devices,
             const DialectRegistry &registry, DeviceCompiler compiler,
             std::string folder)
      : options(options), target(std::move(target)), host(std::move(host)),
        devices(devices), context(registry, MLIRContext::Threading::DISABLED),
        folder(std::move(folder)),
        images(this->target, std::move(compiler), this->folder),
        owner(getpid()) {}
  ~CUDARunner() override {
    if (getpid() == owner)
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
  void drop(int64_t id) override {
    if (auto found = executables.find(id); found != executables.end()) {
      llvm::sys::fs::remove(found->second.file);
      executables.erase(found);
    }
    compiled.erase(id);
  }
  unsigned countDevices() const override { return devices; }
  llvm::Error useDevice(unsigned device) override;
  std::string exportExecutable(int64_t id) override { return compiled.at(id); }
  Measurement importExecutable(int64_t id, llvm::StringRef taskKey,
                               llvm::StringRef exported) override;

private:
  struct Task {
    OpenTask open;
    std::unique_ptr<TaskBuffers>
        buffers; ///< only where there is a device, as what follows
    std::optional<DeviceBuffers> device;
  };
  struct Executable {
    std::unique_ptr<DeviceExecutable> code;
    Task *task = nullptr;
    std::string file; ///< where it came from; another child may need it again
    double checkSeconds = 0; ///< of the checked call
  };

  llvm::Expected<std::unique_ptr<DeviceExecutable>>
  loadExecutable(NVVMProgram program, llvm::StringRef image,
                 llvm::StringRef function);
  llvm::Error runOnDevice(ModuleOp program, const std::string &function,
                          llvm::MutableArrayRef<GuardedBuffer> buffers);
  llvm::Error compareEngines();
  llvm::Expected<std::string> findFault(Task &task, const MeasurePolicy &policy,
                                        double &relativeError);
  llvm::Error poison(Task &task);

  RunnerOptions options;
  TargetDescription target, host;
  unsigned devices;
  MLIRContext context;
  std::string folder; ///< of executables on their way from child to child, and
                      ///< of cubins by content
  DeviceImages images;
  pid_t owner;
  std::map<int64_t, std::string> compiled; ///< file names
  std::unique_ptr<DeviceSession> session;
  std::map<std::string, Task> tasks;
  std::map<int64_t, Executable> executables;
};

} // namespace

/// The outcome of an error on the device. A dead context ends the process: the
/// driver in it answers no more.
static Measurement failOnDevice(llvm::Error error, Outcome outcome) {
  bool isLost = false, isMemory = false;
  error = llvm::handleErrors(
      std::move(error),
      [&](std::unique_ptr<cuda::CudaError> cuda) -> llvm::Error {
        isLost |= cuda->isSticky();
        isMemory |= cuda->isOutOfMemory();
        return llvm::Error(std::move(cuda));
      });
  std::string message = llvm::toString(std::move(error));
  if (isLost)
    endWithLostDevice(message);
  Measurement result;
  result.outcome = isMemory ? Outcome::MemoryLimit : outcome;
  result.message = std::move(message);
  return result;
}

//===----------------------------------------------------------------------===//
// Compiling
//===----------------------------------------------------------------------===//

llvm::Error CUDARunner::warmUp() {
  context.loadAllAvailableDialects();
  images.findAssembler();
  auto module = parseModule(warmUpTask, "the warm-up task", &context);
  if (!module)
    return module.takeError();
  return images.build(**module).takeError();
}

Measurement CUDARunner::compile(int64_t id, const Candidate &candidate) {
  Measurement result;
  auto fail = [&](std::string message) {
    result.outcome = Outcome::CompileError;
    result.message = std::move(message);
    return result;
  };
  Task &task = tasks.at(candidate.taskKey);
  OwningOpRef<ModuleOp> module = task.open.applyCandidate(candidate, result);
  if (!module)
    return result;
  auto built = images.build(*module);
  if (!built)
    return fail(llvm::toString(built.takeError()));
  if (!built->first.lookup(task.open.signature.function))
    return fail("the lowered module has no function '" +
                task.open.signature.function + "'");
  // One line, then the image.
  std::string file = llvm::formatv("{0}/executable-{1}", folder, id);
  if (llvm::Error error =
          llvm::writeToOutput(file, [&](llvm::raw_ostream &stream) {
            stream << serialize(built->first) << "\n" << built->second;
            return llvm::Error::success();
          }))
    return fail(llvm::toString(std::move(error)));
  compiled[id] = file;
  result.outcome = Outcome::Ok;
  return result;
}

//===----------------------------------------------------------------------===//
// The reference
//===----------------------------------------------------------------------===//

/// Of all loops of all structured operations, roughly what a call costs.
static double countIterations(ModuleOp module) {
  double total = 0;
  module.walk([&](linalg::LinalgOp op) {
    double iterations = 1;
    for (int64_t range : op.getStaticLoopRanges())
      iterations *= static_cast<double>(std::max<int64_t>(range, 1));
    total += iterations;
  });
  return total;
}

/// Plain kernels, one an operation: no schedule has touched the program.
llvm::Error
CUDARunner::runOnDevice(ModuleOp program, const std::string &function,
                        llvm::MutableArrayRef<GuardedBuffer> buffers) {
  if (!session)
    if (llvm::Error error = useDevice(0))
      return error;
  auto built = images.build(program);
  if (!built)
    return built.takeError();
  auto executable =
      loadExecutable(std::move(built->first), built->second, function);
  if (!executable)
    return executable.takeError();
  std::vector<GuardedBuffer *> host;
  for (GuardedBuffer &buffer : buffers)
    host.push_back(&buffer);
  llvm::Expected<DeviceBuffers> device = DeviceBuffers::create(*session, host);
  if (!device)
    return device.takeError();
  llvm::Expected<double> seconds = callOnce(*session, **executable, *device);
  if (!seconds)
    return seconds.takeError();
  for (size_t position = 0; position < host.size(); ++position)
    if (llvm::Error error = device->download(position))
      return error;
  return llvm::Error::success();
}

/// The path that computes a reference on the device against the one on the
/// host, on a small task.
llvm::Error CUDARunner::compareEngines() {
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
                            ? runOnHost(**module, "warm", *buffers, host)
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

llvm::Expected<PreparedTask> CUDARunner::prepareTask(const MeasureTask &task,
                                                     bool mayUseDevice) {
  bool wantsDevice = false;
  auto engine =
      [&](ModuleOp program, const std::string &function,
          llvm::MutableArrayRef<GuardedBuffer> buffers) -> llvm::Error {
    if (countIterations(program) <= mostIterationsOnHost)
      return runOnHost(program, function, buffers, host);
    if (!mayUseDevice) {
      wantsDevice = true;
      return llvm::createStringError("the device is in use");
    }
    if (llvm::Error error = compareEngines())
      return error;
    return runOnDevice(program, function, buffers);
  };
  llvm::Expected<PreparedTask> prepared =
      prepareReference(task, options.seed, &context, engine);
  if (wantsDevice) {
    llvm::consumeError(prepared.takeError());
    PreparedTask later;
    later.wantsDevice = true;
    return later;
  }
  if (prepared && !images.hasAssembler())
    prepared->remark += std::string(prepared->remark.empty() ? "" : "; ") +
                        "there is no ptxas, so the driver compiles each "
                        "candidate itself, one at a time";
  return prepared;
}

//===----------------------------------------------------------------------===//
// Checking and timing
//===----------------------------------------------------------------------===//

llvm::Error CUDARunner::useDevice(unsigned device) {
  llvm::Expected<std::unique_ptr<DeviceSession>> opened =
      DeviceSession::open(device);
  if (!opened)
    return opened.takeError();
  session = std::move(*opened);
  return llvm::Error::success();
}

llvm::Error CUDARunner::openTask(const MeasureTask &task,
                                 llvm::ArrayRef<char> data) {
  llvm::Expected<OpenTask> open = OpenTask::open(task, data, target, &context);
  if (!open)
    return open.takeError();
  Task &entry = tasks[task.key];
  entry.open = std::move(*open);
  if (!session)
    return llvm::Error::success();
  entry.buffers = std::make_unique<TaskBuffers>(entry.open.signature, data);
  std::vector<GuardedBuffer *> host;
  for (GuardedBuffer &buffer : entry.buffers->all())
    host.push_back(&buffer);
  llvm::Expected<DeviceBuffers> device = DeviceBuffers::create(*session, host);
  if (!device)
    return device.takeError();
  entry.device = std::move(*device);
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<DeviceExecutable>>
CUDARunner::loadExecutable(NVVMProgram program, llvm::StringRef image,
                           llvm::StringRef function) {
  llvm::Expected<DeviceProgram> loaded =
      DeviceProgram::load(*session->context, program, image);
  if (!loaded)
    return loaded.takeError();
  auto executable = std::make_unique<DeviceExecutable>(
      DeviceExecutable{std::move(program), std::move(*loaded), nullptr});
  executable->function = executable->program.lookup(function);
  if (!executable->function)
    return llvm::createStringError("the program has no function '%s'",
                                   function.str().c_str());
  return executable;
}

Measurement CUDARunner::importExecutable(int64_t id, llvm::StringRef taskKey,
                                         llvm::StringRef exported) {
  Measurement result;
  auto file = llvm::MemoryBuffer::getFile(exported, /*IsText=*/false,
                                          /*RequiresNullTerminator=*/true);
  if (!file) {
    result.outcome = Outcome::CompileError;
    result.message =
        "cannot read what was compiled: " + file.getError().message();
    return result;
  }
  auto [text, image] = (*file)->getBuffer().split('\n');
  llvm::Expected<NVVMProgram> program = deserialize(text);
  if (!program)
    return failOnDevice(program.takeError(), Outcome::CompileError);
  Task &task = tasks.at(taskKey.str());
  auto executable =
      loadExecutable(std::move(*program), image, task.open.signature.function);
  if (!executable)
    return failOnDevice(executable.takeError(), Outcome::CompileError);
  executables[id] = {std::move(*executable), &task, exported.str()};
  result.outcome = Outcome::Ok;
  return result;
}

llvm::Error CUDARunner::poison(Task &task) {
  task.buffers->poisonOutputs();
  for (size_t position = task.open.signature.numInputs;
       position < task.open.signature.arguments.size(); ++position)
    if (llvm::Error error = task.device->upload(position))
      return error;
  return llvm::Error::success();
}

llvm::Expected<std::string> CUDARunner::findFault(Task &task,
                                                  const MeasurePolicy &policy,
                                                  double &relativeError) {
  const TaskSignature &signature = task.open.signature;
  size_t inputBytes = 0;
  for (const TaskSignature::Argument &input : signature.inputs())
    inputBytes += input.bytes();
  size_t first = inputBytes <= largestInputsReadBack ? 0 : signature.numInputs;
  for (size_t position = first; position < signature.arguments.size();
       ++position)
    if (llvm::Error error = task.device->download(position))
      return error;
  std::string fault = task.buffers->findFault(policy.tolerance, relativeError);
  // Inputs and guards have been repaired here; the next candidate finds them
  // whole.
  if (!fault.empty())
    for (size_t position = 0; position < signature.arguments.size(); ++position)
      if (llvm::Error error = task.device->upload(position))
        return error;
  return fault;
}

Measurement CUDARunner::check(int64_t id, const MeasurePolicy &policy) {
  Executable &executable = executables.at(id);
  Task &task = *executable.task;
  if (llvm::Error error = poison(task))
    return failOnDevice(std::move(error), Outcome::RunCrash);
  llvm::Expected<double> seconds =
      callOnce(*session, *executable.code, *task.device);
  if (!seconds)
    return failOnDevice(seconds.takeError(), Outcome::RunCrash);
  executable.checkSeconds = *seconds;
  Measurement result;
  llvm::Expected<std::string> fault =
      findFault(task, policy, result.relativeError);
  if (!fault)
    return failOnDevice(fault.takeError(), Outcome::RunCrash);
  result.message = *fault;
  result.outcome = fault->empty() ? Outcome::Ok : Outcome::WrongResult;
  return result;
}

std::vector<Measurement> CUDARunner::time(llvm::ArrayRef<int64_t> ids,
                                          const MeasurePolicy &policy) {
  std::vector<const DeviceExecutable *> code;
  std::vector<double> once;
  for (int64_t id : ids) {
    code.push_back(executables.at(id).code.get());
    once.push_back(executables.at(id).checkSeconds);
  }
  Task &task = *executables.at(ids[0]).task;
  auto timed = timeOnDevice(*session, code, once, *task.device, policy);
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
  for (auto [executable, result] : llvm::zip_equal(code, results)) {
    if (ids.size() > 1) {
      llvm::Error error = poison(task);
      if (!error)
        error = callOnce(*session, *executable, *task.device).takeError();
      if (error) {
        result = failOnDevice(std::move(error), Outcome::RunCrash);
        continue;
      }
    }
    llvm::Expected<std::string> fault =
        findFault(task, policy, result.relativeError);
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
chameleon::createCUDARunner(const RunnerOptions &options,
                            const DialectRegistry &registry,
                            DeviceCompiler compiler) {
  llvm::Expected<TargetDescription> target = TargetDescription::parse(
      options.target, options.threads, DriverUse::ChildProcess);
  if (!target)
    return target.takeError();
  if (target->kind != TargetDescription::Kind::NVVM)
    return llvm::createStringError("target '%s' is no GPU",
                                   options.target.c_str());
  // A chip that was named compiles anywhere; measuring needs the device.
  llvm::Expected<cuda::DeviceFacts> device = cuda::DeviceFacts::queryInChild(0);
  if (!device)
    return device.takeError();
  llvm::Expected<TargetDescription> host = TargetDescription::parse("cpu", 1);
  if (!host)
    return host.takeError();
  llvm::SmallString<128> folder;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("chameleon-worker", folder))
    return llvm::createStringError("cannot make a folder for executables: %s",
                                   error.message().c_str());
  return std::make_unique<CUDARunner>(
      options, std::move(*target), std::move(*host),
      static_cast<unsigned>(device->count), registry, std::move(compiler),
      folder.str().str());
}
