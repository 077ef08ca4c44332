//===- RandomForestTest.cpp - forests of regression trees -----------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/RandomForest.h"
#include "gtest/gtest.h"

using namespace chameleon::search;

namespace {

/// A grid of 8 x 8 with a third column of noise; the target is 1 in a corner.
struct Corner {
  std::vector<float> features, targets, weights;
  Corner() {
    Random random(3);
    for (int x = 0; x < 8; ++x)
      for (int y = 0; y < 8; ++y) {
        features.insert(features.end(),
                        {static_cast<float>(x), static_cast<float>(y),
                         static_cast<float>(random.uniform())});
        targets.push_back(x >= 4 && y < 4);
        weights.push_back(1);
      }
  }
};

TEST(RandomForestTest, LearnsAnInteraction) {
  Corner corner;
  RandomForest forest(RandomForestOptions(), 0);
  EXPECT_FALSE(forest.isFitted());
  forest.fit(corner.features, 3, corner.targets, corner.weights);
  EXPECT_TRUE(forest.isFitted());
  std::vector<float> predicted =
      forest.predict({6, 1, 0.5f, 1, 1, 0.5f, 6, 6, 0.5f});
  EXPECT_GE(predicted[0], 0.8f);
  EXPECT_LE(predicted[1], 0.2f);
  EXPECT_LE(predicted[2], 0.2f);
}

TEST(RandomForestTest, WeightsDecideWhereTargetsDisagree) {
  std::vector<float> features(40, 1.0f), targets, weights;
  for (int i = 0; i < 40; ++i) {
    targets.push_back(i % 2);
    weights.push_back(i % 2 ? 9 : 1);
  }
  RandomForest forest(RandomForestOptions(), 0);
  forest.fit(features, 1, targets, weights);
  EXPECT_NEAR(forest.predict({1})[0], 0.9, 0.03);
}

TEST(RandomForestTest, SimilarRowsShareLeaves) {
  Corner corner;
  RandomForest forest(RandomForestOptions(), 0);
  forest.fit(corner.features, 3, corner.targets, corner.weights);
  std::vector<int> leaves =
      forest.getLeaves({6, 1, 0.5f, 6, 2, 0.5f, 1, 6, 0.5f});
  int trees = forest.getNumTrees(), near = 0, far = 0;
  EXPECT_EQ(trees, 100);
  for (int tree = 0; tree < trees; ++tree) {
    near += leaves[tree] == leaves[trees + tree];
    far += leaves[tree] == leaves[2 * trees + tree];
  }
  EXPECT_GT(near, 60);
  EXPECT_LT(far, 10);
}

TEST(RandomForestTest, SeedsDecide) {
  Corner corner;
  auto predict = [&](uint64_t seed) {
    RandomForest forest(RandomForestOptions(), seed);
    forest.fit(corner.features, 3, corner.targets, corner.weights);
    return forest.predict({4, 3, 0.1f, 3, 4, 0.9f, 4, 4, 0.2f, 3, 3, 0.7f});
  };
  EXPECT_EQ(predict(1), predict(1));
  EXPECT_NE(predict(1), predict(2));
}

TEST(RandomForestTest, NothingToLearn) {
  RandomForest forest(RandomForestOptions(), 0);
  forest.fit({}, 2, {}, {});
  EXPECT_FALSE(forest.isFitted());
  forest.fit({1, 2, 3, 4}, 2, {5, 5}, {1, 1});
  EXPECT_EQ(forest.predict({0, 0}), (std::vector<float>{5}));
}

} // namespace
