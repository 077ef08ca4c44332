//===- CPUDevice.cpp - the cores of this machine
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/CallProfile.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include <chrono>
#include <map>
#include <sched.h>
#include <unistd.h>

namespace chameleon {

/// lib/Schedules/cpu.
llvm::ArrayRef<BuiltinSchedule> getCPUSchedules();

//===----------------------------------------------------------------------===//
// The host
//===----------------------------------------------------------------------===//

/// Cores that the scheduler may give to this process (taskset, cgroup cpusets),
/// not those of the machine.
static unsigned usableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    if (int count = CPU_COUNT(&set); count > 0)
      return count;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? online : 1;
}

static std::string readLine(const llvm::Twine &path) {
  auto file = llvm::MemoryBuffer::getFileAsStream(path);
  return file ? (*file)->getBuffer().trim().str() : std::string();
}

/// "32K", "1024K", "32M"; 0 if malformed.
static int64_t parseBytes(llvm::StringRef text) {
  int64_t scale = text.consume_back("K")   ? 1 << 10
                  : text.consume_back("M") ? 1 << 20
                                           : 1,
          value;
  return text.getAsInteger(10, value) ? 0 : value * scale;
}

/// Data or unified cache of a level: from sysfs, else from the C library;
/// `fallback` if neither knows.
static int64_t cacheBytes(unsigned level, int systemName, int64_t fallback) {
  for (unsigned index = 0; index < 8; ++index) {
    std::string folder =
        llvm::formatv("/sys/devices/system/cpu/cpu0/cache/index{0}/", index);
    if (readLine(folder + "level") != llvm::utostr(level) ||
        readLine(folder + "type") == "Instruction")
      continue;
    if (int64_t bytes = parseBytes(readLine(folder + "size")))
      return bytes;
  }
  long bytes = sysconf(systemName);
  return bytes > 0 ? bytes : fallback;
}

static std::string deviceName() {
  auto file = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!file)
    return {};
  llvm::StringRef rest = (*file)->getBuffer();
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    auto [key, value] = line.split(':');
    if (key.trim() == "model name")
      return value.trim().str();
    rest = next;
  }
  return {};
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// The last word on a feature in a feature string wins.
static bool hasFeature(llvm::StringRef features, llvm::StringRef name) {
  bool enabled = false;
  for (llvm::StringRef feature : llvm::split(features, ','))
    if (feature.drop_front(feature.empty() ? 0 : 1) == name)
      enabled = feature.front() == '+';
  return enabled;
}

/// Width of the vectors that code should use, by the features of the code
/// generator.
static int64_t vectorBits(const llvm::Triple &triple,
                          llvm::StringRef features) {
  if (!triple.isX86())
    return 128;
  if (hasFeature(features, "avx512f"))
    return 512;
  return hasFeature(features, "avx") ? 256 : 128;
}

static llvm::Expected<CPUFacts>
describeHost(unsigned threads, std::optional<llvm::StringRef> overrides) {
  if (overrides)
    for (llvm::StringRef feature : llvm::split(*overrides, ','))
      if (feature.size() < 2 || (feature[0] != '+' && feature[0] != '-') ||
          !llvm::all_of(feature.drop_front(), [](char c) {
            return llvm::isAlnum(c) || c == '.' || c == '-' || c == '_';
          }))
        return llvm::createStringError(
            llvm::inconvertibleErrorCode(),
            "malformed feature '" + feature + "' in target 'cpu:" + *overrides +
                "', expected e.g. '-avx512f' or '+fma'");
  CPUFacts facts;
  facts.triple = llvm::sys::getProcessTriple();
  facts.cpu = llvm::sys::getHostCPUName().str();
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::map<std::string, bool> sorted;
  for (auto &entry : host)
    sorted[entry.getKey().str()] = entry.getValue();
  for (auto &[name, enabled] : sorted)
    facts.features += (facts.features.empty() ? "" : ",") +
                      std::string(enabled ? "+" : "-") + name;
  facts.overrides = overrides.value_or("").str();
  if (!facts.overrides.empty())
    facts.features += (facts.features.empty() ? "" : ",") + facts.overrides;
  facts.name = deviceName();
  if (facts.name.empty())
    facts.name = facts.cpu;
  facts.vectorBits = vectorBits(llvm::Triple(facts.triple), facts.features);
  facts.l1Bytes = cacheBytes(1, _SC_LEVEL1_DCACHE_SIZE, facts.l1Bytes);
  facts.l2Bytes = cacheBytes(2, _SC_LEVEL2_CACHE_SIZE, facts.l2Bytes);
  facts.l3Bytes = cacheBytes(3, _SC_LEVEL3_CACHE_SIZE, facts.l3Bytes);
  facts.cores = usableCores();
  facts.threads = threads ? threads : facts.cores;
  return facts;
}

