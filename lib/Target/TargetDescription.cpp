//===- TargetDescription.cpp - what a target is, and what it offers to schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/TargetDescription.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include <chrono>
#include <sched.h>
#include <unistd.h>

using namespace chameleon;

namespace {

unsigned countUsableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return 1;
}

std::string readDeviceName() {
  auto buffer = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!buffer)
    return "unknown";
  for (llvm::StringRef line : llvm::split((*buffer)->getBuffer(), '\n'))
    if (line.starts_with("model name"))
      return line.split(':').second.trim().str();
  return "unknown";
}

int64_t cacheBytes(int name, int64_t standard) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : standard;
}

bool isOn(llvm::StringRef features, llvm::StringRef name) {
  bool on = false;
  for (llvm::StringRef feature : llvm::split(features, ','))
    if (feature.size() > 1 && feature.drop_front() == name)
      on = feature.front() == '+';
  return on;
}

} // namespace

llvm::Expected<TargetDescription> TargetDescription::parse(llvm::StringRef text, unsigned threads) {
  TargetDescription target;
  auto [kind, extra] = text.split(':');
  if (kind != "auto" && kind != "cpu")
    return llvm::createStringError("unknown target '%s', expected auto, cpu or cpu:<features>", text.str().c_str());
  if (threads > 1024)
    return llvm::createStringError("expected at most 1024 threads, found %u", threads);
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.second ? "+" : "-") + feature.first().str());
  llvm::sort(features);
  for (llvm::StringRef feature : llvm::split(extra, ',')) {
    if (feature.empty())
      continue;
    if (feature.size() < 2 || (feature.front() != '+' && feature.front() != '-'))
      return llvm::createStringError("expected a feature like +avx2 or -avx512f in target '%s', found '%s'", text.str().c_str(), feature.str().c_str());
    features.push_back(feature.str());
  }
  target.features = llvm::join(features, ",");
  target.device = readDeviceName();
  target.vectorBits = isOn(target.features, "avx512f") ? 512 : isOn(target.features, "avx") ? 256 : 128;
  target.l1Bytes = cacheBytes(_SC_LEVEL1_DCACHE_SIZE, target.l1Bytes);
  target.l2Bytes = cacheBytes(_SC_LEVEL2_CACHE_SIZE, target.l2Bytes);
  target.l3Bytes = cacheBytes(_SC_LEVEL3_CACHE_SIZE, target.l3Bytes);
  target.cores = countUsableCores();
  target.threads = threads ? threads : target.cores;
  return target;
}

std::string TargetDescription::spec() const { return "cpu"; }

std::string TargetDescription::key() const { return llvm::formatv("cpu {0} {1} {2} threads", device, cpu, threads); }

mlir::Attribute TargetDescription::toDLTI(mlir::MLIRContext *context) const {
  context->loadDialect<mlir::DLTIDialect>();
  mlir::Builder b(context);
  llvm::SmallVector<mlir::DataLayoutEntryInterface> entries;
  auto add = [&](llvm::StringRef name, int64_t value) {
    entries.push_back(mlir::DataLayoutEntryAttr::get(b.getStringAttr(name), b.getI64IntegerAttr(value)));
  };
  add("vector_bits", vectorBits);
  add("l1_bytes", l1Bytes);
  add("l2_bytes", l2Bytes);
  add("l3_bytes", l3Bytes);
  add("threads", threads);
  add("registers", vectorBits == 512 ? 32 : 16);
  auto device = mlir::TargetDeviceSpecAttr::get(context, entries);
  mlir::DataLayoutEntryInterface entry = mlir::DataLayoutEntryAttr::get(b.getStringAttr("CPU"), device);
  return mlir::TargetSystemSpecAttr::get(context, {entry});
}

double TargetDescription::measurePeakGflops() const { return 0; }
