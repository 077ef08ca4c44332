//===- Search.h - ask/tell search over discrete design spaces -----*- C -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The C ABI of libchameleon_search: numbers only, no MLIR, no C++ types. A
// space is a list of knobs with a few options each; a search proposes
// configurations (ask) and learns from what was measured (tell). Smallest use:
//
//   ChameleonSpace *space = chameleonSpaceCreate();
//   double tiles[] = {1, 2, 4, 8};
//   chameleonSpaceAddKnob(space, "tile", tiles, 4, /*ordered=*/1);
//   ChameleonSearchOptions options = chameleonSearchDefaultOptions();
//   char *error = NULL;
//   ChameleonSearch *search = chameleonSearchCreate(space, &options, &error);
//   int32_t configuration[1];
//   while (chameleonSearchAsk(search, 1, configuration) == 1) {
//     ChameleonTrial trial = {configuration, CHAMELEON_TRIAL_OK,
//     measure(configuration)}; chameleonSearchTell(search, &trial, 1);
//   }
//
// Contract
//  - A configuration is one option index per knob, in the order in which knobs
//  were added.
//  - The same options, space and sequence of tells give the same sequence of
//  asks, bit for bit, on any machine with the
//    same libraries. Nothing reads the clock, the environment or the number of
//    cores; but $CHAMELEON_TORCH, $PATH and $HOME may say where LibTorch is.
//  - No function throws, prints or exits. A space and a search may be used from
//  one thread at a time.
//  - Limits: 64 knobs, 4096 options a knob.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_C_SEARCH_H
#define CHAMELEON_C_SEARCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHAMELEON_SEARCH_ABI_VERSION 4
#define CHAMELEON_SEARCH_EXPORT __attribute__((visibility("default")))

typedef struct ChameleonSpace ChameleonSpace;
typedef struct ChameleonSearch ChameleonSearch;

/// Says whether a configuration may be proposed; called often, must be fast and
/// pure. Non-zero: legal.
typedef int (*ChameleonLegalFunction)(void *context,
                                      const int32_t *configuration);

typedef enum ChameleonTrialOutcome {
  CHAMELEON_TRIAL_OK = 0, ///< measured; `seconds` is its run time
  CHAMELEON_TRIAL_INVALID =
      1, ///< does not compile, crashes or computes a wrong result
  CHAMELEON_TRIAL_TIMEOUT = 2, ///< compiling or running took too long
} ChameleonTrialOutcome;

typedef struct ChameleonTrial {
  const int32_t *configuration;
  ChameleonTrialOutcome outcome;
  double
      seconds; ///< run time; ignored unless the outcome is CHAMELEON_TRIAL_OK
} ChameleonTrial;

typedef struct ChameleonSearchOptions {
  uint32_t abiVersion;  ///< CHAMELEON_SEARCH_ABI_VERSION
  const char *strategy; ///< one of chameleonSearchStrategyName(i). Those that
                        ///< have an agent load libchameleon_agent from the
                        ///< folder of this library, and LibTorch with it
  uint64_t seed;
  int32_t batch; ///< configurations that are measured between two refits of the
                 ///< cost model; default 8
  int32_t initial; ///< configurations measured before the first cost model is
                   ///< fitted; default 16. The strategies that repeat AutoTVM
                   ///< or the paper keep their own 64 for both
  double
      baselineSeconds; ///< run time of the default configuration, 0 if unknown
                       ///< (then the first told trial that is OK). A failed
                       ///< trial is rewarded as ten times slower than this
} ChameleonSearchOptions;

CHAMELEON_SEARCH_EXPORT uint32_t chameleonSearchAbiVersion(void);
CHAMELEON_SEARCH_EXPORT ChameleonSearchOptions
chameleonSearchDefaultOptions(void);
/// Name of the i-th strategy, NULL past the last.
CHAMELEON_SEARCH_EXPORT const char *chameleonSearchStrategyName(int32_t i);

