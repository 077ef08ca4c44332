//===- ClusteringTest.cpp - k-means and the knee rule ---------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Clustering.h"
#include "gtest/gtest.h"
#include <set>

using namespace chameleon::search;

namespace {

TEST(ClusteringTest, TwoPairsByHand) {
  // Pairs around (0, 0.5) and (10, 0.5): each point is 0.5 from its centroid.
  std::vector<float> points{0, 0, 0, 1, 10, 0, 10, 1};
  Clusters clusters = clusterPoints(points, 2, 2, 0);
  ASSERT_EQ(clusters.count, 2);
  EXPECT_EQ(clusters.assignment[0], clusters.assignment[1]);
  EXPECT_EQ(clusters.assignment[2], clusters.assignment[3]);
  EXPECT_NE(clusters.assignment[0], clusters.assignment[2]);
  EXPECT_FLOAT_EQ(clusters.centroids[2 * clusters.assignment[0]], 0);
  EXPECT_FLOAT_EQ(clusters.centroids[2 * clusters.assignment[2]], 10);
  EXPECT_FLOAT_EQ(clusters.centroids[1], 0.5);
  EXPECT_NEAR(clusters.loss, 4 * 0.25, 1e-6);
  EXPECT_EQ(pickFirstOfEachCluster(clusters), (std::vector<size_t>{0, 2}));
}

TEST(ClusteringTest, NoMoreClustersThanPoints) {
  Clusters clusters = clusterPoints({1, 2, 3}, 1, 8, 0);
  EXPECT_EQ(clusters.count, 3);
  EXPECT_NEAR(clusters.loss, 0, 1e-12);
  EXPECT_EQ(clusterPoints({}, 2, 8, 0).count, 0);
  EXPECT_EQ(clusterPoints({5, 5, 5, 5}, 1, 2, 0).assignment.size(), 4u);
}

TEST(ClusteringTest, KneeStopsWhereClustersStopPaying) {
  // A regular line of 64 points: doubling k from 8 to 16 divides the loss by
  // about four (k-means is not perfect), 16 to 24 by about 2.25 < 2.5.
  std::vector<float> points;
  for (int i = 0; i < 64; ++i)
    points.push_back(static_cast<float>(i));
  Clusters clusters = clusterByKnee(points, 1, KneeOptions(), 1);
  double loss8 = clusterPoints(points, 1, 8, 1).loss;
  double loss16 = clusterPoints(points, 1, 16, 1).loss;
  int expected = 2.5 * loss16 >= loss8 ? 16 : 24;
  EXPECT_EQ(clusters.count, expected);
  KneeOptions never;
  never.factor = 0;
  EXPECT_EQ(clusterByKnee(points, 1, never, 1).count, 64);
  KneeOptions always;
  always.factor = 1e9;
  EXPECT_EQ(clusterByKnee(points, 1, always, 1).count, 16)
      << "the first comparison is at the second k";
}

TEST(ClusteringTest, SameSeedSameClusters) {
  std::vector<float> points;
  for (int i = 0; i < 400; ++i)
    points.push_back(static_cast<float>((i * 7919) % 101));
  Clusters left = clusterPoints(points, 4, 16, 3);
  Clusters right = clusterPoints(points, 4, 16, 3);
  EXPECT_EQ(left.centroids, right.centroids);
  EXPECT_EQ(left.assignment, right.assignment);
  EXPECT_EQ(
      std::set<int>(left.assignment.begin(), left.assignment.end()).size(),
      pickFirstOfEachCluster(left).size());
}

} // namespace
