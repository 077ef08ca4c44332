//===- FakeTuning.h - tasks, a search and a pool without a device -*- C++
//-*-==//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tasks and schedules are real. The pool does not compile: what a candidate
// takes follows from its text, and the test says in which order candidates are
// done. The search library is one of this file whose next configuration depends
// on everything that it was told, in order.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_TUNING_FAKETUNING_H
#define CHAMELEON_UNITTESTS_TUNING_FAKETUNING_H

#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/TaskTuner.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include "gtest/gtest.h"
#include <set>

//===----------------------------------------------------------------------===//
// A search
//===----------------------------------------------------------------------===//

struct ChameleonSpace {
  std::vector<int32_t> options;
  ChameleonLegalFunction legal = nullptr;
  void *context = nullptr;
};
struct ChameleonSearch {
  ChameleonSpace *space;
  uint64_t state = 0;
  std::set<std::vector<int32_t>> asked;
  size_t number; ///< of those created in this test
};

namespace chameleon {

/// One call of chameleonSearchTellRelated.
struct RelatedCall {
  size_t search; ///< in order of creation
  int64_t task;
  std::vector<double> seconds;
};
/// Of all searches since it was last cleared.
inline std::vector<RelatedCall> relatedCalls;
inline size_t numSearches = 0;

inline uint64_t mix(uint64_t state, const void *data, size_t bytes) {
  std::string text(reinterpret_cast<const char *>(&state), sizeof(state));
  text.append(static_cast<const char *>(data), bytes);
  return llvm::xxh3_64bits(text);
}

inline SearchLibrary makeSearchLibrary() {
  SearchLibrary library;
  library.SearchDefaultOptions = [] { return ChameleonSearchOptions{}; };
  library.SpaceCreate = [] { return new ChameleonSpace; };
  library.SpaceDestroy = [](ChameleonSpace *space) { delete space; };
  library.SpaceAddKnob = [](ChameleonSpace *space, const char *, const double *,
                            int32_t options, int32_t) {
    space->options.push_back(options);
    return static_cast<int32_t>(space->options.size()) - 1;
  };
  library.SpaceSetDefault = [](ChameleonSpace *, const int32_t *) {};
  // As if a point were out of range: then the function below is asked.
  library.SpaceSetLegalPoints = [](ChameleonSpace *, const int32_t *, int64_t) {
    return -1;
  };
  library.SpaceSetLegal = [](ChameleonSpace *space, ChameleonLegalFunction f,
                             void *context) {
    space->legal = f;
    space->context = context;
  };
  library.SearchCreate = [](ChameleonSpace *space,
                            const ChameleonSearchOptions *options, char **) {
    return options->strategy == std::string("none")
               ? nullptr
               : new ChameleonSearch{space, options->seed, {}, numSearches++};
  };
  library.SearchDestroy = [](ChameleonSearch *search) { delete search; };
  library.SearchFreeError = [](char *) {};
  library.SearchAsk = [](ChameleonSearch *search, int32_t n, int32_t *out) {
    const std::vector<int32_t> &options = search->space->options;
    int32_t found = 0;
    for (int tries = 0; tries < 10000 && found < n; ++tries) {
      std::vector<int32_t> configuration;
      for (int32_t count : options) {
        search->state = mix(search->state, "ask", 3);
        configuration.push_back(static_cast<int32_t>(search->state % count));
      }
      if (!search->space->legal(search->space->context, configuration.data()) ||
          !search->asked.insert(configuration).second)
        continue;
      std::copy(configuration.begin(), configuration.end(),
                out + found++ * options.size());
    }
    return found;
  };
  library.SearchTell = [](ChameleonSearch *search, const ChameleonTrial *trial,
                          int32_t) {
    size_t knobs = search->space->options.size();
    search->asked.insert(std::vector<int32_t>(trial->configuration,
                                              trial->configuration + knobs));
    search->state = mix(search->state, trial->configuration, 4 * knobs);
    search->state = mix(search->state, &trial->seconds, sizeof(double));
    return 0;
  };
  library.SearchTellRelated = [](ChameleonSearch *search, int64_t task,
                                 const ChameleonTrial *trials, int32_t n) {
    relatedCalls.push_back({search->number, task, {}});
    search->state = mix(search->state, &task, sizeof(task));
    for (int32_t i = 0; i < n; ++i) {
      relatedCalls.back().seconds.push_back(trials[i].seconds);
      search->state = mix(search->state, &trials[i].seconds, sizeof(double));
    }
    return 0;
  };
  library.SearchChanceOfGain = [](ChameleonSearch *, double) { return 1.0; };
  return library;
}

//===----------------------------------------------------------------------===//
// A pool
//===----------------------------------------------------------------------===//

class ScriptedPool final : public WorkerPool {
public:
  /// Which of `open` candidates is done next.
  std::function<size_t(size_t open)> next = [](size_t) { return 0; };
  /// May change what is measured, or stop the run.
  std::function<void(const Candidate &, Measurement &)> onMeasure;
  std::set<std::string> withoutReference;
  size_t capacity = 12;

