//===- ConstraintCompilerTest.cpp - every SMT operation that a constraint may
// use
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleTestBase.h"

using namespace chameleon;

namespace {
class ConstraintCompilerTest : public ScheduleTestBase {
protected:
  /// Which of the pairs (x, y) from {-2, 0, 3}² are legal if `condition` is
  /// asserted, as a string of + and -.
  std::string legalPairs(llvm::StringRef condition) {
    mlir::FailureOr<DesignSpace> space = createSpace(R"mlir(
        %x = transform.tune.knob<"x"> options = [-2, 0, 3] -> !transform.param<i64>
        %y = transform.tune.knob<"y"> options = [-2, 0, 3] -> !transform.param<i64>
        transform.smt.constrain_params(%x, %y) : (!transform.param<i64>, !transform.param<i64>) -> () {
        ^bb0(%a: !smt.int, %b: !smt.int):
          %zero = smt.int.constant 0
          %true = smt.constant true
          %pa = smt.int.cmp gt %a, %zero
          %pb = smt.int.cmp gt %b, %zero
    )mlir" + condition.str() + R"mlir(
          smt.assert %c
          smt.yield
        })mlir");
    if (failed(space))
      return messages;
    std::string result;
    for (int32_t x = 0; x < 3; ++x)
      for (int32_t y = 0; y < 3; ++y)
        result += space->isLegal({x, y}) ? '+' : '-';
    return result;
  }
};
} // namespace

TEST_F(ConstraintCompilerTest, Comparisons) {
  EXPECT_EQ(legalPairs("%c = smt.int.cmp lt %a, %b"), "-++--+---");
  EXPECT_EQ(legalPairs("%c = smt.int.cmp le %a, %b"), "+++-++--+");
  EXPECT_EQ(legalPairs("%c = smt.int.cmp gt %a, %b"), "---+--++-");
  EXPECT_EQ(legalPairs("%c = smt.int.cmp ge %a, %b"), "+--++-+++");
  EXPECT_EQ(legalPairs("%c = smt.eq %a, %b : !smt.int"), "+---+---+");
  EXPECT_EQ(legalPairs("%c = smt.distinct %a, %b : !smt.int"), "-+++-+++-");
  // All of several: x, y and 0 differ.
  EXPECT_EQ(legalPairs("%c = smt.distinct %a, %b, %zero : !smt.int"),
            "--+---+--");
}

TEST_F(ConstraintCompilerTest, Arithmetic) {
  EXPECT_EQ(legalPairs(
                "%s = smt.int.add %a, %b, %b \n %c = smt.int.cmp gt %s, %zero"),
            "--+--+-++");
  EXPECT_EQ(
      legalPairs("%s = smt.int.sub %a, %b \n %c = smt.int.cmp gt %s, %zero"),
      "---+--++-");
  EXPECT_EQ(
      legalPairs("%s = smt.int.mul %a, %b \n %c = smt.int.cmp gt %s, %zero"),
      "+-------+");
  EXPECT_EQ(legalPairs("%s = smt.int.abs %a \n %c = smt.int.cmp lt %s, %b"),
            "--+--+---");
  // Division by zero is not legal; -2 div 3 = -1, 3 div -2 = -1, 0 div y = 0.
  EXPECT_EQ(
      legalPairs("%s = smt.int.div %a, %b \n %c = smt.int.cmp lt %s, %zero"),
      "--+---+--");
  // -2 mod 3 = 1, 3 mod -2 = 1.
  EXPECT_EQ(
      legalPairs("%s = smt.int.mod %a, %b \n %c = smt.int.cmp gt %s, %zero"),
      "--+---+--");
}

TEST_F(ConstraintCompilerTest, Connectives) {
  EXPECT_EQ(legalPairs("%c = smt.and %pa, %pb, %true"), "--------+");
  EXPECT_EQ(legalPairs("%c = smt.or %pa, %pb"), "--+--++++");
  EXPECT_EQ(legalPairs("%c = smt.xor %pa, %pb"), "--+--+++-");
  EXPECT_EQ(legalPairs("%c = smt.implies %pa, %pb"), "++++++--+");
  EXPECT_EQ(legalPairs("%c = smt.not %pa"), "++++++---");
  EXPECT_EQ(legalPairs("%s = smt.ite %pa, %a, %b : !smt.int \n %c = "
                       "smt.int.cmp gt %s, %zero"),
            "--+--++++");
}
