//===- CPUTarget.cpp - the host CPU as a target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetKinds.h"
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

static llvm::Expected<TargetDescription> parseCPU(llvm::StringRef overrides,
                                                  bool hasOverrides,
                                                  unsigned threads, DriverUse) {
  if (hasOverrides)
    for (llvm::StringRef feature : llvm::split(overrides, ','))
      if (feature.size() < 2 || (feature[0] != '+' && feature[0] != '-') ||
          !llvm::all_of(feature.drop_front(), [](char c) {
            return llvm::isAlnum(c) || c == '.' || c == '-' || c == '_';
          }))
        return llvm::createStringError(
            llvm::inconvertibleErrorCode(),
            "malformed feature '" + feature + "' in target 'cpu:" + overrides +
                "', expected e.g. '-avx512f' or '+fma'");
  TargetDescription target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::map<std::string, bool> sorted;
  for (auto &entry : host)
    sorted[entry.getKey().str()] = entry.getValue();
  for (auto &[name, enabled] : sorted)
    target.features += (target.features.empty() ? "" : ",") +
                       std::string(enabled ? "+" : "-") + name;
  if (!overrides.empty())
    target.features += (target.features.empty() ? "" : ",") + overrides.str();
  target.overrides = overrides.str();
  target.device = deviceName();
  if (target.device.empty())
    target.device = target.cpu;
  target.vectorBits =
      chameleon::vectorBits(llvm::Triple(target.triple), target.features);
  target.l1Bytes = cacheBytes(1, _SC_LEVEL1_DCACHE_SIZE, target.l1Bytes);
  target.l2Bytes = cacheBytes(2, _SC_LEVEL2_CACHE_SIZE, target.l2Bytes);
  target.l3Bytes = cacheBytes(3, _SC_LEVEL3_CACHE_SIZE, target.l3Bytes);
  target.cores = usableCores();
  target.threads = threads ? threads : target.cores;
  return target;
}

static std::string specOfCPU(const TargetDescription &target) {
  return target.overrides.empty() ? "cpu" : "cpu:" + target.overrides;
}

static std::string keyOfCPU(const TargetDescription &target) {
  return llvm::formatv("cpu|{0}|{1}|{2}|threads={3}", target.device, target.cpu,
                       target.overrides, target.threads);
}

static TargetFacts factsOfCPU(const TargetDescription &target) {
  return {{"vector_bits", target.vectorBits},
          {"l1_bytes", target.l1Bytes},
          {"l2_bytes", target.l2Bytes},
          {"l3_bytes", target.l3Bytes},
          {"threads", target.threads},
          {"registers", target.vectorBits == 512 ? 32 : 16}};
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
static double peakOfCPU(const TargetDescription &target) {
  using Loop = double (*)(int64_t);
  Loop loop = multiplyAdd128;
  int64_t lanes = 4;
#if defined(__x86_64__)
  if (target.vectorBits == 512)
    loop = multiplyAdd512, lanes = 16;
  else if (hasFeature(target.features, "avx2") &&
           hasFeature(target.features, "fma"))
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
  return best * target.threads;
}

const TargetKind &cpuTarget() {
  static const TargetKind kind = {"cpu",      "CPU",     "'cpu:<features>'",
                                  parseCPU,   specOfCPU, keyOfCPU,
                                  factsOfCPU, peakOfCPU};
  return kind;
}

} // namespace chameleon
