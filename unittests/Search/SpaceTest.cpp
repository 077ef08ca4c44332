//===- SpaceTest.cpp - knobs, legality and the points of a design space ---===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Space.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <map>

using namespace chameleon::search;

namespace {

Space makeSpace(std::vector<int> sizes,
                std::function<bool(const Configuration &)> legal = nullptr) {
  Space space;
  for (int size : sizes)
    EXPECT_NE(space.addKnob({"knob", std::vector<double>(size, 1.0), true}),
              -1);
  space.setLegal(std::move(legal));
  return space;
}

TEST(SpaceTest, RefusesKnobsPastTheLimits) {
  Space space;
  EXPECT_EQ(space.addKnob({"empty", {}, true}), -1);
  EXPECT_EQ(space.addKnob({"wide", std::vector<double>(4097), true}), -1);
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(space.addKnob({"knob", {1, 2}, true}), i);
  EXPECT_EQ(space.addKnob({"one too many", {1}, true}), -1);
}

TEST(SpaceTest, SaysWhatIsWrong) {
  EXPECT_EQ(Space().prepare(0), "the space has no knob");
  Space illegal =
      makeSpace({3, 2}, [](const Configuration &) { return false; });
  EXPECT_EQ(illegal.prepare(0),
            "no legal configuration among the 6 points of the space");
  Space hugeIllegal = makeSpace({4096, 4096, 4096},
                                [](const Configuration &) { return false; });
  EXPECT_NE(hugeIllegal.prepare(0).find("no legal configuration found"),
            std::string::npos);
  Space badDefault = makeSpace({3, 2});
  badDefault.setDefault({0, 2});
  EXPECT_NE(badDefault.prepare(0).find(
                "expected one option index in range for each of its 2 knobs"),
            std::string::npos);
  badDefault.setDefault({0});
  EXPECT_NE(badDefault.prepare(0), "");
}

TEST(SpaceTest, EnumeratesLegalPointsInOrder) {
  Space space = makeSpace(
      {3, 2}, [](const Configuration &point) { return point[0] != 1; });
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_TRUE(space.isEnumerated());
  EXPECT_EQ(space.getLegalPoints(),
            (std::vector<Configuration>{{0, 0}, {0, 1}, {2, 0}, {2, 1}}));
  EXPECT_FALSE(space.isLegal({1, 0}));
  EXPECT_TRUE(space.isLegal({2, 1}));
  EXPECT_FALSE(space.isInRange({3, 0}));
  EXPECT_FALSE(space.isInRange({0, -1}));
  EXPECT_FALSE(space.isInRange({0}));
}

TEST(SpaceTest, NeighboursDifferInOneKnob) {
  Space space = makeSpace({3, 3}, [](const Configuration &point) {
    return point[0] + point[1] != 3;
  });
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_EQ(space.getNeighbours({1, 1}),
            (std::vector<Configuration>{{0, 1}, {1, 0}}));
}

TEST(SpaceTest, IllegalDefaultIsForgotten) {
  Space space =
      makeSpace({2}, [](const Configuration &point) { return point[0] == 1; });
  space.setDefault({0});
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_FALSE(space.getDefault());
  EXPECT_EQ(space.getFirstLegal(), Configuration{1});
}

TEST(SpaceTest, SamplesUniformlyByEnumeration) {
  Space space = makeSpace(
      {4, 4}, [](const Configuration &point) { return point[0] <= point[1]; });
  ASSERT_EQ(space.prepare(0), "");
  Random random(1);
  std::map<Configuration, int> counts;
  for (int i = 0; i < 10000; ++i)
    ++counts[space.sample(random)];
  ASSERT_EQ(counts.size(), 10u);
  for (auto &[point, count] : counts)
    EXPECT_NEAR(count, 1000, 150) << point[0] << ' ' << point[1];
}

TEST(SpaceTest, SamplesLargeSpacesByRejection) {
  Space space = makeSpace({512, 512}, [](const Configuration &point) {
    return (point[0] + point[1]) % 7 == 0;
  });
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_FALSE(space.isEnumerated());
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 2000; ++i) {
    Configuration point = space.sample(random);
    EXPECT_TRUE(space.isLegal(point));
    sum += point[0];
  }
  EXPECT_NEAR(sum / 2000, 255.5, 12); // 3.6 standard errors
}