namespace {

class CPUBackend final : public Backend {
public:
  llvm::StringRef getName() const override { return "cpu"; }
  llvm::StringRef getTitle() const override { return "host CPU"; }
  llvm::StringRef getForm() const override { return "'cpu:<features>'"; }
  int getPreference() const override { return 0; }
  llvm::ArrayRef<BuiltinSchedule> getSchedules() const override {
    return getCPUSchedules();
  }
  llvm::Expected<std::shared_ptr<const Device>>
  parse(std::optional<llvm::StringRef> arguments,
        const DeviceOptions &options) const override {
    llvm::Expected<CPUFacts> facts = describeHost(options.threads, arguments);
    if (!facts)
      return facts.takeError();
    facts->precision = options.precision;
    return std::make_shared<CPUDevice>(shared_from_this(), std::move(*facts));
  }
  /// This process, whatever `ordinal`.
  llvm::Expected<std::unique_ptr<Engine>>
  openEngine(const DeviceOptions &options, unsigned) const override {
    CPUEngineOptions engine;
    engine.threads = options.threads ? options.threads : usableCores();
    engine.symbols.emplace_back(CallProfile::markName.str(),
                                reinterpret_cast<void *>(&CallProfile::mark));
    return createCPUEngine(engine);
  }
};

} // namespace

void registerCPUBackend(mlir::DialectRegistry &registry) {
  registerBackend<CPUBackend>(registry);
}

llvm::Expected<std::shared_ptr<const CPUDevice>>
CPUDevice::ofHost(unsigned threads, std::optional<llvm::StringRef> overrides) {
  llvm::Expected<CPUFacts> facts = describeHost(threads, overrides);
  if (!facts)
    return facts.takeError();
  return std::make_shared<CPUDevice>(std::make_shared<CPUBackend>(),
                                     std::move(*facts));
}

std::string CPUDevice::getSpec() const {
  return facts.overrides.empty() ? "cpu" : "cpu:" + facts.overrides;
}

std::string CPUDevice::getKey() const {
  return llvm::formatv("cpu|{0}|{1}|{2}|threads={3}", facts.name, facts.cpu,
                       facts.overrides, facts.threads);
}

std::string CPUDevice::describe() const {
  return llvm::formatv("{0}, {1} threads", Device::describe(), facts.threads);
}

TargetFacts CPUDevice::getFacts() const {
  TargetFacts result{"CPU",
                     {{"vector_bits", facts.vectorBits},
                      {"l1_bytes", facts.l1Bytes},
                      {"l2_bytes", facts.l2Bytes},
                      {"l3_bytes", facts.l3Bytes},
                      {"threads", facts.threads},
                      {"registers", facts.vectorBits == 512 ? 32 : 16}}};
  if (facts.precision == Precision::Strict)
    result.values.emplace_back("strict", 1);
  return result;
}

/// Tiles, vectorises, lowers: a small task goes all the way, so that children
/// inherit loaded dialects, initialised passes and LLVM's tables, with the
/// pages that they live on.
static constexpr llvm::StringLiteral vectorSchedule = R"mlir(
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

