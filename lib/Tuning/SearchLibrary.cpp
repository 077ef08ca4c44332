//===- SearchLibrary.cpp - libchameleon_search, loaded when tuning starts
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/SearchLibrary.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace mlir;
using namespace chameleon;

namespace {

/// The library of the build tree or the installation that this program belongs
/// to, or the plain name.
std::string findBesideProgram() {
  std::string program = llvm::sys::fs::getMainExecutable(
      nullptr, reinterpret_cast<void *>(&findBesideProgram));
  llvm::SmallString<256> path =
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(program));
  llvm::sys::path::append(path, "lib", "libchameleon_search.so");
  return llvm::sys::fs::exists(path) ? path.str().str()
                                     : "libchameleon_search.so";
}

int isLegal(void *context, const int32_t *configuration) {
  const auto &space = *static_cast<const DesignSpace *>(context);
  return space.isLegal(ArrayRef(configuration, space.getKnobs().size()));
}

/// What a cost model sees of an option: its value if it is a number, else its
/// position.
double numericValue(Attribute option, size_t position) {
  if (auto integer = dyn_cast<IntegerAttr>(option))
    return static_cast<double>(integer.getValue().getSExtValue());
  if (auto real = dyn_cast<FloatAttr>(option))
    return real.getValueAsDouble();
  return static_cast<double>(position);
}

} // namespace

llvm::Expected<SearchLibrary> SearchLibrary::load(llvm::StringRef path) {
  std::string file = path.empty() ? findBesideProgram() : path.str();
  void *handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return llvm::createStringError("cannot load the search library: %s",
                                   dlerror());
  SearchLibrary library;
#define CHAMELEON_SEARCH_FUNCTION(name)                                        \
  library.name = reinterpret_cast<decltype(library.name)>(                     \
      dlsym(handle, "chameleon" #name));                                       \
  if (!library.name)                                                           \
    return llvm::createStringError(                                            \
        "'%s' is not a search library: it has no chameleon" #name,             \
        file.c_str());
#include "chameleon/Tuning/SearchFunctions.def"
  if (library.SearchAbiVersion() != CHAMELEON_SEARCH_ABI_VERSION)
    return llvm::createStringError(
        "search library '%s' has ABI version %u, expected %u", file.c_str(),
        library.SearchAbiVersion(), CHAMELEON_SEARCH_ABI_VERSION);
  return library;
}

static llvm::Expected<ChameleonSearch *>
createSearch(const SearchLibrary &library, ChameleonSpace *space,
             const ChameleonSearchOptions &options) {
  char *error = nullptr;
  if (ChameleonSearch *search = library.SearchCreate(space, &options, &error))
    return search;
  std::string message = error ? error : "unknown reason";
  library.SearchFreeError(error);
  return llvm::createStringError(message);
}

llvm::Error SearchLibrary::check(const std::string &strategy) const {
  ChameleonSearchOptions options = SearchDefaultOptions();
  options.strategy = strategy.c_str();
  ChameleonSpace *space = SpaceCreate();
  double value = 0;
  SpaceAddKnob(space, "any", &value, 1, /*ordered=*/1);
  llvm::Expected<ChameleonSearch *> search =
      createSearch(*this, space, options);
  if (search)
    SearchDestroy(*search);
  SpaceDestroy(space);
  return search.takeError();
}

llvm::Expected<std::unique_ptr<ScheduleSearch>>
ScheduleSearch::create(const SearchLibrary &library,
                       const DesignSpace &designSpace,
                       const ChameleonSearchOptions &options) {
  std::unique_ptr<ScheduleSearch> result(
      new ScheduleSearch(library, designSpace));
  result->space = library.SpaceCreate();
  for (const Knob &knob : designSpace.getKnobs()) {
    std::vector<double> values;
    for (auto [position, option] : llvm::enumerate(knob.options))
      values.push_back(numericValue(option, position));
    if (library.SpaceAddKnob(result->space, knob.name.c_str(), values.data(),
                             static_cast<int32_t>(values.size()),
                             knob.ordered) < 0)
      return llvm::createStringError(
          "the search library takes at most 64 knobs of 4096 options, found "
          "%zu knobs, and %zu options of knob '%s'",
          designSpace.getKnobs().size(), values.size(), knob.name.c_str());
  }
  library.SpaceSetDefault(result->space, designSpace.getDefault().data());
  // Of spaces with alternatives few points are legal. More than so many take
  // longer to draw from a list than by trial.
  constexpr int64_t mostListed = 1 << 14;
  std::vector<int32_t> listed;
  if (std::optional<std::vector<Configuration>> legal =
          designSpace.listLegal(mostListed))
    for (const Configuration &configuration : *legal)
      listed.insert(listed.end(), configuration.begin(), configuration.end());
  if (listed.empty() || library.SpaceSetLegalPoints(
                            result->space, listed.data(),
                            listed.size() / designSpace.getKnobs().size()) != 0)
    library.SpaceSetLegal(result->space, isLegal,
                          const_cast<DesignSpace *>(&designSpace));
  llvm::Expected<ChameleonSearch *> search =
      createSearch(library, result->space, options);
  if (!search)
    return llvm::createStringError("cannot search: %s",
                                   llvm::toString(search.takeError()).c_str());
  result->search = *search;
  return result;
}

ScheduleSearch::~ScheduleSearch() {
  if (search)
    library.SearchDestroy(search);
  if (space)
    library.SpaceDestroy(space);
}

llvm::Expected<std::vector<Configuration>> ScheduleSearch::ask(int32_t n) {
  size_t knobs = designSpace.getKnobs().size();
  std::vector<int32_t> values(n * std::max<size_t>(knobs, 1));
  int32_t count = library.SearchAsk(search, n, values.data());
  if (count < 0)
    return llvm::createStringError(
        "the search library failed to propose %d configurations", n);
  std::vector<Configuration> configurations;
  for (int32_t i = 0; i < count; ++i)
    configurations.emplace_back(values.begin() + i * knobs,
                                values.begin() + (i + 1) * knobs);
  return configurations;
}

void ScheduleSearch::tellRelated(size_t task,
                                 llvm::ArrayRef<RelatedTrial> related) {
  std::vector<ChameleonTrial> trials;
  for (const RelatedTrial &trial : related)
    trials.push_back(
        {trial.configuration.data(), trial.outcome, trial.seconds});
  library.SearchTellRelated(search, static_cast<int64_t>(task), trials.data(),
                            static_cast<int32_t>(trials.size()));
}

double ScheduleSearch::getChanceOfGain(double gain) const {
  return library.SearchChanceOfGain(search, gain);
}

void ScheduleSearch::tell(llvm::ArrayRef<int32_t> configuration,
                          ChameleonTrialOutcome outcome, double seconds) {
  ChameleonTrial trial = {configuration.data(), outcome, seconds};
  library.SearchTell(search, &trial, 1);
}
