//===- ConstraintProgramTest.cpp - arithmetic and logic of constraints
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConstraintProgram.h"
#include "gtest/gtest.h"

using namespace chameleon;
using Kind = ConstraintProgram::Kind;

/// The value of a binary operation: folded from constants, and computed from
/// knobs.
static std::optional<int64_t> compute(Kind kind, int64_t a, int64_t b) {
  ConstraintProgram folded, computed;
  auto constant = folded.evaluate(
      folded.make(kind, folded.constant(a), folded.constant(b)), {});
  auto value = computed.evaluate(computed.make(kind, computed.knobValue(0, {a}),
                                               computed.knobValue(1, {b})),
                                 {0, 0});
  EXPECT_EQ(constant, value);
  return value;
}

TEST(ConstraintProgram, DividesAsSMTLIBDoes) {
  // The remainder is never negative, and a = b * (a div b) + a mod b.
  for (int64_t a : {-7, -6, 0, 6, 7})
    for (int64_t b : {-3, -1, 1, 3}) {
      int64_t quotient = *compute(Kind::Divide, a, b),
              remainder = *compute(Kind::Modulo, a, b);
      EXPECT_EQ(b * quotient + remainder, a) << a << " " << b;
      EXPECT_GE(remainder, 0);
      EXPECT_LT(remainder, std::abs(b));
    }
  EXPECT_EQ(compute(Kind::Divide, -7, 3), -3);
  EXPECT_EQ(compute(Kind::Divide, -7, -3), 3);
  EXPECT_EQ(compute(Kind::Modulo, -7, 3), 2);
}

TEST(ConstraintProgram, IsUndefinedByZeroAndBeyond64Bits) {
  EXPECT_EQ(compute(Kind::Divide, 1, 0), std::nullopt);
  EXPECT_EQ(compute(Kind::Modulo, 1, 0), std::nullopt);
  EXPECT_EQ(compute(Kind::Multiply, int64_t(1) << 40, int64_t(1) << 40),
            std::nullopt);
  EXPECT_EQ(compute(Kind::Add, INT64_MAX, 1), std::nullopt);
  EXPECT_EQ(compute(Kind::Subtract, -INT64_MAX, 2), std::nullopt);
}

TEST(ConstraintProgram, ConnectivesSettleTheUndefined) {
  ConstraintProgram program;
  auto knob = program.knobValue(0, {0, 1});
  auto undefinedAtZero = program.make(
      Kind::Equal, program.make(Kind::Modulo, program.constant(4), knob),
      program.constant(0));
  auto isZero = program.make(Kind::Equal, knob, program.constant(0));
  EXPECT_EQ(program.evaluate(undefinedAtZero, {0}), std::nullopt);
  EXPECT_EQ(
      program.evaluate(program.make(Kind::Or, isZero, undefinedAtZero), {0}),
      1);
  EXPECT_EQ(
      program.evaluate(program.make(Kind::And, program.make(Kind::Not, isZero),
                                    undefinedAtZero),
                       {0}),
      0);
  EXPECT_EQ(program.evaluate(
                program.make(Kind::Select, isZero, knob, undefinedAtZero), {0}),
            0);
  EXPECT_EQ(program.evaluate(
                program.make(Kind::Select, isZero, undefinedAtZero, knob), {0}),
            std::nullopt);

  program.require(undefinedAtZero, nullptr);
  EXPECT_FALSE(program.holds({0}));
  EXPECT_TRUE(program.holds({1}));
}

TEST(ConstraintProgram, FoldsAndShares) {
  ConstraintProgram program;
  auto knob = program.knobValue(0, {3, 4});
  auto sum = program.make(Kind::Add, knob, program.constant(2));
  EXPECT_EQ(sum, program.make(Kind::Add, program.knobValue(0, {3, 4}),
                              program.constant(2)));
  // What always holds is no requirement.
  program.require(
      program.make(Kind::Less, program.constant(1), program.constant(2)),
      nullptr);
  EXPECT_TRUE(program.getRequirements().empty());
  program.require(program.make(Kind::Less, sum, program.constant(6)), nullptr);
  ASSERT_EQ(program.getRequirements().size(), 1u);
  EXPECT_EQ(program.getRequirements()[0].knobs,
            llvm::SmallVector<unsigned>({0}));
  EXPECT_TRUE(program.holds({0}));
  EXPECT_FALSE(program.holds({1}));
}
