//===- KnobScalesTest.cpp - how options of a knob resemble each other -----===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/KnobScales.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

using Values = std::vector<double>;

TEST(KnobScalesTest, CountsHalvings) {
  EXPECT_EQ(getHalvings({"tile", {16, 32, 48, 7}, true}), (Values{4, 5, 4, 0}));
}

TEST(KnobScalesTest, HalvingsThatSayNothing) {
  EXPECT_EQ(getHalvings({"powers", {1, 2, 4, 8}, true}), Values());
  EXPECT_EQ(getHalvings({"odd", {3, 5, 7}, true}), Values());
  EXPECT_EQ(getHalvings({"flag", {0, 1}, true}), Values());
  EXPECT_EQ(getHalvings({"fraction", {0.5, 3, 6}, true}), Values());
  EXPECT_EQ(getHalvings({"negative", {-2, 3, 6}, true}), Values());
  EXPECT_EQ(getHalvings({"huge", {3, 1e300}, true}), Values());
  EXPECT_EQ(getHalvings({"alternative", {3, 4, 6}, false}), Values());
}

TEST(KnobScalesTest, ScalesOfASpace) {
  Space space;
  space.addKnob({"tile", {2, 3, 4}, true});
  space.addKnob({"layout", {0, 1, 2}, false});
  space.addKnob({"stages", {1, 2}, true});
  space.addKnob({"fixed", {5}, true});
  std::vector<KnobScale> scales = getKnobScales(space);
  ASSERT_EQ(scales.size(), 5u);
  EXPECT_EQ(scales[0].knob, 0);
  EXPECT_EQ(scales[0].positions, (Values{0, 0.5, 1}));
  EXPECT_DOUBLE_EQ(scales[0].getSquaredDistance(0, 2), 1);
  EXPECT_DOUBLE_EQ(scales[0].getSquaredDistance(0, 1), 0.25);
  EXPECT_EQ(scales[1].knob, 0);
  EXPECT_EQ(scales[1].positions, (Values{0.5, 0, 1})) << "halvings 1, 0, 2";
  EXPECT_EQ(scales[2].positions, Values()) << "no order";
  EXPECT_DOUBLE_EQ(scales[2].getSquaredDistance(0, 2), 1);
  EXPECT_DOUBLE_EQ(scales[2].getSquaredDistance(1, 1), 0);
  EXPECT_EQ(scales[3].knob, 2);
  EXPECT_EQ(scales[4].positions, Values{0}) << "one option is no choice";
}

} // namespace
