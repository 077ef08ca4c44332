//===- KernelTest.cpp - how alike configurations run --------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Search/Kernel.h"
#include "TestSpaces.h"

using namespace chameleon::search;

namespace {

TEST(KernelTest, CovariancesAreThoseOfPairs) {
  // A knob of few options, whose distances are tabulated, and one of many.
  Space space = makeSpace({8, 200});
  Kernel kernel(space, KernelOptions());
  std::vector<Configuration> points = {{0, 0}, {3, 100}, {7, 199}};
  kernel.setTraining({{&points[0], /*task=*/0, 0.0},
                      {&points[1], /*task=*/0, 0.0},
                      {&points[2], /*task=*/2, 0.0}});
  Configuration point = {2, 90};
  double own[3], related[3], other[3];
  kernel.getCovariances(point, /*task=*/0, own);
  kernel.getCovariances(point, /*task=*/2, related);
  kernel.getCovariances(point, /*task=*/1, other);
  EXPECT_DOUBLE_EQ(own[0], kernel.getCovariance(point, points[0]));
  EXPECT_DOUBLE_EQ(own[1], kernel.getCovariance(point, points[1]));
  EXPECT_DOUBLE_EQ(related[2], kernel.getCovariance(point, points[2]));
  EXPECT_LT(own[2], related[2]) << "tasks are some distance apart";
  EXPECT_LT(other[2], own[2]) << "two related ones further";
  EXPECT_GT(own[1], own[0]) << "nearer";
  EXPECT_DOUBLE_EQ(kernel.getCovariance(point, point), kernel.getSignal());
}

TEST(KernelTest, LearnsWhichKnobMatters) {
  Space space = makeSpace({16, 16});
  std::vector<Configuration> points;
  std::vector<Observation> observations;
  Random random(1);
  points = space.sampleDistinct(40, {}, random);
  for (const Configuration &point : points)
    observations.push_back({&point, /*task=*/0,
                            point[1] < 4   ? 1.5
                            : point[1] < 9 ? -1.0
                                           : 0.2});
  Kernel kernel(space, KernelOptions());
  double before = kernel.getLengths()[0];
  EXPECT_DOUBLE_EQ(before, kernel.getLengths()[1]);
  for (int i = 0; i < 6; ++i)
    kernel.fit(observations);
  EXPECT_GT(kernel.getLengths()[0], 3 * kernel.getLengths()[1]);
}

TEST(KernelTest, LearnsWhichTaskAgrees) {
  Space space = makeSpace({16, 16});
  Random random(2);
  std::vector<Configuration> points = space.sampleDistinct(24, {}, random);
  std::vector<Observation> observations;
  for (size_t task : {0, 1, 2})
    for (const Configuration &point : points) {
      double target = point[0] / 8.0 - 1;
      observations.push_back({&point, task, task == 2 ? -target : target});
    }
  Kernel kernel(space, KernelOptions());
  for (int i = 0; i < 6; ++i)
    kernel.fit(observations);
  kernel.setTraining(observations);
  std::vector<double> covariances(observations.size());
  kernel.getCovariances(points[0], /*task=*/0, covariances.data());
  EXPECT_GT(covariances[24], 0.5 * covariances[0]);
  EXPECT_LT(covariances[48], 0.5 * covariances[24]);
}

TEST(KernelTest, NoObservationTeachesNothing) {
  Space space = makeSpace({16});
  Kernel kernel(space, KernelOptions());
  std::vector<double> before = kernel.getLengths();
  kernel.fit({});
  EXPECT_LT(kernel.getLengths()[0], 2 * before[0]);
  EXPECT_GT(kernel.getNoise(), 0);
}

} // namespace
