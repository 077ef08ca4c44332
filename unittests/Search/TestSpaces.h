//===- TestSpaces.h - small spaces for tests --------------------*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_SEARCH_TESTSPACES_H
#define CHAMELEON_UNITTESTS_SEARCH_TESTSPACES_H

#include "chameleon/Search/AgentLibrary.h"
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

/// Whether a strategy can be created in this build.
inline bool isAvailable(const std::string &strategy) {
  return CHAMELEON_HAS_AGENT ||
         (strategy != "chameleon" && strategy != "chameleon-paper" &&
          strategy != "rl-greedy");
}

/// Elsewhere is tested that the agent is there where it was built.
#define SKIP_WITHOUT_AGENT()                                                   \
  if (!CHAMELEON_HAS_AGENT)                                                    \
  GTEST_SKIP() << "built without LibTorch"

/// Throws, which fails the test, where the library cannot be loaded.
inline AgentLibrary getAgentLibrary() {
  std::string error;
  std::optional<AgentLibrary> library = AgentLibrary::load(error);
  EXPECT_TRUE(library) << error;
  return library.value();
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
