//===- CPUEngineTest.cpp - which code this processor runs, and what is no code
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/CPUEngine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "gtest/gtest.h"
#include <cstring>

using namespace chameleon;

namespace {

std::string text(llvm::Error error) { return llvm::toString(std::move(error)); }

std::string arch() {
  return llvm::Triple(llvm::sys::getProcessTriple()).getArchName().str();
}

/// One of the features that this processor lacks, if there is one.
std::string missingFeature() {
  for (const auto &entry : llvm::sys::getHostCPUFeatures())
    if (!entry.second)
      return entry.first().str();
  return "";
}

TEST(CPUEngine, OnlyWhatIsOnIsNeeded) {
  EXPECT_EQ(cpu::describeTarget("x86_64-pc-linux-gnu", "znver4",
                                "+sse2,-avx512f,+avx,-avx,+fma"),
            "x86_64 znver4 +fma,+sse2");
  EXPECT_EQ(cpu::describeTarget("aarch64-unknown-linux-gnu", "generic", ""),
            "aarch64 generic ");
}

TEST(CPUEngine, CodeForThisProcessorRuns) {
  EXPECT_EQ(text(cpu::checkTarget(arch() + " any ")), "");
  // What is tuned for is no feature of a processor.
  EXPECT_EQ(text(cpu::checkTarget(arch() + " any +prefer-256-bit")), "");
}

TEST(CPUEngine, CodeForOthersDoesNot) {
  EXPECT_EQ(text(cpu::checkTarget("abacus any ")),
            "the program is for processors of type 'abacus', this one is of "
            "type '" +
                arch() + "'");
  std::string missing = missingFeature();
  if (missing.empty())
    GTEST_SKIP() << "a processor that has everything";
  EXPECT_EQ(text(cpu::checkTarget(arch() + " future +" + missing)),
            "the program was compiled for 'future' and needs '" + missing +
                "', which this processor ('" +
                llvm::sys::getHostCPUName().str() + "') does not have");
}

TEST(CPUEngine, ProgramsWithoutCode) {
  std::unique_ptr<Engine> engine = createCPUEngine({});
  auto program = std::make_shared<Program>();
  program->backend = "cpu";
  program->target = arch() + " any ";
  EXPECT_EQ(text(engine->load(program).takeError()),
            "the program has no section 'object'");
  program->addSection(cpu::objectSection, "no object");
  program->functions.push_back({"main", {}, {}, {}, ""});
  EXPECT_NE(text(engine->load(program).takeError()), "");
}

TEST(CPUEngine, BuffersAreMemory) {
  std::unique_ptr<Engine> engine = createCPUEngine({});
  EXPECT_TRUE(engine->usesHostMemory());
  auto buffer = engine->allocate(100);
  ASSERT_TRUE(bool(buffer));
  EXPECT_EQ((*buffer)->address() % 64, 0u);
  EXPECT_EQ((*buffer)->size(), 100u);
  ASSERT_FALSE(bool((*buffer)->write("beads", 5, 95)));
  EXPECT_EQ(
      memcmp(reinterpret_cast<char *>((*buffer)->address()) + 95, "beads", 5),
      0);
  char back[3];
  ASSERT_FALSE(bool((*buffer)->read(back, 3, 97)));
  EXPECT_EQ(memcmp(back, "ads", 3), 0);
}

} // namespace
