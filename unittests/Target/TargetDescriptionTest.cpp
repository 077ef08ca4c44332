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

TEST(TargetDescription, DescribesTheHost) {
  TargetDescription target = parse("auto");
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
  EXPECT_EQ(parse("auto").spec(), "cpu");
}

TEST(TargetDescription, FactsAreEntriesOfTheDevice) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  TargetDescription target = parse("cpu", 2);
  target.vectorBits = 256;
  target.l2Bytes = 1234;
  auto system = dyn_cast<TargetSystemSpecAttr>(target.toDLTI(&context));
  ASSERT_TRUE(system);
  auto query = [&](llvm::StringRef name) {
    auto device =
        system.getDeviceSpecForDeviceID(StringAttr::get(&context, "CPU"));
    for (DataLayoutEntryInterface entry : device->getEntries())
      if (auto key = dyn_cast<StringAttr>(entry.getKey());
          key && key.getValue() == name)
        return cast<IntegerAttr>(entry.getValue()).getInt();
    return int64_t(-1);
  };
  EXPECT_EQ(query("vector_bits"), 256);
  EXPECT_EQ(query("l2_bytes"), 1234);
  EXPECT_EQ(query("threads"), 2);
  EXPECT_EQ(query("registers"), 16);
}

TEST(TargetDescription, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(parseError("gpu"),
            "unknown target 'gpu', expected 'auto', 'cpu' or 'cpu:<features>'");
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
  double peak = parse("cpu").measurePeakGflops();
  EXPECT_GT(peak, 0.001);
  EXPECT_LT(peak, 10 * 2 * 16 * 10);
}

} // namespace
