//===- GaussianProcessTest.cpp - predictions with uncertainty -------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/GaussianProcess.h"
#include "TestSpaces.h"
#include <cmath>

using namespace chameleon::search;

namespace {

/// The candidates of a process, predicted.
GaussianProcess::Candidates predict(const GaussianProcess &process,
                                    const std::vector<Configuration> &points) {
  GaussianProcess::Candidates candidates;
  process.add(points, candidates);
  return candidates;
}

/// Knob 0 decides, with its optimum at 7; knob 1 does nothing.
double getSeconds(const Configuration &point) {
  return std::exp(0.02 * (point[0] - 7) * (point[0] - 7));
}

History measure(const Space &space, size_t count, uint64_t seed) {
  History history(0);
  Random random(seed);
  for (Configuration &point : space.sampleDistinct(count, {}, random))
    history.tell({point, true, getSeconds(point)});
  return history;
}

TEST(GaussianProcessTest, InterpolatesAndKnowsWhatMatters) {
  Space space = makeSpace({16, 16});
  History history = measure(space, 30, 1);
  GaussianProcess process(space, GaussianProcessOptions());
  EXPECT_FALSE(process.isFitted());
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(process.fit(history));
  std::vector<double> lengths = process.getLengths();
  EXPECT_GT(lengths[1], 3 * lengths[0]) << "knob 1 does nothing";
  std::vector<GaussianProcess::Prediction> predictions =
      process.predict({{7, 3}, {0, 3}, {15, 3}});
  EXPECT_LT(predictions[0].mean, predictions[1].mean);
  EXPECT_LT(predictions[0].mean, predictions[2].mean);
}

TEST(GaussianProcessTest, UncertainWhereNothingWasMeasured) {
  Space space = makeSpace({64});
  History history(0);
  for (int option : {0, 4, 8, 12, 16})
    history.tell({{option}, true, 1 + std::sin(option)});
  GaussianProcess process(space, GaussianProcessOptions());
  ASSERT_TRUE(process.fit(history));
  std::vector<GaussianProcess::Prediction> predictions =
      process.predict({{8}, {63}});
  EXPECT_GT(predictions[1].deviation, 2 * predictions[0].deviation);
  EXPECT_GE(process.getExpectedImprovement(predictions[1]), 0);
}

TEST(GaussianProcessTest, PicksSpreadAndFollowWeights) {
  Space space = makeSpace({16, 16});
  History history = measure(space, 24, 2);
  GaussianProcess process(space, GaussianProcessOptions());
  ASSERT_TRUE(process.fit(history));
  std::vector<Configuration> candidates;
  for (const Configuration &point : space.getLegalPoints())
    if (!history.isKnown(point))
      candidates.push_back(point);
  GaussianProcess::Candidates predicted = predict(process, candidates);
  std::vector<float> weights(candidates.size(), 1.0f);
  std::vector<size_t> picks = process.pick(predicted, weights, 6);
  ASSERT_EQ(picks.size(), 6u);
  EXPECT_LE(std::abs(candidates[picks[0]][0] - 7), 2);
  ConfigurationSet distinct;
  for (size_t pick : picks)
    distinct.insert(candidates[pick]);
  EXPECT_EQ(distinct.size(), 6u);

  // What is surely invalid comes last.
  for (size_t i = 0; i < candidates.size(); ++i)
    if (std::abs(candidates[i][0] - 7) <= 3)
      weights[i] = 0;
  for (size_t pick : process.pick(predicted, weights, 6))
    EXPECT_GT(std::abs(candidates[pick][0] - 7), 3);
  EXPECT_EQ(process.pick(predict(process, {candidates[0]}), {1.0f}, 6).size(),
            1u);

  // The second of two that know of each other is the first that knows of a
  // pending one.
  std::fill(weights.begin(), weights.end(), 1.0f);
  std::vector<size_t> two = process.pick(predicted, weights, 2);
  EXPECT_EQ(process.pick(predicted, weights, 1, {candidates[two[0]]})[0],
            two[1]);
}

TEST(GaussianProcessTest, NeedsTwoSuccesses) {
  Space space = makeSpace({16, 16});
  GaussianProcess process(space, GaussianProcessOptions());
  History history(0);
  EXPECT_FALSE(process.fit(history));
  history.tell({{0, 0}, true, 1});
  history.tell({{0, 1}, false, 0});
  EXPECT_FALSE(process.fit(history));
  history.tell({{0, 2}, true, 1});
  EXPECT_TRUE(process.fit(history)) << "equal times are no failure";
  EXPECT_TRUE(process.isFitted());
}

TEST(GaussianProcessTest, AFailureCountsAsTheSlowestSuccess) {
  Space space = makeSpace({64});
  History ignorant(0), taught(0);
  for (History *history : {&ignorant, &taught})
    for (int option : {0, 8, 16, 24, 32})
      history->tell({{option}, true, 40.0 - option});
  for (int option : {38, 44})
    taught.tell({{option}, false, 0});
  GaussianProcess before(space, GaussianProcessOptions()),
      after(space, GaussianProcessOptions());
  ASSERT_TRUE(before.fit(ignorant));
  ASSERT_TRUE(after.fit(taught));
  EXPECT_GT(after.predictMeans({{41}})[0],
            before.predictMeans({{41}})[0] + 0.5);
  EXPECT_LT(after.predictMeans({{30}})[0], 0) << "near the fastest";
}

TEST(GaussianProcessTest, KeepsTheFastestOfManyTrials) {
  Space space = makeSpace({16, 16});
  History history = measure(space, 256, 3);
  GaussianProcessOptions options;
  options.trainingLimit = 32;
  options.fittingLimit = 16;
  GaussianProcess process(space, options);
  ASSERT_TRUE(process.fit(history));
  std::vector<GaussianProcess::Prediction> predictions =
      process.predict({{7, 8}, {0, 8}, {15, 8}});
  EXPECT_LT(predictions[0].mean, predictions[1].mean);
  EXPECT_LT(predictions[0].mean, predictions[2].mean);
}

TEST(GaussianProcessTest, SeesHowOftenASizeCanBeHalved) {
  // Multiples of 64 are fast; of those not measured it must guess which.
  Space space;
  Knob tile{"tile", {}, true};
  for (int size = 16; size <= 512; size += 16)
    tile.values.push_back(size);
  space.addKnob(tile);
  ASSERT_EQ(space.prepare(0), "");
  History history(0);
  for (int option = 0; option < 32; option += 1)
    if (option < 12 || option > 22)
      history.tell({{option}, true, option % 4 == 3 ? 1.0 : 3.0});
  GaussianProcess process(space, GaussianProcessOptions());
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(process.fit(history));
  std::vector<double> means = process.predictMeans({{15}, {16}, {18}, {19}});
  EXPECT_LT(means[0], means[1] - 1);
  EXPECT_LT(means[3], means[2] - 1);
}

TEST(GaussianProcessTest, LearnsFromARelatedTaskThatAgrees) {
  Space space = makeSpace({16, 16});
  History cold(0), warm(0);
  std::vector<Trial> related;
  Random random(4);
  for (Configuration &point : space.sampleDistinct(40, {}, random))
    related.push_back({point, true, 50 * getSeconds(point)});
  warm.tellRelated(0, related);
  // Of the target three points are measured, of the source forty.
  for (History *history : {&cold, &warm})
    for (size_t i = 0; i < 3; ++i)
      history->tell({related[i].configuration, true,
                     getSeconds(related[i].configuration)});
  GaussianProcess process(space, GaussianProcessOptions()),
      ignorant(space, GaussianProcessOptions());
  ASSERT_TRUE(process.fit(warm));
  ASSERT_TRUE(ignorant.fit(cold));
  std::vector<double> means = process.predictMeans({{7, 8}, {1, 8}, {14, 8}});
  EXPECT_LT(means[0], means[1] - 0.5);
  EXPECT_LT(means[0], means[2] - 0.5);
  means = ignorant.predictMeans({{7, 8}, {1, 8}});
  EXPECT_GT(means[0], means[1] - 0.5) << "else the test shows nothing";
}

TEST(GaussianProcessTest, ForgetsARelatedTaskThatDisagrees) {
  Space space = makeSpace({16, 16});
  History history = measure(space, 40, 5);
  std::vector<Trial> related;
  Random random(6);
  for (Configuration &point : space.sampleDistinct(40, {}, random))
    related.push_back({point, true, 1 / getSeconds(point)});
  history.tellRelated(0, related);
  GaussianProcess process(space, GaussianProcessOptions());
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(process.fit(history));
  std::vector<double> means = process.predictMeans({{7, 8}, {0, 8}, {15, 8}});
  EXPECT_LT(means[0], means[1]);
  EXPECT_LT(means[0], means[2]);
}

TEST(GaussianProcessTest, OfManyRelatedTasksTheFirstAreLearnedFrom) {
  Space space = makeSpace({16, 16});
  History history(0);
  Random random(9);
  for (int64_t task = 0; task < 60; ++task) {
    std::vector<Trial> related;
    for (Configuration &point : space.sampleDistinct(12, {}, random))
      related.push_back({point, true, (2 + task) * getSeconds(point)});
    history.tellRelated(task, related);
  }
  for (Configuration point : {Configuration{0, 0}, {15, 0}, {0, 15}})
    history.tell({point, true, getSeconds(point)});
  GaussianProcess process(space, GaussianProcessOptions());
  ASSERT_TRUE(process.fit(history));
  std::vector<double> means = process.predictMeans({{7, 8}, {1, 8}, {14, 8}});
  EXPECT_LT(means[0], means[1] - 0.5);
  EXPECT_LT(means[0], means[2] - 0.5);
}

TEST(GaussianProcessTest, KnobsOfManyOptions) {
  Space space = makeSpace({300});
  History history(0);
  for (int option = 0; option < 300; option += 20)
    history.tell({{option}, true, 1 + std::abs(option - 150) / 100.0});
  GaussianProcess process(space, GaussianProcessOptions());
  ASSERT_TRUE(process.fit(history));
  std::vector<double> means = process.predictMeans({{150}, {10}});
  EXPECT_LT(means[0], means[1]);
}

TEST(GaussianProcessTest, ChanceOfGain) {
  Space space = makeSpace({16, 16});
  auto getChance = [&](const History &history, double gain, float validity) {
    GaussianProcess process(space, GaussianProcessOptions());
    for (int i = 0; i < 4; ++i)
      EXPECT_TRUE(process.fit(history));
    std::vector<Configuration> left;
    for (const Configuration &point : space.getLegalPoints())
      if (!history.isKnown(point))
        left.push_back(point);
    Random random(8);
    return process.getChanceOfGain(
        left, std::vector<float>(left.size(), validity), gain, random);
  };
  History early(0);
  for (int option : {0, 1, 2, 3})
    early.tell({{option, option}, true, getSeconds({option, option})});
  EXPECT_GT(getChance(early, 0.02, 1), 0.5);
  EXPECT_EQ(getChance(early, 0.02, 0), 0) << "nothing valid is left";
  EXPECT_LE(getChance(early, 0.3, 1), getChance(early, 0.02, 1));
  History late = measure(space, 120, 7);
  EXPECT_LT(getChance(late, 0.02, 1), 0.05);
}

} // namespace
