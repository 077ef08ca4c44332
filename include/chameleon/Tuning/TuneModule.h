//===- TuneModule.h - from a module to one with schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   TuningOptions options;
//   options.preset = Preset::Quick;
//   FailureOr<TuningReport> report = tuneModule(module, options);
//
// Afterwards the module holds its tasks as functions and, nested, `module
// @chameleon_schedules`: the resolved schedules, which applySpec (or the stock
// transform-interpreter) applies.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TUNEMODULE_H
#define CHAMELEON_TUNING_TUNEMODULE_H

#include "chameleon/Target/Device.h"
#include "chameleon/Tuning/TuningObserver.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <string>
#include <vector>

namespace chameleon {

/// How long each task is searched.
enum class Preset { Quick, Default, Thorough };

/// The options of `--tune-schedules`, one struct for C++, C and text.
struct TuningOptions {
  std::string target = "auto";
  unsigned threads = 0; ///< threads of a tuned CPU kernel; 0: all cores
  Precision precision = Precision::Default; ///< which algorithms may be used
  Preset preset = Preset::Default; ///< sets trials and patience where those
                                   ///< are 0
  int64_t trials = 0;   ///< trials a task, failures included; 0: the preset's
  int64_t patience = 0; ///< a task ends after so many trials without a gain of
                        ///< 0.5 %; 0: the preset's
  double seconds = 0;   ///< wall clock of the whole run; 0: no limit
  std::string strategy = "chameleon";
  uint64_t seed = 0;
  bool share = true; ///< tasks of one schedule learn from each other's trials
  std::string database; ///< path; empty: Database::defaultPath()
  bool noDatabase = false;
  std::vector<std::string>
      libraries;       ///< the user's schedule libraries, searched first
  bool prepare = true; ///< false: tune the module exactly as given
  bool dryRun =
      false; ///< tasks, schedules and space sizes; nothing is compiled
  std::string
      record; ///< file for every trial as a recorded space; then nothing
              ///< is reused, and an exhaustive search has no limit
  unsigned workers = 0; ///< children that compile; 0: all cores
  std::string worker;   ///< worker executable; empty: found beside this program
  std::vector<std::string> launcher; ///< command prefix of the worker
  std::string
      searchLibrary; ///< libchameleon_search; empty: found beside this program
  double compileTimeout =
      0; ///< seconds a candidate; 0: 10, or twenty times the default's own
  double runTimeout =
      0; ///< seconds a candidate; 0: from the default configuration's own time
  uint64_t memoryLimitMiB =
      4096; ///< of a child that compiles and runs candidates
  double tolerance =
      1e-4; ///< largest error relative to the largest element of the reference
  /// Files of the caller's, and what each is: neither the database nor a
  /// recording may be one of them.
  struct File {
    std::string what, path;
  };
  std::vector<File> otherFiles;
  TuningObserver *observer = nullptr; ///< is told what happens
};

/// Prepares (unless told not to), extracts, searches, measures and embeds.
/// Emits and fails for: unknown options, a missing worker or Search library, a
/// database that cannot be opened, files that cannot be written or would be
/// written twice. A task for which nothing works keeps its plain form with a
/// remark or warning, as does a module that holds nothing to tune. `*interrupt`
/// ends it within a second; the best so far is embedded. So it is after an
/// error that comes once measuring has begun (the disk is full, the worker is
/// lost), which is emitted, and in the report. Prints nothing:
/// `options.observer` is told.
mlir::FailureOr<TuningReport>
tuneModule(mlir::ModuleOp module, const TuningOptions &options,
           const std::atomic<bool> *interrupt = nullptr);

} // namespace chameleon

#endif // CHAMELEON_TUNING_TUNEMODULE_H
