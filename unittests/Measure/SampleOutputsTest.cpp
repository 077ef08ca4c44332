//===- SampleOutputsTest.cpp - a task cut down to some elements of its results
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Measure/SampleOutputs.h"
#include "ReferenceTestBase.h"
#include "chameleon/Measure/Reference.h"
#include <set>

using namespace chameleon;

namespace {

using SampleOutputs = ReferenceTestBase;

TEST_F(SampleOutputs, TilesAreCornersAndOthersWithin) {
  parse(product);
  std::vector<OutputTile> tiles = chooseTiles(signature, 3);
  EXPECT_GE(tiles.size(), 7u); // of eight, those at one place are one
  EXPECT_EQ(0, tiles[0].locate(0, {37, 29}));
  EXPECT_EQ(37 * 29 - 1,
            tiles[1].locate(tiles[1].countElements() - 1, {37, 29}));
  std::set<int64_t> places;
  for (const OutputTile &tile : tiles)
    for (int64_t i = 0; i < tile.countElements(); ++i) {
      int64_t place = tile.locate(i, {37, 29});
      EXPECT_TRUE(place >= 0 && place < 37 * 29);
      places.insert(place);
    }
  EXPECT_GT(places.size(), 80u);
}

/// What the tiles hold is what the whole holds there, and costs little.
TEST_F(SampleOutputs, TilesHoldWhatTheWholeHolds) {
  parse(product);
  std::string whyNot;
  auto wide = widenToDouble(*module, whyNot);
  ASSERT_TRUE(wide) << whyNot;
  std::vector<OutputTile> tiles = chooseTiles(signature, 3);
  auto cut = cutToTiles(*wide, signature, tiles, 1e9);
  ASSERT_TRUE(cut);
  EXPECT_LT(countIterations(*cut), countIterations(*module));
  EXPECT_FALSE(cutToTiles(*wide, signature, tiles, 100));

  std::vector<GuardedBuffer> narrow, whole;
  for (const TaskSignature::Argument &argument : signature.inputs()) {
    GuardedBuffer &a = narrow.emplace_back(argument.elements * 4),
                  &b = whole.emplace_back(argument.elements * 8);
    for (int64_t i = 0; i < argument.elements; ++i)
      reinterpret_cast<double *>(b.data())[i] =
          reinterpret_cast<float *>(a.data())[i] =
              static_cast<float>((i * 7919) % 101) / 64 - 0.75f;
  }
  whole.emplace_back(37 * 29 * 8);
  for (const OutputTile &tile : tiles)
    narrow.emplace_back(tile.countElements() * 8);
  ASSERT_EQ("", llvm::toString(runOnHost(*cut, "task", narrow)));
  ASSERT_EQ("", llvm::toString(runOnHost(*wide, "task", whole)));
  const auto *all = reinterpret_cast<double *>(whole.back().data());
  for (auto [index, tile] : llvm::enumerate(tiles)) {
    const auto *some =
        reinterpret_cast<double *>(narrow[signature.numInputs + index].data());
    for (int64_t i = 0; i < tile.countElements(); ++i)
      EXPECT_NEAR(all[tile.locate(i, {37, 29})], some[i], 1e-12);
  }
}

} // namespace
