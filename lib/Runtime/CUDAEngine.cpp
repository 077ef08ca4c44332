//===- CUDAEngine.cpp - programs on an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CUDAEngine.h"
#include "chameleon/Runtime/DeviceProgram.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>

using namespace chameleon;

/// Calls in a graph: the start of a graph costs about as much as a small
/// kernel.
static constexpr double mostInGraph = 20;
/// … but no more than so many seconds of work.
static constexpr double longestGraph = 2e-3;

llvm::Error cuda::checkChip(llvm::StringRef chip, bool isText,
                            const DeviceFacts &device) {
  // sm_90a is sm_90 with instructions that no later chip has.
  llvm::StringRef number = chip;
  bool isExact = number.consume_back("a");
  int64_t capability = 0;
  if (!number.consume_front("sm_") || number.getAsInteger(10, capability))
    return llvm::createStringError("the program is for chip '%s', expected one "
                                   "such as sm_90",
                                   chip.str().c_str());
  int64_t found = device.major * 10 + device.minor;
  if (isExact
          ? found == capability
          : found >= capability && (isText || device.major == capability / 10))
    return llvm::Error::success();
  return llvm::createStringError(
      "the program is for chip %s, the device (%s) is %s", chip.str().c_str(),
      device.name.c_str(), device.chip().c_str());
}

namespace {

class DeviceBuffer final : public Engine::Buffer {
public:
  explicit DeviceBuffer(cuda::Buffer buffer)
      : Buffer(buffer.address(), buffer.size()), buffer(std::move(buffer)) {}
  llvm::Error write(const void *from, size_t count, size_t offset) override {
    return buffer.write(from, count, offset);
  }
  llvm::Error read(void *to, size_t count, size_t offset) const override {
    return buffer.read(to, count, offset);
  }

private:
  cuda::Buffer buffer;
};

class DeviceCode final : public Engine::Executable {
public:
  DeviceCode(std::shared_ptr<const Program> program, NVVMProgram kernels)
      : Executable(std::move(program)), kernels(std::move(kernels)) {}

  NVVMProgram kernels;
  std::optional<DeviceProgram> loaded; ///< refers to `kernels`
};

/// What every call needs of the device. Members end in the opposite order: the
/// context last.
struct Session {
  std::unique_ptr<cuda::Context> context;
  cuda::Stream stream;
  cuda::Event begin, end;

  /// Runs `work` between two events and waits for it.
  llvm::Expected<double>
  timeBetweenEvents(llvm::function_ref<llvm::Error()> work) const {
    if (llvm::Error error = begin.record(stream.get()))
      return error;
    if (llvm::Error error = work())
      return error;
    if (llvm::Error error = end.record(stream.get()))
      return error;
    if (llvm::Error error = end.wait())
      return error;
    return end.secondsSince(begin);
  }
};

class DeviceCall final : public Engine::Call {
public:
  DeviceCall(const Session &session, const DeviceCode &code,
             const NVVMFunction &function, llvm::ArrayRef<uint64_t> addresses)
      : session(session), code(code), function(function),
        addresses(addresses.begin(), addresses.end()) {}

  llvm::Expected<double> run() override {
    if (llvm::Error error = keepConstants())
      return error;
    return session.timeBetweenEvents(
        [&] { return graph ? graph->launch(session.stream) : enqueue(); });
  }
  llvm::Error prepare() override {
    llvm::Expected<cuda::Graph> captured = capture(1);
    if (!captured)
      return captured.takeError();
    graph.emplace(std::move(*captured));
    return llvm::Error::success();
  }
  void setArgument(unsigned position, uint64_t address) override {
    addresses[position] = address;
    graph.reset();
    hasConstants = false;
  }

