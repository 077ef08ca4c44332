//===- OutcomeTest.cpp - names of outcomes
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Database/Outcome.h"
#include "gtest/gtest.h"
#include <set>

using namespace chameleon;

namespace {

TEST(Outcome, HaveNames) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Outcome::WorkerLost); ++i) {
    auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(outcome, outcomeFromString(toString(outcome)));
    names.insert(toString(outcome).str());
  }
  // As they are stored: never to be renamed.
  EXPECT_EQ((std::set<std::string>{
                "ok", "transform-error", "compile-error", "compile-timeout",
                "compile-crash", "run-timeout", "run-crash", "memory-limit",
                "wrong-result", "no-reference", "worker-lost"}),
            names);
  EXPECT_FALSE(outcomeFromString("fine").has_value());
  EXPECT_FALSE(outcomeFromString("").has_value());
}

} // namespace