  std::map<std::string, std::vector<std::string>>
      searched;                      ///< specs by task, in order of submission
  std::vector<std::string> firsts;   ///< tasks, in order of submission
  std::map<std::string, int> finals; ///< submissions
  size_t mostTasks = 0;              ///< that were open at a time

  void registerTask(const MeasureTask &task, double) override {
    registered.insert(task.key);
  }
  llvm::Error addTask(const MeasureTask &, double,
                      const StopSignal &) override {
    return llvm::Error::success();
  }
  int64_t submit(llvm::ArrayRef<Candidate> candidates,
                 const MeasurePolicy &policy) override {
    const std::string &key = candidates.front().taskKey;
    EXPECT_TRUE(registered.count(key));
    if (!searched.count(key))
      firsts.push_back(key);
    finals[key] += policy.interleaved;
    int64_t first = lastTicket + 1;
    for (const Candidate &candidate : candidates) {
      EXPECT_EQ(key, candidate.taskKey);
      if (!policy.interleaved)
        searched[key].push_back(candidate.spec);
      open.emplace_back(++lastTicket, candidate);
    }
    std::set<std::string> keys;
    for (const auto &[ticket, candidate] : open)
      keys.insert(candidate.taskKey);
    mostTasks = std::max(mostTasks, keys.size());
    return first;
  }
  std::optional<MeasuredCandidate> wait(const StopSignal &stop) override {
    if (open.empty())
      return std::nullopt;
    auto chosen = open.begin() + next(open.size());
    MeasuredCandidate one;
    one.ticket = chosen->first;
    Measurement &result = one.measurement;
    const Candidate &candidate = chosen->second;
    if (withoutReference.count(candidate.taskKey)) {
      result.outcome = Outcome::NoReference;
      result.message = "no luck";
    } else if (!stop.isRaised()) {
      result.outcome = Outcome::Ok;
      result.calls = 1;
      result.seconds = timeOf(candidate.spec);
      if (onMeasure)
        onMeasure(candidate, result);
    }
    open.erase(chosen);
    return one;
  }
  size_t countOpen() const override { return open.size(); }
  size_t getCapacity() const override { return capacity; }
  PoolActivity getActivity() const override { return {}; }

