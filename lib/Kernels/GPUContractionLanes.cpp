//===- GPUContractionLanes.cpp - threads of a contraction on its tile
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where the threads of a warp lie decides how often shared memory is accessed
// to give them their operands: a line of threads shares a row but needs many
// columns, a block of 4 x 8 needs few of both.
//
//===----------------------------------------------------------------------===//

#include "GPUContractionKernel.h"
#include "llvm/ADT/SmallSet.h"
#include <array>
#include <numeric>

using namespace mlir;
using namespace chameleon;

static constexpr int64_t warpSize = 32, numBanks = 32;

/// Row and column of a lane in a block of so many columns. Neighbours share a
/// row and the ones after them a column, which lets the hardware serve half a
/// warp at once for both operands.
static std::pair<int64_t, int64_t> placeInBlock(int64_t lane, int64_t columns) {
  int64_t quad = lane / 4;
  return {lane / 2 % 2 + quad / (columns / 2) * 2,
          lane % 2 + quad % (columns / 2) * 2};
}

/// Accesses of shared memory that a read of so many 32-bit words by each lane
/// takes: a bank gives one word an access. Words of 16 bytes are read by
/// quarters of a warp, by halves if every lane shares its address with its
/// neighbour, or every lane with the one after that.
static int64_t countAccesses(ArrayRef<int64_t> addresses, int64_t words) {
  auto paired = [&](int64_t distance) {
    for (int64_t lane = 0; lane < warpSize; ++lane)
      if (addresses[lane] != addresses[lane ^ distance])
        return false;
    return true;
  };
  int64_t together = words == 1               ? warpSize
                     : words == 2             ? warpSize / 2
                     : paired(1) || paired(2) ? warpSize / 2
                                              : warpSize / 4,
          accesses = 0;
  for (int64_t first = 0; first < warpSize; first += together) {
    llvm::SmallSet<int64_t, 32> seen;
    std::array<int64_t, numBanks> ofBank{};
    for (int64_t address : addresses.slice(first, together))
      for (int64_t word = address; word < address + words; ++word)
        if (seen.insert(word).second)
          ++ofBank[word % numBanks];
    accesses += *llvm::max_element(ofBank);
  }
  return accesses;
}

int64_t GPUContractionKernel::readLanes(const GPUContractionTile &tile,
                                        int64_t interleave,
                                        int64_t inPart) const {
  if (tile.depthInside)
    return largestDividing(steps, tile.pitch);
  return largestDividing(
      largestDividing(128 / element.getIntOrFloatBitWidth(), inPart),
      std::gcd(tile.pitch, tile.extent / interleave));
}

void GPUContractionKernel::placeThread(Int thread) {
  int64_t wordsOfElement = element.getIntOrFloatBitWidth() / 32;
  // Of the reads of both operands for `steps` steps, in the first warp.
  auto cost =
      [&](llvm::function_ref<std::pair<int64_t, int64_t>(int64_t)> place) {
        int64_t accesses = 0;
        for (bool isLeft : {true, false}) {
          const GPUContractionTile &tile = isLeft ? left : right;
          int64_t interleave = isLeft ? p.interleaveRows : p.interleaveColumns,
                  inPart = isLeft ? p.threadRows : p.threadColumns,
                  lanes = readLanes(tile, interleave, inPart),
                  stride = inPart * (tile.depthInside ? tile.pitch : 1);
          SmallVector<int64_t> addresses;
          for (int64_t lane = 0; lane < warpSize; ++lane)
            addresses.push_back(
                (isLeft ? place(lane).first : place(lane).second) * stride *
                wordsOfElement);
          accesses += interleave * inPart * steps / lanes *
                      countAccesses(addresses, lanes * wordsOfElement);
        }
        return accesses;
      };
  int64_t least = cost([&](int64_t lane) {
    return std::pair(lane / threadsOfRow, lane % threadsOfRow);
  }),
          laneColumns = 0;
  if (threads % warpSize == 0)
    for (int64_t columns : {8, 4, 16, 2}) {
      if (threadsOfRow % columns != 0 ||
          threadsOfColumn % (warpSize / columns) != 0)
        continue;
      int64_t accesses =
          cost([&](int64_t lane) { return placeInBlock(lane, columns); });
      if (accesses < least) {
        least = accesses;
        laneColumns = columns;
      }
    }
  if (laneColumns == 0) {
    threadColumn = kernel.rem(thread, threadsOfRow);
    threadRow = kernel.div(thread, threadsOfRow);
    return;
  }
  Int lane = kernel.rem(thread, warpSize), warp = kernel.div(thread, warpSize),
      quad = kernel.div(lane, 4);
  Int laneRow = kernel.add(kernel.rem(kernel.div(lane, 2), 2),
                           kernel.mul(kernel.div(quad, laneColumns / 2), 2)),
      laneColumn = kernel.add(kernel.rem(lane, 2),
                              kernel.mul(kernel.rem(quad, laneColumns / 2), 2));
  int64_t warpsOfRow = threadsOfRow / laneColumns;
  threadColumn = kernel.add(
      kernel.mul(kernel.rem(warp, warpsOfRow), laneColumns), laneColumn);
  threadRow = kernel.add(
      kernel.mul(kernel.div(warp, warpsOfRow), warpSize / laneColumns),
      laneRow);
}
