//===- PrintTrace.cpp - prints what a search asks -------------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PrintTrace <strategy> <seed>: 96 proposals over a fixed formula with
// failures, after a warm start, through the C ABI of the shared library.
//
//===----------------------------------------------------------------------===//

#include "chameleon-c/Search.h"
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  constexpr int numKnobs = 6, numOptions = 6;
  ChameleonSpace *space = chameleonSpaceCreate();
  double values[numOptions] = {1, 2, 6, 8, 12, 32};
  for (int knob = 0; knob < numKnobs; ++knob)
    chameleonSpaceAddKnob(space, "knob", values, numOptions, knob != 2);
  ChameleonSearchOptions options = chameleonSearchDefaultOptions();
  options.strategy = argv[1];
  options.seed = std::strtoull(argv[2], nullptr, 10);
  ChameleonSearch *search = chameleonSearchCreate(space, &options, nullptr);
  if (!search)
    return 1;
  for (int32_t option = 0; option < numOptions; ++option) {
    const int32_t point[numKnobs] = {option, option, 3, option, 2, 1};
    ChameleonTrial trial = {point, CHAMELEON_TRIAL_OK, 5.0 + option};
    chameleonSearchTellRelated(search, /*task=*/option, &trial, 1);
  }
  for (int batch = 0; batch < 12; ++batch) {
    std::vector<int32_t> asked(8 * numKnobs);
    int32_t count = chameleonSearchAsk(search, 8, asked.data());
    for (int32_t i = 0; i < count; ++i) {
      const int32_t *point = asked.data() + i * numKnobs;
      double seconds = 1;
      for (int knob = 0; knob < numKnobs; ++knob) {
        std::printf("%d", point[knob]);
        seconds += (point[knob] - 3) * (point[knob] - 3) * (knob + 1);
      }
      std::putchar('\n');
      ChameleonTrial trial = {point,
                              point[0] + point[1] == 4 ? CHAMELEON_TRIAL_TIMEOUT
                                                       : CHAMELEON_TRIAL_OK,
                              seconds};
      chameleonSearchTell(search, &trial, 1);
    }
  }
  chameleonSearchDestroy(search);
  chameleonSpaceDestroy(space);
  return 0;
}