TEST(SpaceTest, TakesAListOfLegalPoints) {
  // Three of 2^36, no two of which differ in one knob only.
  Space space = makeSpace({4096, 4096, 4096}, nullptr);
  EXPECT_FALSE(space.setLegalPoints({}));
  EXPECT_FALSE(space.setLegalPoints({{0, 0, 4096}}));
  EXPECT_FALSE(space.setLegalPoints({{0, 0}}));
  ASSERT_TRUE(
      space.setLegalPoints({{7, 8, 9}, {1, 2, 3}, {4000, 1, 5}, {1, 2, 3}}));
  space.setDefault({0, 0, 0});
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_TRUE(space.isEnumerated());
  EXPECT_EQ(space.getLegalPoints(),
            (std::vector<Configuration>{{1, 2, 3}, {7, 8, 9}, {4000, 1, 5}}));
  EXPECT_TRUE(space.isLegal({7, 8, 9}));
  EXPECT_FALSE(space.isLegal({7, 8, 10}));
  EXPECT_FALSE(space.getDefault());
  Random random(1);
  std::map<Configuration, int> counts;
  for (int i = 0; i < 3000; ++i)
    ++counts[space.sample(random)];
  for (auto &[point, count] : counts)
    EXPECT_NEAR(count, 1000, 130) << point[0];
  EXPECT_EQ(space.sampleDistinct(8, {{1, 2, 3}}, random).size(), 2u);
  // Whichever was told last counts.
  space.setLegal([](const Configuration &point) { return point[2] == 5; });
  ASSERT_EQ(space.prepare(0), "");
  EXPECT_FALSE(space.isEnumerated());
  EXPECT_TRUE(space.isLegal({0, 0, 5}));
  EXPECT_FALSE(space.isLegal({7, 8, 9}));
}

TEST(SpaceTest, WalksWhereRejectionFindsNothing) {
  // 4096 legal points of 2^36: no draw hits one, but each is a neighbour of the
  // default.
  Space space = makeSpace({4096, 4096, 4096}, [](const Configuration &point) {
    return !point[1] && !point[2];
  });
  space.setDefault({7, 0, 0});
  ASSERT_EQ(space.prepare(0), "");
  Random random(1);
  std::vector<Configuration> points = space.sampleDistinct(20, {}, random);
  EXPECT_EQ(points.size(), 20u);
  for (const Configuration &point : points)
    EXPECT_TRUE(space.isLegal(point));
}

TEST(SpaceTest, DistinctSamplesLeaveOutTheExcludedAndEnd) {
  Space space = makeSpace({5});
  ASSERT_EQ(space.prepare(0), "");
  Random random(3);
  std::vector<Configuration> points =
      space.sampleDistinct(10, {{1}, {4}}, random);
  std::sort(points.begin(), points.end());
  EXPECT_EQ(points, (std::vector<Configuration>{{0}, {2}, {3}}));
}

TEST(SpaceTest, EncodesUnorderedKnobsAsIndicators) {
  Space space;
  space.addKnob({"tile", {8, 16, 32}, true});
  space.addKnob({"layout", {0, 1, 2}, false});
  space.addKnob({"flag", {0, 1}, false});
  ASSERT_EQ(space.prepare(0), "");
  ASSERT_EQ(space.getNumFeatures(), 5);
  std::vector<float> features(5);
  space.encode({2, 1, 1}, features.data());
  EXPECT_EQ(features, (std::vector<float>{2, 0, 1, 0, 1}));
  std::vector<float> left(5), right(5);
  space.encodeScaled({0, 1, 0}, left.data());
  space.encodeScaled({1, 2, 0}, right.data());
  EXPECT_FLOAT_EQ(right[0] - left[0], 0.5);
  float squared = 0;
  for (int i = 1; i < 4; ++i)
    squared += (right[i] - left[i]) * (right[i] - left[i]);
  EXPECT_NEAR(squared, 1, 1e-6);
}

TEST(RandomTest, StreamsAndSeedsAreUnrelated) {
  // Not even shifted: neighbouring seeds are used for repetitions of an
  // experiment.
  std::vector<uint64_t> all;
  for (uint64_t seed = 0; seed < 8; ++seed)
    for (uint64_t stream = 0; stream < 4; ++stream) {
      Random random(seed, stream);
      for (int i = 0; i < 64; ++i)
        all.push_back(random.next());
    }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_EQ(Random(42).next(), Random(42).next());
}

TEST(RandomTest, KnownNumbers) {
  // Computed from the definition with Python's integers.
  Random random(42, 1);
  EXPECT_EQ(random.next(), 6143318025178984964u);
  EXPECT_EQ(random.next(), 3111913416427148399u);
}

TEST(RandomTest, StaysInRange) {
  Random random(1);
  double sum = 0, squares = 0;
  for (int i = 0; i < 10000; ++i) {
    EXPECT_LT(random.below(3), 3u);
    double value = random.uniform();
    EXPECT_TRUE(value >= 0 && value < 1);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.012);
  EXPECT_NEAR(squares / 10000, 1.0 / 3, 0.012);
  EXPECT_EQ(random.below(1), 0u);
}

} // namespace