  /// What the function computes from constants alone, if it has not been. Late,
  /// since others may compute these after the call has been bound.
  llvm::Error keepConstants() {
    if (hasConstants || function.constantLaunches.empty())
      return llvm::Error::success();
    if (!kept.address()) {
      llvm::Expected<cuda::Buffer> buffer =
          cuda::Buffer::allocate(*session.context, function.keptBytes);
      if (!buffer)
        return buffer.takeError();
      kept = std::move(*buffer);
    }
    if (llvm::Error error = code.loaded->runConstantLaunches(
            function, addresses, session.stream.get(), kept.address()))
      return error;
    hasConstants = true;
    return session.stream.synchronize();
  }
  llvm::Error enqueue() const {
    return code.loaded->run(function, addresses, session.stream.get(),
                            kept.address());
  }
  /// So many calls, one after the other.
  llvm::Expected<cuda::Graph> capture(int64_t calls) {
    if (llvm::Error error = keepConstants())
      return error;
    return cuda::Graph::capture(*session.context, session.stream,
                                [&]() -> llvm::Error {
                                  for (int64_t call = 0; call < calls; ++call)
                                    if (llvm::Error error = enqueue())
                                      return error;
                                  return llvm::Error::success();
                                });
  }

private:
  const Session &session;
  const DeviceCode &code;
  const NVVMFunction &function;
  std::vector<cuda::DeviceAddress> addresses;
  cuda::Buffer kept;
  bool hasConstants = false;
  std::optional<cuda::Graph> graph;
};

class CUDAEngine final : public Engine {
public:
  CUDAEngine(Session session, cuda::DeviceFacts facts)
      : session(std::move(session)), facts(std::move(facts)) {}

  llvm::StringRef backend() const override { return cuda::backendName; }
  bool usesHostMemory() const override { return false; }
  llvm::Expected<std::unique_ptr<Buffer>> allocate(size_t bytes) override;
  llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program) override;
  llvm::Expected<std::unique_ptr<Call>>
  bind(Executable &executable, llvm::StringRef function,
       llvm::ArrayRef<uint64_t> addresses) override;
  llvm::Expected<std::vector<TimedCalls>>
  time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
       const TimingPolicy &policy) override;

private:
  /// Fills memory twice as large as the L2 cache.
  llvm::Error flushCache();

  Session session;
  cuda::DeviceFacts facts;
  cuda::Buffer flush; ///< allocated when it is first asked for
};

} // namespace

llvm::Expected<std::unique_ptr<Engine::Buffer>>
CUDAEngine::allocate(size_t bytes) {
  llvm::Expected<cuda::Buffer> buffer =
      cuda::Buffer::allocate(*session.context, bytes);
  if (!buffer)
    return buffer.takeError();
  return std::make_unique<DeviceBuffer>(std::move(*buffer));
}

llvm::Expected<std::unique_ptr<Engine::Executable>>
CUDAEngine::load(std::shared_ptr<const Program> program) {
  if (llvm::Error error = checkBackend(*program))
    return error;
  bool isText = program->findSection(ptxSection) != nullptr;
  if (llvm::Error error = cuda::checkChip(program->target, isText, facts))
    return error;
  llvm::Expected<NVVMProgram> kernels = readKernelSections(*program);
  if (!kernels)
    return kernels.takeError();
  llvm::StringRef image = findImage(*program);
  auto code =
      std::make_unique<DeviceCode>(std::move(program), std::move(*kernels));
  llvm::Expected<DeviceProgram> loaded =
      DeviceProgram::load(*session.context, code->kernels, image);
  if (!loaded)
    return loaded.takeError();
  code->loaded.emplace(std::move(*loaded));
  return code;
}

llvm::Expected<std::unique_ptr<Engine::Call>>
CUDAEngine::bind(Executable &executable, llvm::StringRef function,
                 llvm::ArrayRef<uint64_t> addresses) {
  if (llvm::Error error =
          checkCall(executable.getProgram(), function, addresses.size()))
    return error;
  auto &code = static_cast<DeviceCode &>(executable);
  const NVVMFunction *found = code.kernels.lookup(function);
  if (!found)
    return llvm::createStringError("function '%s' has no kernels",
                                   function.str().c_str());
  return std::make_unique<DeviceCall>(session, code, *found, addresses);
}

llvm::Error CUDAEngine::flushCache() {
  if (!flush.address()) {
    llvm::Expected<cuda::Buffer> made = cuda::Buffer::allocate(
        *session.context, 2 * std::max<int64_t>(facts.l2Bytes, 1 << 20));
    if (!made)
      return made.takeError();
    flush = std::move(*made);
  }
  const cuda::Driver &driver = session.context->driver;
  return driver.call(driver.fillBytesAsync, flush.address(),
                     static_cast<unsigned char>(0), flush.size(),
                     session.stream.get());
}

