//===- CPUEngine.cpp - programs on the host CPU, in this process
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CPUEngine.h"
#include "OpenMPRuntime.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/bit.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <map>
#include <mutex>
#include <sched.h>

using namespace chameleon;

void chameleon::keepFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

//===----------------------------------------------------------------------===//
// What code needs
//===----------------------------------------------------------------------===//

std::string cpu::describeTarget(llvm::StringRef triple,
                                llvm::StringRef processor,
                                llvm::StringRef features) {
  std::map<llvm::StringRef, bool> last; // the last word on a feature wins
  for (llvm::StringRef feature : llvm::split(features, ','))
    if (feature.size() > 1)
      last[feature.drop_front()] = feature.front() == '+';
  std::string needed;
  for (auto [name, isOn] : last)
    if (isOn)
      needed += (needed.empty() ? "+" : ",+") + name.str();
  return (llvm::Triple(triple).getArchName() + " " + processor + " " + needed)
      .str();
}

llvm::Error cpu::checkTarget(llvm::StringRef target) {
  static const llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  auto [arch, rest] = target.split(' ');
  llvm::Triple here(llvm::sys::getProcessTriple());
  if (arch != here.getArchName())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "the program is for processors of type '" +
                                       arch + "', this one is of type '" +
                                       here.getArchName() + "'");
  auto [processor, features] = rest.split(' ');
  std::string missing;
  // What LLVM tunes for is no feature of a host, and is not asked for.
  for (llvm::StringRef feature : llvm::split(features, ','))
    if (auto found = host.find(feature.drop_front(feature.empty() ? 0 : 1));
        found != host.end() && !found->second)
      missing += (missing.empty() ? "'" : ", '") + found->first().str() + "'";
  if (missing.empty())
    return llvm::Error::success();
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(),
      "the program was compiled for '" + processor + "' and needs " + missing +
          ", which this processor ('" + llvm::sys::getHostCPUName() +
          "') does not have");
}

//===----------------------------------------------------------------------===//
// Runtime functions of the code
//===----------------------------------------------------------------------===//

namespace {

/// The layout of a ranked memref descriptor as MLIR builds it: sizes, then
/// strides, follow the offset.
struct StridedBuffer {
  char *allocated, *aligned;
  int64_t offset;
  int64_t sizesAndStrides[1];
};
struct UnrankedBuffer {
  int64_t rank;
  StridedBuffer *descriptor;
};

} // namespace

