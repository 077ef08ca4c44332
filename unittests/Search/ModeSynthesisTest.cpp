//===- ModeSynthesisTest.cpp - configurations made up from a set ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/ModeSynthesis.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

TEST(ModeSynthesisTest, ModeByHand) {
  EXPECT_EQ(getMode({{1, 4, 0}, {1, 5, 2}, {3, 5, 1}}),
            (Configuration{1, 5, 0}));
}

TEST(ModeSynthesisTest, LargestKnobs) {
  Space space;
  for (int size : {3, 8, 2, 8})
    space.addKnob({"knob", std::vector<double>(size, 1.0), true});
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_EQ(getLargestKnobs(space, 2), (std::vector<int>{1, 3}));
  EXPECT_EQ(getLargestKnobs(space, 3), (std::vector<int>{0, 1, 3}));
  EXPECT_EQ(getLargestKnobs(space, 9).size(), 4u);
}

class Synthesis : public testing::Test {
protected:
  Synthesis() {
    for (int size : {8, 8, 3})
      space.addKnob({"knob", std::vector<double>(size, 1.0), true});
    // One cluster, centroid (2.75, 3.5): truncated to (2, 3).
    clusters.count = 1;
    clusters.centroids = {2.75, 3.5};
    clusters.assignment = {0, 0, 0, 0};
    clusters.loss = 0;
  }
  std::vector<Configuration> make(const ConfigurationSet &known) {
    EXPECT_EQ(space.prepare(0), "");
    Random random(1);
    return synthesize(space, candidates, clusters, {0, 1}, known, random);
  }
  Space space;
  Clusters clusters;
  std::vector<Configuration> candidates{
      {2, 3, 2}, {3, 4, 1}, {3, 4, 1}, {3, 3, 0}};
};

TEST_F(Synthesis, CentroidWithTheBestMembersOthers) {
  EXPECT_EQ(make({}), (std::vector<Configuration>{{2, 3, 2}}));
}

TEST_F(Synthesis, ModeWhereVisited) {
  EXPECT_EQ(make({{2, 3, 2}}), (std::vector<Configuration>{{2, 3, 1}}));
  EXPECT_EQ(make({{2, 3, 2}, {2, 3, 1}}),
            (std::vector<Configuration>{{3, 3, 1}}));
}

TEST_F(Synthesis, RedrawsWhereTheModeIsVisitedToo) {
  ConfigurationSet known{{2, 3, 2}, {2, 3, 1}, {3, 3, 1}};
  std::vector<Configuration> made = make(known);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_FALSE(known.count(made[0]));
}

TEST_F(Synthesis, OnlyLegalOnes) {
  space.setLegal([](const Configuration &point) { return point[2] == 0; });
  std::vector<Configuration> made = make({});
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0][2], 0);
  space.setLegal([](const Configuration &point) { return point[0] == 7; });
  EXPECT_TRUE(make({}).empty());
}

} // namespace
