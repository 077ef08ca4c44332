//===- ResolveScheduleTest.cpp - alternatives, inactive knobs and yielded
// parameters
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleTestBase.h"
#include "mlir/IR/Verifier.h"

using namespace chameleon;

namespace {
class ResolveScheduleTest : public ScheduleTestBase {
protected:
  /// The resolved schedule as text; also checks that it verifies and that the
  /// original is as it was.
  std::string resolve(const DesignSpace &space,
                      llvm::ArrayRef<int32_t> configuration) {
    std::string before = print(schedule);
    mlir::OwningOpRef<mlir::transform::NamedSequenceOp> resolved =
        space.resolve(configuration);
    EXPECT_EQ(before, print(schedule));
    EXPECT_FALSE((*resolved)->getParentOp());
    EXPECT_TRUE(succeeded(mlir::verify(*resolved))) << messages;
    return print(*resolved);
  }
  static bool contains(const std::string &text, llvm::StringRef part) {
    return llvm::StringRef(text).contains(part);
  }
};
} // namespace

TEST_F(ResolveScheduleTest, NestedAlternatives) {
  mlir::FailureOr<DesignSpace> space = createSpace(R"mlir(
      %p = transform.tune.alternatives<"outer"> -> !transform.param<i64> {
        %x = transform.tune.knob<"x"> options = [1, 2, 3] -> !transform.param<i64>
        transform.tune.alternatives<"inner"> {
          transform.annotate %op "first" = %x : !transform.any_op, !transform.param<i64>
          transform.yield
        }, {
          transform.annotate %op "second" : !transform.any_op
          transform.yield
        }
        transform.yield %x : !transform.param<i64>
      }, {
        %y = transform.tune.knob<"y"> options = [7, 8] -> !transform.param<i64>
        transform.yield %y : !transform.param<i64>
      }
      transform.annotate %op "chosen" = %p : !transform.any_op, !transform.param<i64>
      transform.smt.constrain_params(%p) : (!transform.param<i64>) -> () {
      ^bb0(%a: !smt.int):
        %three = smt.int.constant 3
        %differs = smt.distinct %a, %three : !smt.int
        smt.assert %differs
        smt.yield
      })mlir");
  ASSERT_TRUE(succeeded(space)) << messages;
  ASSERT_EQ(space->getKnobs().size(), 4u); // outer, x, inner, y
  // Outer 0: x in {1, 2}, inner free, y inactive; outer 1: y free, x and inner
  // inactive.
  EXPECT_EQ(space->countLegal(), 2 * 2 + 2);
  EXPECT_TRUE(space->isLegal({0, 1, 1, 0}));
  EXPECT_FALSE(space->isLegal({0, 2, 1, 0})); // p = 3
  EXPECT_FALSE(space->isLegal({0, 1, 1, 1})); // y is inactive
  EXPECT_FALSE(space->isLegal({1, 1, 0, 1})); // x is inactive

  std::string first = resolve(*space, {0, 1, 0, 0});
  EXPECT_TRUE(contains(first, "tune.knob<\"x\"> = 2 : i64 from")) << first;
  EXPECT_TRUE(contains(first, "\"first\"")) << first;
  EXPECT_TRUE(contains(first, "\"chosen\"")) << first;
  for (const char *gone : {"alternatives", "second", "\"y\"", "smt"})
    EXPECT_FALSE(contains(first, gone)) << gone << first;
  std::string other = resolve(*space, {1, 0, 0, 1});
  EXPECT_TRUE(contains(other, "tune.knob<\"y\"> = 8 : i64 from")) << other;
  EXPECT_FALSE(contains(other, "\"x\"")) << other;
}

TEST_F(ResolveScheduleTest, AlternativesSelectedByAKnob) {
  mlir::FailureOr<DesignSpace> space = createSpace(R"mlir(
      %s = transform.tune.knob<"s"> options = [0, 1, 2] -> !transform.param<i64>
      transform.tune.alternatives<"a"> selected_region = %s : !transform.param<i64> {
        transform.annotate %op "first" : !transform.any_op
        transform.yield
      }, {
        transform.annotate %op "second" : !transform.any_op
        transform.yield
      })mlir");
  ASSERT_TRUE(succeeded(space)) << messages;
  EXPECT_EQ(space->getKnobs().size(), 1u);
  EXPECT_TRUE(space->isLegal({1}));
  EXPECT_FALSE(space->isLegal({2})); // there is no third region
  std::string second = resolve(*space, {1});
  EXPECT_TRUE(contains(second, "second")) << second;
  EXPECT_FALSE(contains(second, "first")) << second;
}

TEST_F(ResolveScheduleTest, YieldedParameters) {
  mlir::FailureOr<DesignSpace> space = createSpace(R"mlir(
      %x = transform.tune.knob<"x"> options = [0, 2, 5] -> !transform.param<i64>
      %n = transform.param.constant 10 : i64 -> !transform.param<i64>
      %trips, %even, %product = transform.smt.constrain_params(%n, %x)
          : (!transform.param<i64>, !transform.param<i64>) -> (!transform.param<i64>, !transform.any_param, !transform.param<i32>) {
      ^bb0(%a: !smt.int, %b: !smt.int):
        %t = smt.int.div %a, %b
        %two = smt.int.constant 2
        %rest = smt.int.mod %b, %two
        %zero = smt.int.constant 0
        %e = smt.eq %rest, %zero : !smt.int
        %p = smt.int.mul %a, %b
        smt.yield %t, %e, %p : !smt.int, !smt.bool, !smt.int
      }
      // Constraints on what a constraint yields.
      transform.smt.constrain_params(%trips) : (!transform.param<i64>) -> () {
      ^bb0(%t: !smt.int):
        %four = smt.int.constant 4
        %few = smt.int.cmp lt %t, %four
        smt.assert %few
        smt.yield
      }
      transform.annotate %op "trips" = %trips : !transform.any_op, !transform.param<i64>
      transform.annotate %op "even" = %even : !transform.any_op, !transform.any_param
      transform.annotate %op "product" = %product : !transform.any_op, !transform.param<i32>)mlir");
  ASSERT_TRUE(succeeded(space)) << messages;
  EXPECT_FALSE(space->isLegal({0})); // what is yielded is not defined
  EXPECT_FALSE(space->isLegal({1})); // five trips
  EXPECT_EQ(space->getDefault(), Configuration({2}));
  std::string text = resolve(*space, {2});
  for (const char *there : {"param.constant 2 : i64", "param.constant 50 : i32",
                            "param.constant 0 : i64"})
    EXPECT_TRUE(contains(text, there)) << there << text;
  EXPECT_FALSE(contains(text, "10 : i64"))
      << text; // only the constraint needed it
}