llvm::Expected<std::vector<TimedCalls>>
CUDAEngine::time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
                 const TimingPolicy &policy) {
  // Interleaved timing shares one policy, whose unit is a sample: all graphs
  // hold as many calls.
  double slowest = *std::max_element(once.begin(), once.end());
  int64_t callsInGraph =
      policy.coldCache ? 1
                       : static_cast<int64_t>(std::clamp(
                             std::floor(longestGraph / std::max(slowest, 1e-9)),
                             1.0, mostInGraph));
  struct Timed {
    DeviceCall &call;
    std::optional<cuda::Graph> graph; ///< cold: none, every call is flushed
  };
  std::vector<Timed> timed;
  for (Call *call : calls) {
    Timed &entry =
        timed.emplace_back(Timed{static_cast<DeviceCall &>(*call), {}});
    if (llvm::Error error = entry.call.keepConstants())
      return error;
    if (policy.coldCache)
      continue;
    llvm::Expected<cuda::Graph> graph = entry.call.capture(callsInGraph);
    if (!graph)
      return graph.takeError();
    entry.graph.emplace(std::move(*graph));
  }

  // The loop around the clock is the CPU's, with another clock, which stands
  // still between samples; an error makes time fly, so that it ends.
  double clock = 0;
  llvm::Error failed = llvm::Error::success();
  bool hasFailed = false;
  auto sample = [&](const Timed &entry) {
    auto fail = [&](llvm::Error error) {
      failed = llvm::joinErrors(std::move(failed), std::move(error));
      hasFailed = true;
      clock += 1e6;
    };
    if (hasFailed) {
      clock += 1e6;
      return;
    }
    if (policy.coldCache)
      if (llvm::Error error = flushCache())
        return fail(std::move(error));
    llvm::Expected<double> seconds = session.timeBetweenEvents([&] {
      return entry.graph ? entry.graph->launch(session.stream)
                         : entry.call.enqueue();
    });
    if (!seconds)
      return fail(seconds.takeError());
    clock += *seconds;
  };
  std::vector<std::function<void()>> functions;
  for (const Timed &entry : timed)
    functions.push_back([&sample, &entry] { sample(entry); });
  auto now = [&] { return clock; };
  TimingPolicy scaled = policy;
  scaled.giveUpAbove *= static_cast<double>(callsInGraph);
  std::vector<TimedCalls> results;
  if (functions.size() == 1) {
    results.push_back(timeCalls(functions[0], scaled, /*warmedUp=*/0, now));
  } else {
    std::vector<TimedFunction> all(functions.begin(), functions.end());
    results = timeInterleaved(all, scaled, now);
  }
  if (hasFailed)
    return failed;
  llvm::consumeError(std::move(failed));
  for (TimedCalls &result : results) {
    for (double &seconds : result.samples)
      seconds /= static_cast<double>(callsInGraph);
    result.calls *= callsInGraph;
  }
  return results;
}

llvm::Expected<std::unique_ptr<Engine>>
chameleon::openCUDAEngine(unsigned ordinal) {
  auto device = static_cast<int>(ordinal);
  llvm::Expected<const cuda::Driver *> driver = cuda::Driver::load();
  if (!driver)
    return driver.takeError();
  llvm::Expected<cuda::DeviceFacts> facts =
      cuda::DeviceFacts::query(**driver, device);
  if (!facts)
    return facts.takeError();
  llvm::Expected<std::unique_ptr<cuda::Context>> context =
      cuda::Context::create(**driver, device);
  if (!context)
    return context.takeError();
  llvm::Expected<cuda::Stream> stream = cuda::Stream::create(**context);
  if (!stream)
    return stream.takeError();
  llvm::Expected<cuda::Event> begin = cuda::Event::create(**context);
  if (!begin)
    return begin.takeError();
  llvm::Expected<cuda::Event> end = cuda::Event::create(**context);
  if (!end)
    return end.takeError();
  return std::make_unique<CUDAEngine>(
      Session{std::move(*context), std::move(*stream), std::move(*begin),
              std::move(*end)},
      std::move(*facts));
}