CHAMELEON_SEARCH_EXPORT ChameleonSpace *chameleonSpaceCreate(void);
CHAMELEON_SEARCH_EXPORT void chameleonSpaceDestroy(ChameleonSpace *space);
/// Adds a knob with `numOptions` numeric values and returns its index, or -1 (a
/// limit was passed, or the space is in use by a search). `ordered`:
/// neighbouring options are similar (tile sizes); 0: a choice without order
/// (alternatives).
CHAMELEON_SEARCH_EXPORT int32_t chameleonSpaceAddKnob(ChameleonSpace *space,
                                                      const char *name,
                                                      const double *values,
                                                      int32_t numOptions,
                                                      int32_t ordered);
/// The configuration to measure first (the schedule's default); without it the
/// first legal one in a seeded order.
CHAMELEON_SEARCH_EXPORT void
chameleonSpaceSetDefault(ChameleonSpace *space, const int32_t *configuration);
CHAMELEON_SEARCH_EXPORT void
chameleonSpaceSetLegal(ChameleonSpace *space, ChameleonLegalFunction legal,
                       void *context);
/// All legal configurations (`n` x knobs values), once all knobs are added,
/// instead of a function: for spaces of which few points are legal. Returns 0,
/// or -1 if there is none, one is out of range, the product of the numbers of
/// options is 2^63 or more, or the space is in use.
CHAMELEON_SEARCH_EXPORT int32_t chameleonSpaceSetLegalPoints(
    ChameleonSpace *space, const int32_t *configurations, int64_t n);

/// Returns NULL and sets `*error` (free it with chameleonSearchFreeError) for
/// an unknown strategy, one whose agent cannot be loaded, an empty space, a
/// space without a legal configuration, or an ABI version that this library
/// does not speak. The space must outlive the search.
CHAMELEON_SEARCH_EXPORT ChameleonSearch *
chameleonSearchCreate(ChameleonSpace *space,
                      const ChameleonSearchOptions *options, char **error);
CHAMELEON_SEARCH_EXPORT void chameleonSearchDestroy(ChameleonSearch *search);
CHAMELEON_SEARCH_EXPORT void chameleonSearchFreeError(char *error);

/// Writes up to `n` legal configurations, none asked or told before, to
/// `configurations` (n × knobs values) and returns how many. 0: every legal
/// configuration has been proposed, or the strategy has nothing more to try.
/// -1: a failure inside a library that the strategy uses (out of memory).
CHAMELEON_SEARCH_EXPORT int32_t chameleonSearchAsk(ChameleonSearch *search,
                                                   int32_t n,
                                                   int32_t *configurations);
/// Reports measured trials, in any order and any number; trials that were never
/// asked (a warm start, a resumed run) are welcome. Returns 0, or -1 if a
/// configuration is out of range (then none of the call is taken).
CHAMELEON_SEARCH_EXPORT int32_t chameleonSearchTell(
    ChameleonSearch *search, const ChameleonTrial *trials, int32_t n);
/// Trials of another task with the same knobs (another shape, another device).
/// `task`: any number that tells it from other tasks; further calls with the
/// same add to what was told of it. The task first told counts as the nearest.
/// Before the first ask they are a warm start: `chameleon` measures their
/// fastest configurations first. Later they are what tasks that are searched at
/// the same time learn from each other. Its model learns from them as far as
/// they agree with what it sees itself; the strategies that repeat published
/// ones ignore them. Seconds of different tasks are never compared. Returns as
/// chameleonSearchTell.
CHAMELEON_SEARCH_EXPORT int32_t
chameleonSearchTellRelated(ChameleonSearch *search, int64_t task,
                           const ChameleonTrial *trials, int32_t n);
/// A stop rule: the probability that a configuration is left that runs in less
/// than 1 - `gain` (0.02: 2 % faster) of the best time so far. Negative: this
/// strategy cannot say, or not yet. Asking does not change what is proposed; it
/// costs about 30 ms.
CHAMELEON_SEARCH_EXPORT double
chameleonSearchChanceOfGain(ChameleonSearch *search, double gain);

#ifdef __cplusplus
}
#endif

#endif // CHAMELEON_C_SEARCH_H