llvm::StringRef CPUDevice::getWarmUpSchedule() const { return vectorSchedule; }

LayoutOptions CPUDevice::getLayout() const {
  return {LayoutOptions::Kind::NCHWc,
          std::clamp<int64_t>(facts.vectorBits / 32, 4, 16)};
}

//===----------------------------------------------------------------------===//
// Peak
//===----------------------------------------------------------------------===//

#if defined(__x86_64__)
#define CHAMELEON_PEAK_TARGET(features)                                        \
  __attribute__((target(features), noinline))
#else
#define CHAMELEON_PEAK_TARGET(features) __attribute__((noinline))
#endif

/// Ten independent chains of multiply-adds: more than latency times units on
/// every current core, and they fit 16 registers.
#define CHAMELEON_DEFINE_PEAK(NAME, BYTES, FEATURES)                           \
  CHAMELEON_PEAK_TARGET(FEATURES) static double NAME(int64_t steps) {          \
    typedef float Vector __attribute__((vector_size(BYTES)));                  \
    volatile float opaque = 0; /* or the compiler would know the result */     \
    Vector a = {}, b = {}, c0 = {}, c1 = {}, c2 = {}, c3 = {}, c4 = {},        \
           c5 = {}, c6 = {}, c7 = {}, c8 = {}, c9 = {};                        \
    a += opaque, b += opaque;                                                  \
    for (int64_t i = 0; i < steps; ++i) {                                      \
      CHAMELEON_STEP(c0)                                                       \
      CHAMELEON_STEP(c1)                                                       \
      CHAMELEON_STEP(c2)                                                       \
      CHAMELEON_STEP(c3)                                                       \
      CHAMELEON_STEP(c4)                                                       \
      CHAMELEON_STEP(c5)                                                       \
      CHAMELEON_STEP(c6)                                                       \
      CHAMELEON_STEP(c7) CHAMELEON_STEP(c8) CHAMELEON_STEP(c9)                 \
    }                                                                          \
    c0 += c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9;                          \
    return c0[0];                                                              \
  }

#if defined(__x86_64__)
#define CHAMELEON_STEP(c)                                                      \
  asm volatile("vfmadd231ps %1, %2, %0" : "+v"(c) : "v"(a), "v"(b));
CHAMELEON_DEFINE_PEAK(multiplyAdd512, 64, "avx512f,fma")
CHAMELEON_DEFINE_PEAK(multiplyAdd256, 32, "avx2,fma")
#undef CHAMELEON_STEP
#endif
#define CHAMELEON_STEP(c) c = c + a * b;
CHAMELEON_DEFINE_PEAK(multiplyAdd128, 16, "sse2")
#undef CHAMELEON_STEP

/// All threads together; what one core retires is measured now.
static double measurePeak(const CPUFacts &facts) {
  using Loop = double (*)(int64_t);
  Loop loop = multiplyAdd128;
  int64_t lanes = 4;
#if defined(__x86_64__)
  if (facts.vectorBits == 512)
    loop = multiplyAdd512, lanes = 16;
  else if (hasFeature(facts.features, "avx2") &&
           hasFeature(facts.features, "fma"))
    loop = multiplyAdd256, lanes = 8;
#endif
  constexpr int64_t steps = 200000;
  double best = 0;
  volatile double sink = 0;
  auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin <
         std::chrono::milliseconds(50)) {
    auto start = std::chrono::steady_clock::now();
    sink = sink + loop(steps);
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - start;
    best = std::max(best, 2.0 * 10 * lanes * steps / seconds.count() * 1e-9);
  }
  return best * facts.threads;
}

std::optional<double> CPUDevice::getPeakGflops(mlir::Type elementType) const {
  if (elementType.isF32())
    return measurePeak(facts);
  if (elementType.isF64())
    return measurePeak(facts) / 2;
  return std::nullopt;
}

} // namespace chameleon
