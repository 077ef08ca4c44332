//===- TestSpaces.h - small spaces for tests --------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SEARCH_TESTSPACES_H
#define CHAMELEON_UNITTESTS_SEARCH_TESTSPACES_H

#include "chameleon/Search/Space.h"
#include "gtest/gtest.h"

namespace chameleon::search {

/// Ordered knobs with these numbers of options, prepared.
inline Space
makeSpace(std::vector<int> sizes,
          std::function<bool(const Configuration &)> legal = nullptr) {
  Space space;
  for (int size : sizes)
    space.addKnob({"knob", std::vector<double>(size, 1.0), true});
  space.setLegal(std::move(legal));
  EXPECT_EQ(space.prepare(0), "");
  return space;
}

/// A score whose maximum is the last corner of the space.
inline std::vector<float>
sumOfOptions(const std::vector<Configuration> &points) {
  std::vector<float> result;
  for (const Configuration &point : points) {
    float sum = 0;
    for (int32_t option : point)
      sum += static_cast<float>(option);
    result.push_back(sum);
  }
  return result;
}

} // namespace chameleon::search

#endif // CHAMELEON_UNITTESTS_SEARCH_TESTSPACES_H