/// MLIR's contract for memref.copy between strided buffers. Our own pipeline
/// expands such copies into loops; modules that others lowered may still call
/// it.
static void copyStrided(int64_t elementBytes, UnrankedBuffer *source,
                        UnrankedBuffer *target) {
  int64_t rank = source->rank;
  StridedBuffer *from = source->descriptor, *to = target->descriptor;
  const int64_t *sizes = from->sizesAndStrides, *fromStrides = sizes + rank,
                *toStrides = to->sizesAndStrides + rank;
  for (int64_t d = 0; d < rank; ++d)
    if (sizes[d] == 0)
      return;
  const char *read = from->aligned + from->offset * elementBytes;
  char *write = to->aligned + to->offset * elementBytes;
  llvm::SmallVector<int64_t> index(rank, 0);
  while (true) {
    std::memcpy(write, read, elementBytes);
    int64_t d = rank - 1;
    for (; d >= 0; --d) {
      read += fromStrides[d] * elementBytes;
      write += toStrides[d] * elementBytes;
      if (++index[d] < sizes[d])
        break;
      read -= sizes[d] * fromStrides[d] * elementBytes;
      write -= sizes[d] * toStrides[d] * elementBytes;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

/// What LLVM calls to round to bfloat16 on processors without an instruction
/// for it, and which compilers' runtime libraries have only lately. The result
/// is in the lowest 16 bits of a floating-point register.
static float toBFloat16(double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(llvm::APFloat::BFloat(), llvm::APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return llvm::bit_cast<float>(
      static_cast<uint32_t>(number.bitcastToAPInt().getZExtValue()));
}
static float floatToBFloat16(float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return llvm::bit_cast<float>(bits >> 16 | 0x40u);
  return llvm::bit_cast<float>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// Functions that code calls and that a statically linked tool does not export.
static llvm::orc::SymbolMap runtimeSymbols(llvm::orc::LLJIT &jit) {
  llvm::orc::SymbolMap symbols;
  auto add = [&](llvm::StringRef name, auto *function) {
    symbols[jit.mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported};
  };
  add("memrefCopy", &copyStrided);
  add("malloc", &std::malloc);
  add("free", &std::free);
  add("aligned_alloc", &::aligned_alloc);
  add("memcpy", &std::memcpy);
  add("memmove", &std::memmove);
  add("memset", &std::memset);
  add("__truncsfbf2", &floatToBFloat16);
  add("__truncdfbf2", &toBFloat16);
#define ADD_MATH(name)                                                         \
  add(#name "f", static_cast<float (*)(float)>(&::name##f));                   \
  add(#name, static_cast<double (*)(double)>(&::name))
  ADD_MATH(exp);
  ADD_MATH(exp2);
  ADD_MATH(expm1);
  ADD_MATH(log);
  ADD_MATH(log2);
  ADD_MATH(log10);
  ADD_MATH(log1p);
  ADD_MATH(sin);
  ADD_MATH(cos);
  ADD_MATH(tan);
  ADD_MATH(asin);
  ADD_MATH(acos);
  ADD_MATH(atan);
  ADD_MATH(sinh);
  ADD_MATH(cosh);
  ADD_MATH(tanh);
  ADD_MATH(asinh);
  ADD_MATH(acosh);
  ADD_MATH(atanh);
  ADD_MATH(erf);
  ADD_MATH(erfc);
  ADD_MATH(cbrt);
  ADD_MATH(sqrt);
  ADD_MATH(floor);
  ADD_MATH(ceil);
  ADD_MATH(round);
  ADD_MATH(trunc);
  ADD_MATH(rint);
  ADD_MATH(nearbyint);
  ADD_MATH(roundeven);
#undef ADD_MATH
#define ADD_MATH2(name)                                                        \
  add(#name "f", static_cast<float (*)(float, float)>(&::name##f));            \
  add(#name, static_cast<double (*)(double, double)>(&::name))
  ADD_MATH2(pow);
  ADD_MATH2(fmod);
  ADD_MATH2(atan2);
  ADD_MATH2(fmin);
  ADD_MATH2(fmax);
  ADD_MATH2(copysign);
#undef ADD_MATH2
  return symbols;
}

//===----------------------------------------------------------------------===//
// The engine
//===----------------------------------------------------------------------===//

namespace {

using Entry = void (*)(void **);

class HostBuffer final : public Engine::Buffer {
public:
  /// Whole vectors: code that was vectorised with masks may touch, but never
  /// change, the rest of the last one.
  explicit HostBuffer(size_t bytes)
      : HostBuffer(allocateSection("buffer", llvm::alignTo(bytes, 64)), bytes) {
  }
  llvm::Error write(const void *from, size_t count, size_t offset) override {
    std::memcpy(memory->getBufferStart() + offset, from, count);
    return llvm::Error::success();
  }
  llvm::Error read(void *to, size_t count, size_t offset) const override {
    std::memcpy(to, memory->getBufferStart() + offset, count);
    return llvm::Error::success();
  }

private:
  HostBuffer(std::unique_ptr<llvm::WritableMemoryBuffer> memory, size_t bytes)
      : Buffer(reinterpret_cast<uintptr_t>(memory->getBufferStart()), bytes),
        memory(std::move(memory)) {}
  std::unique_ptr<llvm::WritableMemoryBuffer> memory;
};

class LinkedCode final : public Engine::Executable {
public:
  LinkedCode(std::shared_ptr<const Program> program,
             std::unique_ptr<llvm::orc::LLJIT> jit)
      : Executable(std::move(program)), jit(std::move(jit)) {
    // The cause, a missing symbol, is not in the error of the lookup.
    this->jit->getExecutionSession().setErrorReporter(
        [this](llvm::Error error) {
          cause = llvm::toString(std::move(error));
        });
  }

  llvm::Expected<Entry> lookup(llvm::StringRef function) {
    auto address = jit->lookup((cpu::entryPrefix + function).str());
    if (!address && !cause.empty()) {
      llvm::consumeError(address.takeError());
      return llvm::createStringError("cannot link the program: %s",
                                     cause.c_str());
    }
    if (!address)
      return address.takeError();
    return address->toPtr<Entry>();
  }

private:
  std::string cause;
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

class HostCall final : public Engine::Call {
public:
  HostCall(Entry entry, llvm::ArrayRef<uint64_t> addresses) : entry(entry) {
    for (uint64_t address : addresses)
      arguments.push_back(reinterpret_cast<void *>(address));
  }
  llvm::Expected<double> run() override {
    double begin = monotonicSeconds();
    entry(arguments.data());
    return monotonicSeconds() - begin;
  }
  void setArgument(unsigned position, uint64_t address) override {
    arguments[position] = reinterpret_cast<void *>(address);
  }

  Entry entry;
  std::vector<void *> arguments;
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

class CPUEngine final : public Engine {
public:
  explicit CPUEngine(const CPUEngineOptions &options) : options(options) {}

  llvm::StringRef backend() const override { return cpu::backendName; }
  bool usesHostMemory() const override { return true; }
  llvm::Expected<std::unique_ptr<Buffer>> allocate(size_t bytes) override {
    return std::make_unique<HostBuffer>(bytes);
  }
  llvm::Expected<std::unique_ptr<Executable>>
  load(std::shared_ptr<const Program> program) override;
  llvm::Expected<std::unique_ptr<Call>>
  bind(Executable &executable, llvm::StringRef function,
       llvm::ArrayRef<uint64_t> addresses) override;
  llvm::Expected<std::vector<TimedCalls>>
  time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
       const TimingPolicy &policy) override;

private:
  CPUEngineOptions options;
};

} // namespace

llvm::Expected<std::unique_ptr<Engine::Executable>>
CPUEngine::load(std::shared_ptr<const Program> program) {
  if (llvm::Error error = checkBackend(*program))
    return error;
  if (llvm::Error error = cpu::checkTarget(program->target))
    return error;
  const Program::Section *object = program->findSection(cpu::objectSection);
  if (!object)
    return llvm::createStringError("the program has no section '%s'",
                                   cpu::objectSection.data());
  static std::once_flag once; // of LLVM, for the layout of data
  std::call_once(once, [] { llvm::InitializeNativeTarget(); });
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(llvm::orc::JITTargetMachineBuilder(
                     llvm::Triple(llvm::sys::getProcessTriple())))
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  llvm::orc::SymbolMap symbols = runtimeSymbols(**jit);
  auto define = [&](llvm::StringRef name, const void *address) {
    symbols[(*jit)->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(address),
        llvm::JITSymbolFlags::Exported};
  };
  for (auto [name, address] : options.symbols)
    define(name, address);
  for (const Program::Section &section : program->sections)
    if (llvm::StringRef symbol = section.name;
        symbol.consume_front(cpu::constantSection))
      define(symbol, section.bytes().data());
  llvm::orc::JITDylib &library = (*jit)->getMainJITDylib();
  if (llvm::Error error =
          library.define(llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  if (program->findSection(cpu::openMPSection)) {
    llvm::Expected<OpenMPRuntime> runtime = loadOpenMPRuntime();
    if (!runtime)
      return runtime.takeError();
    runtime->setThreads(static_cast<int>(options.threads));
    auto generator = llvm::orc::DynamicLibrarySearchGenerator::Load(
        runtime->path.c_str(), (*jit)->getDataLayout().getGlobalPrefix());
    if (!generator)
      return generator.takeError();
    library.addGenerator(std::move(*generator));
  }
  if (llvm::Error error = (*jit)->addObjectFile(
          llvm::MemoryBuffer::getMemBuffer(object->bytes(), "chameleon.o",
                                           /*RequiresNullTerminator=*/false)))
    return error;
  auto code = std::make_unique<LinkedCode>(std::move(program), std::move(*jit));
  // Link now, so that a missing symbol is an error of loading.
  if (const auto &functions = code->getProgram().functions; !functions.empty())
    if (auto entry = code->lookup(functions.front().name); !entry)
      return entry.takeError();
  return code;
}

llvm::Expected<std::unique_ptr<Engine::Call>>
CPUEngine::bind(Executable &executable, llvm::StringRef function,
                llvm::ArrayRef<uint64_t> addresses) {
  if (llvm::Error error =
          checkCall(executable.getProgram(), function, addresses.size()))
    return error;
  auto entry = static_cast<LinkedCode &>(executable).lookup(function);
  if (!entry)
    return entry.takeError();
  return std::make_unique<HostCall>(*entry, addresses);
}

llvm::Expected<std::vector<TimedCalls>>
CPUEngine::time(llvm::ArrayRef<Call *> calls, llvm::ArrayRef<double> once,
                const TimingPolicy &policy) {
  Pinning pinning(options.threads == 1);
  std::vector<std::function<void()>> functions;
  for (Call *call : calls) {
    auto &host = static_cast<HostCall &>(*call);
    functions.push_back(
        [entry = host.entry, arguments = host.arguments.data()] {
          entry(arguments);
        });
  }
  if (functions.size() == 1)
    return std::vector<TimedCalls>{
        timeCalls(functions[0], policy, once[0], monotonicSeconds)};
  std::vector<TimedFunction> timed(functions.begin(), functions.end());
  return timeInterleaved(timed, policy, monotonicSeconds);
}

std::unique_ptr<Engine>
chameleon::createCPUEngine(const CPUEngineOptions &options) {
  return std::make_unique<CPUEngine>(options);
}
