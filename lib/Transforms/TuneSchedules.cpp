//===- TuneSchedules.cpp - search, measure and embed the best schedule of each
// task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Transforms/Passes.h"
#include "chameleon/Tuning/Interrupt.h"
#include "chameleon/Tuning/Progress.h"
#include "chameleon/Tuning/TuneModule.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/StringSaver.h"

namespace chameleon {
#define GEN_PASS_DEF_TUNESCHEDULES
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct TuneSchedulesPass
    : chameleon::impl::TuneSchedulesBase<TuneSchedulesPass> {
  using TuneSchedulesBase::TuneSchedulesBase;

  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    chameleon::registerAll(registry);
  }

  void runOnOperation() override {
    chameleon::TuningOptions options;
    options.target = target;
    options.threads = threads;
    options.precision = precision;
    options.preset = preset;
    options.trials = trials;
    options.patience = patience;
    options.seconds = seconds;
    options.strategy = strategy;
    options.seed = seed;
    options.share = share;
    options.database = database;
    options.noDatabase = noDatabase;
    options.libraries.assign(libraries.begin(), libraries.end());
    options.prepare = prepare;
    options.dryRun = dryRun;
    options.record = record;
    options.workers = workers;
    options.worker = worker;
    llvm::BumpPtrAllocator allocator;
    llvm::StringSaver saver(allocator);
    llvm::SmallVector<const char *> words;
    llvm::cl::TokenizeGNUCommandLine(launcher, saver, words);
    options.launcher.assign(words.begin(), words.end());
    options.searchLibrary = searchLibrary;
    options.compileTimeout = compileTimeout;
    options.runTimeout = runTimeout;
    options.memoryLimitMiB = memoryLimit;
    options.tolerance = tolerance;

    chameleon::Progress shown(progress, llvm::errs());
    options.observer = &shown;
    options.otherFiles = otherFiles;

    chameleon::InterruptScope interrupt;
    mlir::FailureOr<chameleon::TuningReport> report =
        chameleon::tuneModule(getOperation(), options, &interrupt.flag());
    if (failed(report))
      return signalPassFailure();
    numTasks = report->tasks.size();
    for (const chameleon::TaskReport &task : report->tasks) {
      numTrials += task.trials;
      numReused += task.reused;
      for (const auto &[kind, count] : task.failures)
        numFailures += count;
    }
  }

  std::vector<chameleon::TuningOptions::File> otherFiles;
};
} // namespace

void chameleon::keepOffTuning(mlir::OpPassManager &manager,
                              llvm::ArrayRef<TuningOptions::File> files) {
  for (mlir::Pass &pass : manager)
    if (pass.getTypeID() == mlir::TypeID::get<TuneSchedulesPass>())
      static_cast<TuneSchedulesPass &>(pass).otherFiles = files;
}