  static double timeOf(const std::string &spec) {
    return 1e-3 + 1e-9 * (llvm::xxh3_64bits(spec) % 1000000);
  }

private:
  std::set<std::string> registered;
  std::vector<std::pair<int64_t, Candidate>> open;
  int64_t lastTicket = 0;
};

//===----------------------------------------------------------------------===//
// A model
//===----------------------------------------------------------------------===//

/// Four products, the heaviest last.
inline std::string makeModel() {
  std::string arguments, types, body, results;
  const int rows[] = {48, 64, 96, 128};
  for (auto [i, m] : llvm::enumerate(rows)) {
    std::string a = llvm::formatv("tensor<{0}x64xf32>", m),
                c = llvm::formatv("tensor<{0}x128xf32>", m);
    const char *comma = i ? ", " : "";
    arguments +=
        llvm::formatv("{0}%a{1}: {2}, %b{1}: tensor<64x128xf32>", comma, i, a);
    types += comma + c;
    results += llvm::formatv("{0}%r{1}", comma, i);
    body += llvm::formatv(
        "%e{0} = tensor.empty() : {1}\n"
        "%f{0} = linalg.fill ins(%zero : f32) outs(%e{0} : {1}) -> {1}\n"
        "%r{0} = linalg.matmul ins(%a{0}, %b{0} : {2}, tensor<64x128xf32>) "
        "outs(%f{0} : {1}) -> {1}\n",
        i, c, a);
  }
  return llvm::formatv("func.func @main({0}) -> ({1}) {{\n"
                       "%zero = arith.constant 0.0 : f32\n{2}"
                       "return {3} : {1}\n}",
                       arguments, types, body, results);
}

/// A user's schedule for products, beside the built-in one.
inline constexpr const char *kLibrary = R"mlir(
module attributes {transform.with_named_sequence} {
  transform.named_sequence @match_mine(
      %op: !transform.any_op {transform.readonly}) -> !transform.any_op {
    transform.match.operation_name %op ["linalg.matmul"] : !transform.any_op
    transform.yield %op : !transform.any_op
  }
  transform.named_sequence @mine(
      %anchor: !transform.any_op {transform.readonly}) attributes {
      chameleon.seeds = [{a = 8 : i64, b = 4 : i64}, {a = 2 : i64},
                         {b = 64 : i64}]} {
    %a = transform.tune.knob<"a"> options = [1, 2, 4, 8, 16, 32, 64, 128]
        -> !transform.param<i64>
    %b = transform.tune.knob<"b"> options = [1, 2, 4, 8, 16, 32, 64, 128]
        -> !transform.param<i64>
    transform.yield
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    transform.foreach_match in %root @match_mine -> @mine
        : (!transform.any_op) -> !transform.any_op
    transform.yield
  }
}
)mlir";

/// `makeTasks` before anything else.
class TuningTest : public testing::Test {
protected:
  TuningTest() : context(registry()) {
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([&](mlir::Diagnostic &diagnostic) {
      diagnostics.push_back(diagnostic.str());
    });
  }
  static mlir::DialectRegistry &registry() {
    static mlir::DialectRegistry registry = [] {
      mlir::DialectRegistry all;
      registerAll(all);
      return all;
    }();
    return registry;
  }

  /// `libraries`: files that are searched before the built-in ones. No task
  /// gets more schedules than `most`.
  void makeTasks(llvm::StringRef model,
                 llvm::ArrayRef<std::string> libraries = {}, size_t most = 1) {
    tasks.clear();
    relatedCalls.clear();
    numSearches = 0;
    module = mlir::parseSourceString<mlir::ModuleOp>(model, &context);
    ASSERT_TRUE(module);
    auto device = llvm::cantFail(CPUDevice::ofHost(1));
    auto extracted = extractTasks(*module);
    ASSERT_TRUE(succeeded(extracted));
    auto schedules = ScheduleLibrary::load(&context, libraries,
                                           device->getBackend().getSchedules());
    ASSERT_TRUE(succeeded(schedules));
    library.emplace(*schedules);
    for (const TuningTask &task : *extracted) {
      MatchedTask matched = matchTask(task, *library, device->toDLTI(&context));
      ASSERT_FALSE(matched.schedules.empty());
      if (matched.schedules.size() > most)
        matched.schedules.truncate(most);
      tasks.push_back(std::make_unique<TaskTuner>(std::move(matched)));
    }
  }

  /// The path of a file that holds `kLibrary`.
  std::string writeLibrary() {
    llvm::SmallString<128> path;
    int descriptor = -1;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("library", "mlir",
                                                    descriptor, path));
    llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << kLibrary;
    remover.setFile(path);
    return path.str().str();
  }

  llvm::FileRemover remover;
  mlir::MLIRContext context;
  std::vector<std::string> diagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::optional<ScheduleLibrary> library;
  SearchLibrary search = makeSearchLibrary();
  std::vector<std::unique_ptr<TaskTuner>> tasks;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_TUNING_FAKETUNING_H
