//===- TuneModuleTest.cpp - what an observer is told
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TuneModule.h"
#include "FakeTuning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace chameleon;

namespace {

struct Recorder final : TuningObserver {
  void taskFound(const MatchedTask &task) override {
    events.push_back("found " + task.task.name);
  }
  void taskRefused(const MatchedTask &task) override {
    events.push_back("refused " + task.task.name);
  }
  void spacesFound(llvm::ArrayRef<SpaceReport> found) override {
    events.push_back("spaces");
    for (const SpaceReport &space : found) {
      EXPECT_GE(space.points, 1);
      EXPECT_TRUE(llvm::StringRef(space.schedule).starts_with("builtin:cpu/"));
    }
    numSpaces = found.size();
  }
  void runBegan(const RunPlan &plan) override {
    events.push_back(plan.isDone ? "done before" : "began");
    EXPECT_EQ(4u, plan.tasks);
    EXPECT_EQ(2, plan.trials);
  }
  void progressed(llvm::ArrayRef<const TaskReport *> tasks, size_t current,
                  llvm::StringRef) override {
    EXPECT_LT(current, tasks.size());
    ++numProgress;
  }
  void trialMeasured(const TrialEvent &trial) override {
    ++(trial.isFinal ? numFinals : numTrials);
    EXPECT_EQ(trial.configuration.size(),
              trial.schedule.space.getKnobs().size());
  }
  void runEnded(const TuningReport &report) override {
    events.push_back("ended");
    EXPECT_EQ(4u, report.tasks.size());
  }

  std::vector<std::string> events;
  size_t numSpaces = 0, numProgress = 0, numTrials = 0, numFinals = 0;
};

class TuneModuleTest : public TuningTest {
protected:
  TuneModuleTest() {
    options.target = "cpu";
    options.threads = 1;
    options.noDatabase = true;
    options.observer = &recorder;
  }
  mlir::FailureOr<TuningReport> tune(llvm::StringRef model) {
    recorder = Recorder();
    module = mlir::parseSourceString<mlir::ModuleOp>(model, &context);
    EXPECT_TRUE(module);
    return tuneModule(*module, options);
  }
  bool hasDiagnostic(llvm::StringRef text) {
    return llvm::any_of(
        diagnostics, [&](llvm::StringRef one) { return one.contains(text); });
  }

  TuningOptions options;
  Recorder recorder;
};

/// The tool's, if they have been built.
std::string findBuilt(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<128> path(
      llvm::sys::path::parent_path(llvm::sys::path::parent_path(
          llvm::sys::fs::getMainExecutable(nullptr, nullptr))));
  llvm::sys::path::append(path, folder, name);
  return llvm::sys::fs::exists(path) ? path.str().str() : "";
}

TEST_F(TuneModuleTest, ADryRunTellsOfSpaces) {
  options.dryRun = true;
  ASSERT_TRUE(succeeded(tune(makeModel())));
  EXPECT_EQ(5u, recorder.events.size());
  EXPECT_EQ("spaces", recorder.events.back());
  EXPECT_GE(recorder.numSpaces, 4u);
}

/// Nothing to tune is no error: the module stays as it is.
TEST_F(TuneModuleTest, AModuleOfNothingToTune) {
  ASSERT_TRUE(succeeded(tune("func.func @main() { return }")));
  EXPECT_TRUE(recorder.events.empty());
  EXPECT_TRUE(hasDiagnostic("found nothing to tune"));
}

TEST_F(TuneModuleTest, ARunFromItsBeginToItsEnd) {
  options.trials = 2;
  options.strategy = "random";
  options.worker = findBuilt("bin", "chameleon-worker");
  options.searchLibrary = findBuilt("lib", "libchameleon_search.so");
  if (options.worker.empty() || options.searchLibrary.empty())
    GTEST_SKIP() << "needs chameleon-worker and the search library";
  ASSERT_TRUE(succeeded(tune(makeModel())));
  ASSERT_EQ(6u, recorder.events.size());
  EXPECT_EQ("began", recorder.events[4]);
  EXPECT_EQ("ended", recorder.events[5]);
  EXPECT_GT(recorder.numProgress, 0u);
  EXPECT_EQ(8u, recorder.numTrials);
  EXPECT_GE(recorder.numFinals, 4u);
  EXPECT_TRUE(findEmbeddedSpec(*module));
}

TEST_F(TuneModuleTest, AWrongOptionIsAnErrorBeforeAnythingIsFound) {
  options.trials = -1;
  EXPECT_TRUE(failed(tune(makeModel())));
  EXPECT_TRUE(recorder.events.empty());
  EXPECT_TRUE(hasDiagnostic("option 'trials' is -1, expected at least 0"));
}

} // namespace
