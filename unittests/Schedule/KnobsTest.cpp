//===- KnobsTest.cpp - options, defaults and order of knobs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleTestBase.h"

using namespace chameleon;

namespace {
class KnobsTest : public ScheduleTestBase {
protected:
  /// The options of a knob with the attribute `options`, else the diagnostics.
  std::string readOptions(llvm::StringRef options) {
    mlir::FailureOr<DesignSpace> space =
        createSpace(("%x = transform.tune.knob<\"x\"> options = " + options +
                     " -> !transform.any_param")
                        .str());
    if (failed(space))
      return messages;
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::interleave(space->getKnobs()[0].options, stream, " ");
    return text;
  }
};
} // namespace

TEST_F(KnobsTest, LighthouseDictionaries) {
  EXPECT_EQ(readOptions("{options = [1, 2, 3, 4], divisible_by = 2}"),
            "2 : i64 4 : i64");
  EXPECT_EQ(readOptions("{options = [1, 2, 3, 4], divides = 9}"),
            "1 : i64 3 : i64");
  EXPECT_EQ(readOptions("{lower_bound = 2, upper_bound = 4}"),
            "2 : i64 3 : i64 4 : i64");
  EXPECT_EQ(
      readOptions("{lower_bound = 2 : i32, upper_bound = 9, divisible_by = 4}"),
      "4 : i32 8 : i32");
  EXPECT_EQ(readOptions(
                "{lower_bound = 1, upper_bound = 1099511627776, divides = 6}"),
            "1 : i64 2 : i64 3 : i64 6 : i64");
  EXPECT_EQ(
      readOptions("{lower_bound = -3, upper_bound = 4, divisible_by = 2}"),
      "-2 : i64 0 : i64 2 : i64 4 : i64");
}

TEST_F(KnobsTest, Mistakes) {
  EXPECT_NE(readOptions("{lower_bound = 2}")
                .find("expects 'options', or 'lower_bound' and 'upper_bound', "
                      "for knob 'x'"),
            std::string::npos);
  EXPECT_NE(readOptions("{step = 2}").find("has the unknown key 'step'"),
            std::string::npos);
  EXPECT_NE(readOptions("{lower_bound = 1, upper_bound = 2, divides = 0}")
                .find("expects a positive 'divides'"),
            std::string::npos);
  EXPECT_NE(readOptions("{lower_bound = 1, upper_bound = 2.0}")
                .find("expects an integer for 'upper_bound'"),
            std::string::npos);
  EXPECT_NE(readOptions("{lower_bound = 0, upper_bound = 1000000}")
                .find("spans 1000001 options for knob 'x', expected at most"),
            std::string::npos);
  EXPECT_NE(
      readOptions("[1, 2, 1]").find("lists option 1 : i64 of knob 'x' twice"),
      std::string::npos);
  EXPECT_NE(readOptions("[]").find("has no options"), std::string::npos);
  EXPECT_NE(readOptions("3").find("expects an array or a dictionary"),
            std::string::npos);
}

TEST_F(KnobsTest, OrderAndDefault) {
  mlir::FailureOr<DesignSpace> space = createSpace(R"mlir(
      %x = transform.tune.knob<"x"> = 4 : i64 from options = [2, 4] -> !transform.param<i64>
      %y = transform.tune.knob<"y"> options = ["u", "v"] -> !transform.any_param
      %z = transform.tune.knob<"z"> options = [false, true] -> !transform.any_param
      transform.tune.alternatives<"w"> selected_region = 1 { transform.yield }, { transform.yield })mlir");
  ASSERT_TRUE(succeeded(space)) << messages;
  ASSERT_EQ(space->getKnobs().size(), 4u);
  EXPECT_TRUE(space->getKnobs()[0].ordered);
  for (int knob : {1, 2, 3})
    EXPECT_FALSE(space->getKnobs()[knob].ordered);
  EXPECT_EQ(space->getDefault(), Configuration({1, 0, 0, 1}));
  EXPECT_EQ(space->getSize(), 16);
  mlir::DictionaryAttr attribute = space->toAttr(space->getDefault());
  EXPECT_EQ(space->fromAttr(attribute), space->getDefault());
  // Records of another version of the schedule.
  mlir::Builder builder(&context);
  mlir::NamedAttrList missing(attribute), unknown(attribute), other(attribute);
  missing.erase("x");
  unknown.append("v", builder.getI64IntegerAttr(1));
  other.set("x", builder.getI64IntegerAttr(3));
  for (mlir::NamedAttrList &list :
       {std::ref(missing), std::ref(unknown), std::ref(other)})
    EXPECT_EQ(space->fromAttr(list.getDictionary(&context)), std::nullopt);
  EXPECT_FALSE(space->isLegal({0, 0, 0}));
  EXPECT_FALSE(space->isLegal({0, 0, 0, 2}));
  EXPECT_FALSE(space->isLegal({-1, 0, 0, 0}));
}
