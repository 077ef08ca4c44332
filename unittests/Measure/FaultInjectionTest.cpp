//===- FaultInjectionTest.cpp - the option --inject
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the faults do is tested in CPURunnerTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/FaultInjection.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

std::string errorOf(llvm::StringRef text) {
  auto faults = InjectedFault::parse(text);
  return faults ? "" : llvm::toString(faults.takeError());
}

TEST(FaultInjection, ParsesOneKind) {
  auto faults = llvm::cantFail(InjectedFault::parse("run-hang:0.25:7"));
  ASSERT_EQ(1u, faults.size());
  EXPECT_EQ(InjectedFault::Kind::RunHang, faults[0].kind);
  EXPECT_EQ(0.25, faults[0].probability);
  EXPECT_EQ(7u, faults[0].seed);
  EXPECT_EQ(0u, llvm::cantFail(InjectedFault::parse("run-hang:1"))[0].seed);
}

TEST(FaultInjection, AllShareTheProbability) {
  auto faults = llvm::cantFail(InjectedFault::parse("all:0.3"));
  EXPECT_EQ(15u, faults.size());
  double sum = 0;
  for (const InjectedFault &fault : faults)
    sum += fault.probability;
  EXPECT_NEAR(0.3, sum, 1e-12);
}

TEST(FaultInjection, RefusesNonsense) {
  EXPECT_EQ("unknown kind of fault 'fire'", errorOf("fire:0.5"));
  for (llvm::StringRef text : {"", "run-hang", "run-hang:", "run-hang:x",
                               "run-hang:-0.1", "run-hang:1.1", "run-hang:1:x"})
    EXPECT_EQ("expected <kind>:<probability>[:<seed>] with a probability from "
              "0 to 1, found '" +
                  text.str() + "'",
              errorOf(text));
}

} // namespace
