//===- TargetDescriptionTest.cpp - the host as text, facts and key
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/TargetDescription.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <sched.h>

using namespace mlir;
using namespace chameleon;

namespace {

TargetDescription parse(llvm::StringRef text, unsigned threads = 0) {
  auto target = TargetDescription::parse(text, threads);
  EXPECT_TRUE(bool(target)) << llvm::toString(target.takeError());
  return std::move(*target);
}

std::string parseError(llvm::StringRef text, unsigned threads = 0) {
  auto target = TargetDescription::parse(text, threads);
  return target ? "" : llvm::toString(target.takeError());
}

/// A fact as a schedule would ask for it; -1: there is none.
int64_t query(const TargetDescription &target, llvm::StringRef device,
              llvm::StringRef name) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto system = cast<TargetSystemSpecAttr>(target.toDLTI(&context));
  auto facts =
      system.getDeviceSpecForDeviceID(StringAttr::get(&context, device));
  if (!facts)
    return -1;
  for (DataLayoutEntryInterface entry : facts->getEntries())
    if (auto key = dyn_cast<StringAttr>(entry.getKey());
        key && key.getValue() == name)
      return cast<IntegerAttr>(entry.getValue()).getInt();
  return -1;
}

TEST(TargetDescription, DescribesTheHost) {
  TargetDescription target = parse("cpu");
  EXPECT_EQ(target.kind, TargetDescription::Kind::CPU);
  EXPECT_FALSE(target.cpu.empty());
  EXPECT_FALSE(target.device.empty());
  EXPECT_GE(target.vectorBits, 128);
  EXPECT_GE(target.l1Bytes, 8 << 10);
  EXPECT_GE(target.l2Bytes, target.l1Bytes);
  EXPECT_EQ(target.threads, target.cores);
}

TEST(TargetDescription, CoresAreThoseOfTheAffinity) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  int first = 0;
  while (!CPU_ISSET(first, &before))
    ++first;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(parse("cpu").cores, 1u);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
}

TEST(TargetDescription, FeaturesOverrideTheHosts) {
  TargetDescription target = parse("cpu:-avx512f,-avx2,-avx", 3);
  EXPECT_EQ(target.vectorBits, 128);
  EXPECT_EQ(target.threads, 3u);
  EXPECT_EQ(target.spec(), "cpu:-avx512f,-avx2,-avx");
  EXPECT_EQ(parse(target.spec(), 3).key(), target.key());
  EXPECT_NE(parse("cpu", 3).key(), target.key());
  EXPECT_NE(parse("cpu", 1).key(), parse("cpu", 2).key());
  EXPECT_EQ(parse("cpu").kindName(), "cpu");
}

TEST(TargetDescription, AutoSaysWhatItTakes) {
  TargetDescription target = parse("auto");
  auto gpu = TargetDescription::parse("nvvm", 0);
  if (gpu) {
    EXPECT_EQ(target.spec(), "nvvm");
    EXPECT_EQ(target.key(), gpu->key());
    EXPECT_EQ(target.choice, "the GPU, being there");
    return;
  }
  EXPECT_EQ(target.spec(), "cpu");
  EXPECT_EQ(target.choice, "the host CPU, for want of a GPU: " +
                               llvm::toString(gpu.takeError()));
  EXPECT_EQ(parse("cpu").choice, "");
}

TEST(TargetDescription, ChipsNeedNoGPU) {
  TargetDescription target = parse("nvvm:sm_90", 7);
  EXPECT_EQ(target.kind, TargetDescription::Kind::NVVM);
  EXPECT_EQ(target.kindName(), "nvvm");
  EXPECT_EQ(target.cpu, "sm_90");
  EXPECT_EQ(target.spec(), "nvvm:sm_90");
  EXPECT_EQ(target.key(), "nvvm|NVIDIA H100|sm_90|multiprocessors=132");
  EXPECT_NEAR(target.peakGflops(), 66908, 1);
  EXPECT_EQ(target.threads, 1u);
  TargetDescription a = parse("nvvm:sm_90a");
  EXPECT_EQ(a.cpu, "sm_90a");
  EXPECT_EQ(a.gpu.multiprocessors, 132);
}

TEST(TargetDescription, FactsAreEntriesOfTheDevice) {
  TargetDescription target = parse("cpu", 2);
  target.vectorBits = 256;
  target.l2Bytes = 1234;
  EXPECT_EQ(query(target, "CPU", "vector_bits"), 256);
  EXPECT_EQ(query(target, "CPU", "l2_bytes"), 1234);
  EXPECT_EQ(query(target, "CPU", "threads"), 2);
  EXPECT_EQ(query(target, "CPU", "registers"), 16);

  TargetDescription gpu = parse("nvvm:sm_90");
  EXPECT_EQ(query(gpu, "GPU", "compute_capability"), 90);
  EXPECT_EQ(query(gpu, "GPU", "multiprocessors"), 132);
  EXPECT_EQ(query(gpu, "GPU", "warp"), 32);
  EXPECT_EQ(query(gpu, "GPU", "max_threads"), 1024);
  EXPECT_EQ(query(gpu, "GPU", "registers"), 65536);
  EXPECT_EQ(query(gpu, "GPU", "shared_bytes"), 232448);
  EXPECT_EQ(query(gpu, "GPU", "l2_bytes"), 50 << 20);
  EXPECT_EQ(query(parse("nvvm:sm_80"), "GPU", "compute_capability"), 80);
}

TEST(TargetDescription, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parseError("gpu"),
            "unknown target 'gpu', expected one of 'auto', 'cpu', "
            "'cpu:<features>', 'nvvm', 'nvvm:<chip>'");
  EXPECT_EQ(parseError("nvvm:sm_42")
                .find("unknown chip 'sm_42', expected one "
                      "of sm_70, sm_75, sm_80, sm_86"),
            0u);
  EXPECT_EQ(parseError("cpu:avx2"),
            "malformed feature 'avx2' in target 'cpu:avx2', expected e.g. "
            "'-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu:"), "malformed feature '' in target 'cpu:', "
                                "expected e.g. '-avx512f' or '+fma'");
  EXPECT_EQ(parseError("cpu", 1025), "1025 threads, expected at most 1024");
}

TEST(TargetDescription, PeakIsPlausible) {
  // No promise on speed: between one scalar operation a microsecond and ten of
  // the widest units at 10 GHz.
  double peak = parse("cpu", 1).peakGflops();
  EXPECT_GT(peak, 0.001);
  EXPECT_LT(peak, 10 * 2 * 16 * 10);
}

} // namespace
