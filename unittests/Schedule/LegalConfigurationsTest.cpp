//===- LegalConfigurationsTest.cpp - count and find legal configurations
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DesignSpaceImpl.h"
#include "gtest/gtest.h"
#include <set>

using namespace chameleon;
using Kind = ConstraintProgram::Kind;

namespace {
class LegalConfigurationsTest : public testing::Test {
protected:
  /// A knob with the values 0, 1, …, numOptions - 1.
  ConstraintProgram::Ref addKnob(int64_t numOptions, bool ordered = true) {
    Knob knob;
    knob.options.resize(numOptions);
    knob.ordered = ordered;
    knobs.push_back(knob);
    llvm::SmallVector<int64_t> values;
    for (int64_t value = 0; value < numOptions; ++value)
      values.push_back(value);
    return program.knobValue(knobs.size() - 1, values);
  }
  void requireSum(ConstraintProgram::Ref a, ConstraintProgram::Ref b,
                  int64_t sum) {
    program.require(program.make(Kind::Equal, program.make(Kind::Add, a, b),
                                 program.constant(sum)),
                    nullptr);
  }

  ConstraintProgram program;
  llvm::SmallVector<Knob> knobs;
};
} // namespace

TEST_F(LegalConfigurationsTest, CountsIndependentGroupsApart) {
  // 4 pairs of knobs with 100 options each: 10^16 points, of which a + b = 99
  // leaves 100 a pair.
  for (int pair = 0; pair < 4; ++pair) {
    auto a = addKnob(100), b = addKnob(100);
    requireSum(a, b, 99);
  }
  addKnob(7);
  EXPECT_EQ(countLegal(program, knobs, 1 << 20),
            int64_t(100) * 100 * 100 * 100 * 7);
  EXPECT_EQ(countLegal(program, knobs, 1000), std::nullopt);
}

TEST_F(LegalConfigurationsTest, FindsTheNearest) {
  auto a = addKnob(10), b = addKnob(10);
  addKnob(3);
  requireSum(a, b, 9);
  // 2 + 3: four steps are needed, wherever they are taken.
  std::optional<Configuration> found =
      findNearestLegal(program, knobs, {2, 3, 1});
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0] + (*found)[1], 9);
  EXPECT_EQ(std::abs((*found)[0] - 2) + std::abs((*found)[1] - 3), 4);
  EXPECT_EQ((*found)[2], 1);
  // What is legal stays.
  EXPECT_EQ(findNearestLegal(program, knobs, {4, 5, 2}),
            Configuration({4, 5, 2}));
}

TEST_F(LegalConfigurationsTest, UnorderedOptionsAreAllOneStepAway) {
  auto a = addKnob(10, /*ordered=*/false), b = addKnob(10);
  requireSum(a, b, 9);
  // One step of a from 0 to 7 beats seven of b.
  EXPECT_EQ(findNearestLegal(program, knobs, {0, 2}), Configuration({7, 2}));
}

TEST_F(LegalConfigurationsTest, NothingIsLegal) {
  auto a = addKnob(10), b = addKnob(10);
  requireSum(a, b, 19);
  EXPECT_EQ(findNearestLegal(program, knobs, {0, 0}), std::nullopt);
  EXPECT_EQ(countLegal(program, knobs, 1 << 20), 0);
  EXPECT_EQ(listLegal(program, knobs, 10), std::vector<Configuration>());
}

TEST_F(LegalConfigurationsTest, AgreesWithIsLegalOnEveryPoint) {
  auto a = addKnob(6), b = addKnob(6), c = addKnob(6);
  auto product = program.make(Kind::Multiply, a, b);
  program.require(program.make(Kind::Less, product, program.constant(9)),
                  nullptr);
  program.require(program.make(Kind::LessEqual, b, c), nullptr);
  int64_t count = 0;
  for (int32_t x = 0; x < 6; ++x)
    for (int32_t y = 0; y < 6; ++y)
      for (int32_t z = 0; z < 6; ++z)
        count += program.holds({x, y, z}) == (x * y < 9 && y <= z)
                     ? program.holds({x, y, z})
                     : -1000;
  EXPECT_EQ(countLegal(program, knobs, 1 << 20), count);
}

TEST_F(LegalConfigurationsTest, ListsWhatIsLegal) {
  auto a = addKnob(6), b = addKnob(6);
  addKnob(2); // in no requirement
  auto c = addKnob(4);
  requireSum(a, b, 7);
  program.require(program.make(Kind::Less, c, program.constant(3)), nullptr);
  auto legal = listLegal(program, knobs, 1000);
  ASSERT_TRUE(legal);
  // 2 + 5 to 5 + 2, times 2, times 3.
  EXPECT_EQ(std::set<Configuration>(legal->begin(), legal->end()).size(),
            4u * 2 * 3);
  EXPECT_EQ(legal->size(), 4u * 2 * 3);
  for (const Configuration &configuration : *legal) {
    EXPECT_TRUE(program.holds(configuration));
    EXPECT_LT(configuration[2], 2);
  }
  EXPECT_EQ(listLegal(program, knobs, 23), std::nullopt);
}
