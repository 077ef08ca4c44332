//===- SearchCAPI.cpp - the C ABI of libchameleon_search ------------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing but conversion and the promise that no exception of LibTorch, FAISS,
// the standard library or a callback's C++ caller leaves this file: each
// function returns its documented failure instead.
//
//===----------------------------------------------------------------------===//

#include "chameleon-c/Search.h"
#include "chameleon/Search/Search.h"
#include <cstdlib>
#include <cstring>

using namespace chameleon::search;

struct ChameleonSpace {
  Space space;
  /// Each search holds a reference and has its own copy of the space.
  std::shared_ptr<char> users = std::make_shared<char>();
  bool isInUse() const { return users.use_count() > 1; }
};

struct ChameleonSearch {
  std::unique_ptr<Search> search;
  std::shared_ptr<char> user;
};

namespace {
/// Runs `body`; `failure` where anything is thrown.
template <typename Result, typename Body>
Result guarded(Result failure, Body body) {
  try {
    return body();
  } catch (...) {
    return failure;
  }
}

void setError(char **error, const char *message) {
  if (error)
    *error = strdup(message);
}
} // namespace

uint32_t chameleonSearchAbiVersion(void) {
  return CHAMELEON_SEARCH_ABI_VERSION;
}

ChameleonSearchOptions chameleonSearchDefaultOptions(void) {
  // String literals, because the result must not depend on an object's
  // lifetime.
  return {CHAMELEON_SEARCH_ABI_VERSION,
          "chameleon",
          /*seed=*/0,
          /*batch=*/8,
          /*initial=*/16,
          /*baselineSeconds=*/0};
}

const char *chameleonSearchStrategyName(int32_t i) {
  return getStrategyName(i);
}

ChameleonSpace *chameleonSpaceCreate(void) {
  return guarded<ChameleonSpace *>(nullptr, [] { return new ChameleonSpace; });
}

void chameleonSpaceDestroy(ChameleonSpace *space) { delete space; }

int32_t chameleonSpaceAddKnob(ChameleonSpace *space, const char *name,
                              const double *values, int32_t numOptions,
                              int32_t ordered) {
  return guarded<int32_t>(-1, [&] {
    if (!space || space->isInUse() || !values || numOptions <= 0 ||
        numOptions > Space::maximalOptions)
      return -1;
    return space->space.addKnob(
        {name ? name : "", std::vector<double>(values, values + numOptions),
         ordered != 0});
  });
}

void chameleonSpaceSetDefault(ChameleonSpace *space,
                              const int32_t *configuration) {
  guarded<int>(0, [&] {
    if (space && configuration && !space->isInUse())
      space->space.setDefault(Configuration(
          configuration, configuration + space->space.getNumKnobs()));
    return 0;
  });
}

void chameleonSpaceSetLegal(ChameleonSpace *space, ChameleonLegalFunction legal,
                            void *context) {
  guarded<int>(0, [&] {
    if (!space || space->isInUse())
      return 0;
    if (legal)
      space->space.setLegal([=](const Configuration &point) {
        return legal(context, point.data()) != 0;
      });
    else
      space->space.setLegal(nullptr);
    return 0;
  });
}

int32_t chameleonSpaceSetLegalPoints(ChameleonSpace *space,
                                     const int32_t *configurations, int64_t n) {
  return guarded<int32_t>(-1, [&] {
    if (!space || space->isInUse() || !configurations || n <= 0)
      return -1;
    int knobs = space->space.getNumKnobs();
    std::vector<Configuration> points;
    for (int64_t i = 0; i < n; ++i)
      points.emplace_back(configurations + i * knobs,
                          configurations + (i + 1) * knobs);
    return space->space.setLegalPoints(std::move(points)) ? 0 : -1;
  });
}

ChameleonSearch *chameleonSearchCreate(ChameleonSpace *space,
                                       const ChameleonSearchOptions *options,
                                       char **error) {
  if (error)
    *error = nullptr;
  try {
    if (!space || !options) {
      setError(error, "no space or no options");
      return nullptr;
    }
    // First: the rest of the struct has its meaning from the version.
    if (options->abiVersion != CHAMELEON_SEARCH_ABI_VERSION) {
      std::string message = "ABI version " +
                            std::to_string(options->abiVersion) +
                            " is not spoken, expected " +
                            std::to_string(CHAMELEON_SEARCH_ABI_VERSION);
      setError(error, message.c_str());
      return nullptr;
    }
    SearchOptions converted;
    converted.strategy = options->strategy ? options->strategy : "";
    converted.seed = options->seed;
    converted.batch = options->batch;
    converted.initial = options->initial;
    converted.baselineSeconds = options->baselineSeconds;
    std::string message;
    std::unique_ptr<Search> search = Search::create(
        std::make_shared<Space>(space->space), converted, message);
    if (search)
      return new ChameleonSearch{std::move(search), space->users};
    setError(error, message.c_str());
  } catch (const std::exception &exception) {
    setError(error, exception.what());
  } catch (...) {
    setError(error, "unknown exception");
  }
  return nullptr;
}

void chameleonSearchDestroy(ChameleonSearch *search) { delete search; }

void chameleonSearchFreeError(char *error) { std::free(error); }

int32_t chameleonSearchAsk(ChameleonSearch *search, int32_t n,
                           int32_t *configurations) {
  return guarded<int32_t>(-1, [&]() -> int32_t {
    if (!search || n <= 0 || !configurations)
      return 0;
    std::vector<Configuration> points = search->search->ask(n);
    for (const Configuration &point : points)
      configurations = std::copy(point.begin(), point.end(), configurations);
    return static_cast<int32_t>(points.size());
  });
}

/// False if an argument is missing.
static bool convert(const ChameleonSearch *search, const ChameleonTrial *trials,
                    int32_t n, std::vector<Trial> &converted) {
  if (!search || n < 0 || (n > 0 && !trials))
    return false;
  int numKnobs = search->search->getSpace().getNumKnobs();
  for (int32_t i = 0; i < n; ++i) {
    const ChameleonTrial &trial = trials[i];
    if (!trial.configuration)
      return false;
    converted.push_back(
        {Configuration(trial.configuration, trial.configuration + numKnobs),
         trial.outcome == CHAMELEON_TRIAL_OK, trial.seconds});
  }
  return true;
}

int32_t chameleonSearchTell(ChameleonSearch *search,
                            const ChameleonTrial *trials, int32_t n) {
  return guarded<int32_t>(-1, [&] {
    std::vector<Trial> converted;
    return convert(search, trials, n, converted) &&
                   search->search->tell(std::move(converted))
               ? 0
               : -1;
  });
}

int32_t chameleonSearchTellRelated(ChameleonSearch *search, int64_t task,
                                   const ChameleonTrial *trials, int32_t n) {
  return guarded<int32_t>(-1, [&] {
    std::vector<Trial> converted;
    return convert(search, trials, n, converted) &&
                   search->search->tellRelated(task, std::move(converted))
               ? 0
               : -1;
  });
}

double chameleonSearchChanceOfGain(ChameleonSearch *search, double gain) {
  return guarded<double>(-1, [&] {
    return search && gain >= 0 && gain < 1
               ? search->search->getChanceOfGain(gain)
               : -1;
  });
}
