//===- AbiTest.c - the C ABI from C, loaded at run time -------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled as C: the header must be. Does what the header's example shows, and
// what callers get wrong. Called by SearchCAPITest.cpp; returns the number of
// the line that failed, 0 if none.
//
//===----------------------------------------------------------------------===//

#include "chameleon-c/Search.h"
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition))                                                          \
      return __LINE__;                                                         \
  } while (0)

#define LOAD(name)                                                             \
  __typeof__(&name) p_##name = (__typeof__(&name))dlsym(library, #name);       \
  CHECK(p_##name)

static double measure(const int32_t *configuration) {
  return 1.0 + (configuration[0] - 2) * (configuration[0] - 2);
}

static int onlyEven(void *context, const int32_t *configuration) {
  ++*(int *)context;
  return configuration[0] % 2 == 0;
}

int chameleonSearchAbiTest(const char *path, int hasAgent) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  CHECK(library);
  LOAD(chameleonSearchAbiVersion);
  LOAD(chameleonSearchDefaultOptions);
  LOAD(chameleonSearchStrategyName);
  LOAD(chameleonSpaceCreate);
  LOAD(chameleonSpaceDestroy);
  LOAD(chameleonSpaceAddKnob);
  LOAD(chameleonSpaceSetDefault);
  LOAD(chameleonSpaceSetLegal);
  LOAD(chameleonSpaceSetLegalPoints);
  LOAD(chameleonSearchCreate);
  LOAD(chameleonSearchDestroy);
  LOAD(chameleonSearchFreeError);
  LOAD(chameleonSearchAsk);
  LOAD(chameleonSearchTell);
  LOAD(chameleonSearchTellRelated);
  LOAD(chameleonSearchChanceOfGain);
  CHECK(p_chameleonSearchAbiVersion() == CHAMELEON_SEARCH_ABI_VERSION);
  CHECK(strcmp(p_chameleonSearchStrategyName(0), "chameleon") == 0);
  CHECK(p_chameleonSearchStrategyName(-1) == NULL &&
        p_chameleonSearchStrategyName(1000) == NULL);

  for (int i = 0; p_chameleonSearchStrategyName(i); ++i) {
    ChameleonSpace *space = p_chameleonSpaceCreate();
    double tiles[] = {1, 2, 4, 8};
    CHECK(p_chameleonSpaceAddKnob(space, "tile", tiles, 4, 1) == 0);
    int32_t first[] = {3};
    p_chameleonSpaceSetDefault(space, first);
    ChameleonSearchOptions options = p_chameleonSearchDefaultOptions();
    options.strategy = p_chameleonSearchStrategyName(i);
    char *error = NULL;
    ChameleonSearch *search = p_chameleonSearchCreate(space, &options, &error);
    if (!search && !hasAgent) {
      CHECK(strstr(error, "needs LibTorch"));
      p_chameleonSearchFreeError(error);
      p_chameleonSpaceDestroy(space);
      continue;
    }
    CHECK(search && !error);
    CHECK(p_chameleonSpaceAddKnob(space, "late", tiles, 4, 1) == -1);
    int32_t configuration[1];
    int asked[4] = {0, 0, 0, 0}, total = 0;
    while (p_chameleonSearchAsk(search, 1, configuration) == 1) {
      CHECK(configuration[0] >= 0 && configuration[0] < 4 &&
            !asked[configuration[0]]);
      CHECK(total > 0 || configuration[0] == 3);
      asked[configuration[0]] = 1;
      ++total;
      ChameleonTrial trial = {configuration, CHAMELEON_TRIAL_OK,
                              measure(configuration)};
      CHECK(p_chameleonSearchTell(search, &trial, 1) == 0);
    }
    CHECK(total == 4);
    int32_t outside[] = {4};
    ChameleonTrial bad[2] = {{first, CHAMELEON_TRIAL_INVALID, 0},
                             {outside, CHAMELEON_TRIAL_OK, 1}};
    CHECK(p_chameleonSearchTell(search, bad, 2) == -1);
    CHECK(p_chameleonSearchTell(search, NULL, 1) == -1);
    CHECK(p_chameleonSearchTell(search, NULL, 0) == 0);
    CHECK(p_chameleonSearchAsk(search, 0, configuration) == 0);
    CHECK(p_chameleonSearchTellRelated(search, 0, bad, 2) == -1);
    CHECK(p_chameleonSearchTellRelated(search, 0, bad, 1) == 0);
    CHECK(p_chameleonSearchTellRelated(search, 0, NULL, 1) == -1);
    // Nothing is left; but most strategies cannot say.
    double chance = p_chameleonSearchChanceOfGain(search, 0.02);
    CHECK(chance == (strncmp(options.strategy, "chameleon", 9) ||
                             !strcmp(options.strategy, "chameleon-paper")
                         ? -1
                         : 0));
    CHECK(p_chameleonSearchChanceOfGain(search, 1) == -1);
    CHECK(p_chameleonSearchChanceOfGain(search, -0.1) == -1);
    p_chameleonSearchDestroy(search);
    CHECK(p_chameleonSpaceAddKnob(space, "late", tiles, 4, 1) == 1);

    // A legality callback; n beyond what there is.
    int calls = 0;
    p_chameleonSpaceSetLegal(space, onlyEven, &calls);
    search = p_chameleonSearchCreate(space, &options, &error);
    CHECK(!search && error); // the default was set before the second knob
    p_chameleonSearchFreeError(error);
    int32_t both[] = {0, 0};
    p_chameleonSpaceSetDefault(space, both);
    search = p_chameleonSearchCreate(space, &options, &error);
    CHECK(search && calls > 0);
    int32_t all[40];
    CHECK(p_chameleonSearchAsk(search, 20, all) == 8);
    for (int k = 0; k < 8; ++k)
      CHECK(all[2 * k] % 2 == 0);
    CHECK(p_chameleonSearchAsk(search, 20, all) == 0);
    int32_t listed[] = {3, 1, 0, 0, 3, 1}, beyond[] = {0, 99};
    CHECK(p_chameleonSpaceSetLegalPoints(space, listed, 3) == -1); // used
    p_chameleonSearchDestroy(search);

    // The legal points as a list, one of them twice.
    CHECK(p_chameleonSpaceSetLegalPoints(space, beyond, 1) == -1);
    CHECK(p_chameleonSpaceSetLegalPoints(space, listed, 0) == -1);
    CHECK(p_chameleonSpaceSetLegalPoints(space, listed, 3) == 0);
    search = p_chameleonSearchCreate(space, &options, &error);
    CHECK(search);
    CHECK(p_chameleonSearchAsk(search, 20, all) == 2);
    CHECK((all[0] == 0 && all[1] == 0 && all[2] == 3 && all[3] == 1) ||
          (all[0] == 3 && all[1] == 1 && all[2] == 0 && all[3] == 0));
    p_chameleonSearchDestroy(search);
    p_chameleonSpaceDestroy(space);
  }

  ChameleonSpace *space = p_chameleonSpaceCreate();
  ChameleonSearchOptions options = p_chameleonSearchDefaultOptions();
  char *error = NULL;
  CHECK(!p_chameleonSearchCreate(space, &options, &error) && error);
  CHECK(strstr(error, "no knob"));
  p_chameleonSearchFreeError(error);
  double value = 1;
  CHECK(p_chameleonSpaceAddKnob(space, "one", &value, 1, 0) == 0);
  options.strategy = "nonsense";
  CHECK(!p_chameleonSearchCreate(space, &options, &error) && error);
  CHECK(
      strstr(error, "unknown strategy 'nonsense', expected one of chameleon"));
  p_chameleonSearchFreeError(error);
  options = p_chameleonSearchDefaultOptions();
  options.abiVersion = 99;
  CHECK(!p_chameleonSearchCreate(space, &options, &error) && error);
  CHECK(strstr(error, "99"));
  p_chameleonSearchFreeError(error);
  CHECK(!p_chameleonSearchCreate(NULL, &options, NULL));
  CHECK(p_chameleonSearchAsk(NULL, 1, NULL) == 0);
  CHECK(p_chameleonSearchTell(NULL, NULL, 0) == -1);
  CHECK(p_chameleonSearchTellRelated(NULL, 0, NULL, 0) == -1);
  CHECK(p_chameleonSearchChanceOfGain(NULL, 0.02) == -1);
  CHECK(p_chameleonSpaceAddKnob(NULL, "x", &value, 1, 1) == -1);
  p_chameleonSearchDestroy(NULL);
  p_chameleonSpaceDestroy(NULL);
  p_chameleonSpaceDestroy(space);
  return 0;
}
