//===- CostModelTest.cpp - predicts the reward of configurations ----------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/CostModel.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace chameleon::search;

namespace {

Space makeSpace() {
  Space space;
  space.addKnob({"tile", {1, 2, 4, 8}, true});
  space.addKnob({"layout", {0, 1, 2}, false});
  EXPECT_EQ(space.prepare(0), "");
  return space;
}

TEST(CostModelTest, AverageRecallByHand) {
  // Truth ranks a > b > c > d; predicted b > a > d > c. Tops: {b} 0/1, {b, a}
  // 2/2, {b, a, d} 2/3, all 4/4.
  EXPECT_DOUBLE_EQ(getAverageRecall({3, 4, 1, 2}, {4, 3, 2, 1}, 4),
                   (0.0 + 1 + 2.0 / 3 + 1) / 4);
  EXPECT_DOUBLE_EQ(getAverageRecall({3, 4, 1, 2}, {4, 3, 2, 1}, 2), 0.5);
  EXPECT_DOUBLE_EQ(getAverageRecall({1, 2}, {1, 2}, 64), 1);
  EXPECT_DOUBLE_EQ(getAverageRecall({}, {}, 64), 0);
}

TEST(CostModelTest, NeedsASuccess) {
  Space space = makeSpace();
  CostModel model(space, CostModelOptions());
  History history(1);
  history.tell({{0, 0}, false, 0});
  EXPECT_FALSE(model.fit(history));
  EXPECT_FALSE(model.isFitted());
}

TEST(CostModelTest, OneTreeByHand) {
  // Rewards 1 (tile 0, 1) and 0.25 (tile 2, 3), one stump, eta 1, lambda 1,
  // base 0.5: leaves are 0.5 + sum of residuals / (count + 1).
  Space space;
  space.addKnob({"tile", {1, 2, 4, 8}, true});
  ASSERT_EQ(space.prepare(0), "");
  History history(1);
  for (int i = 0; i < 4; ++i)
    history.tell({{i}, true, i < 2 ? 1.0 : 4.0});
  CostModelOptions options;
  options.rounds = 1;
  options.depth = 1;
  options.learningRate = 1;
  CostModel model(space, options);
  ASSERT_TRUE(model.fit(history));
  std::vector<float> scores = model.predict({{0}, {1}, {2}, {3}});
  EXPECT_NEAR(scores[0], 0.5 + 1.0 / 3, 1e-6);
  EXPECT_NEAR(scores[1], scores[0], 1e-6);
  EXPECT_NEAR(scores[2], 0.5 - 0.5 / 3, 1e-6);
  EXPECT_NEAR(scores[3], scores[2], 1e-6);
}

TEST(CostModelTest, FitsAndOrders) {
  Space space = makeSpace();
  History history(1);
  for (const Configuration &point : space.getLegalPoints())
    history.tell({point, true, 1.0 + point[0] + (point[1] == 1 ? 0 : 2)});
  CostModel model(space, CostModelOptions());
  ASSERT_TRUE(model.fit(history));
  std::vector<float> scores = model.predict(space.getLegalPoints());
  for (size_t i = 0; i < scores.size(); ++i)
    EXPECT_NEAR(scores[i], history.getReward(history.getTrials()[i]), 0.1);
  EXPECT_EQ(model.predictValidity({{0, 0}}), std::vector<float>{1});
}

TEST(CostModelTest, LearnsValidity) {
  Space space = makeSpace();
  History history(1);
  for (const Configuration &point : space.getLegalPoints())
    history.tell({point, point[0] < 2, 1.0 + point[1]});
  CostModel model(space, CostModelOptions());
  ASSERT_TRUE(model.fit(history));
  std::vector<float> valid = model.predictValidity({{0, 0}, {1, 2}, {3, 0}});
  EXPECT_GT(valid[0], 0.7);
  EXPECT_GT(valid[1], 0.7);
  EXPECT_LT(valid[2], 0.3);
  std::vector<float> scores = model.predict({{0, 0}, {3, 0}});
  EXPECT_GT(scores[0], 4 * scores[1]);
}

TEST(CostModelTest, StopsWhenRecallDoesNotImprove) {
  // Perfect recall after one round: stops after the patience, far below the
  // limit, so that the fit stays coarse.
  Space space;
  space.addKnob({"tile", {1, 2}, true});
  ASSERT_EQ(space.prepare(0), "");
  History history(1);
  history.tell({{0}, true, 1});
  history.tell({{1}, true, 2});
  CostModelOptions options;
  options.rounds = 8000;
  options.learningRate = 0.01;
  options.recallPatience = 3;
  CostModel early(space, options);
  ASSERT_TRUE(early.fit(history));
  float stopped = early.predict({{0}})[0];
  EXPECT_LT(stopped, 0.55);
  options.recallPatience = 0;
  options.rounds = 1000;
  CostModel late(space, options);
  ASSERT_TRUE(late.fit(history));
  EXPECT_GT(late.predict({{0}})[0], 0.9);
}

TEST(CostModelTest, SeesHowOftenASizeCanBeHalved) {
  // Multiples of 8 are fast. Trained on some sizes, asked about others.
  Space space;
  Knob tile{"tile", {}, true};
  for (int size = 2; size <= 64; size += 2)
    tile.values.push_back(size);
  space.addKnob(tile);
  ASSERT_EQ(space.prepare(0), "");
  auto isFast = [&](int option) {
    return std::fmod(tile.values[option], 8) == 0;
  };
  History history(1);
  std::vector<Configuration> others;
  for (int option = 0; option < 32; ++option)
    if (option / 4 % 2)
      history.tell({{option}, true, isFast(option) ? 1.0 : 4.0});
    else
      others.push_back({option});
  auto getError = [&](bool halvings) {
    CostModelOptions options;
    options.halvings = halvings;
    CostModel model(space, options);
    EXPECT_TRUE(model.fit(history));
    std::vector<float> scores = model.predict(others);
    double error = 0;
    for (size_t i = 0; i < others.size(); ++i)
      error += std::abs(scores[i] - (isFast(others[i][0]) ? 1 : 0.25)) /
               others.size();
    return error;
  };
  EXPECT_LT(getError(true), 0.1);
  EXPECT_GT(getError(false), 0.2);
}

} // namespace
