//===- CPUTargetTest.cpp - the host as text, facts and key
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TargetTesting.h"
#include <sched.h>

using namespace chameleon;
using namespace chameleon::testing;

namespace {

TEST(CPUTarget, DescribesTheHost) {
  TargetDescription target = parse("cpu");
  EXPECT_EQ(target.kind, TargetDescription::Kind::CPU);
  EXPECT_FALSE(target.cpu.empty());
  EXPECT_FALSE(target.device.empty());
  EXPECT_GE(target.vectorBits, 128);
  EXPECT_GE(target.l1Bytes, 8 << 10);
  EXPECT_GE(target.l2Bytes, target.l1Bytes);
  EXPECT_EQ(target.threads, target.cores);
}

TEST(CPUTarget, CoresAreThoseOfTheAffinity) {
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

TEST(CPUTarget, FeaturesOverrideTheHosts) {
  TargetDescription target = parse("cpu:-avx512f,-avx2,-avx", 3);
  EXPECT_EQ(target.vectorBits, 128);
  EXPECT_EQ(target.threads, 3u);
  EXPECT_EQ(target.spec(), "cpu:-avx512f,-avx2,-avx");
  EXPECT_EQ(parse(target.spec(), 3).key(), target.key());
  EXPECT_NE(parse("cpu", 3).key(), target.key());
  EXPECT_NE(parse("cpu", 1).key(), parse("cpu", 2).key());
  EXPECT_EQ(parse("cpu").kindName(), "cpu");
}

TEST(CPUTarget, FactsAreEntriesOfTheDevice) {
  TargetDescription target = parse("cpu", 2);
  target.vectorBits = 256;
  target.l2Bytes = 1234;
  EXPECT_EQ(query(target, "CPU", "vector_bits"), 256);
  EXPECT_EQ(query(target, "CPU", "l2_bytes"), 1234);
  EXPECT_EQ(query(target, "CPU", "threads"), 2);
  EXPECT_EQ(query(target, "CPU", "registers"), 16);
}

TEST(CPUTarget, PeakIsPlausible) {
  // No promise on speed: between one scalar operation a microsecond and ten of
  // the widest units at 10 GHz.
  double peak = parse("cpu", 1).peakGflops();
  EXPECT_GT(peak, 0.001);
  EXPECT_LT(peak, 10 * 2 * 16 * 10);
}

} // namespace
