//===- Progress.h - what a person sees while tuning, and afterwards
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On a terminal a table that is redrawn in place; elsewhere (logs, CI) a line
// whenever a task's best improves or ends; or nothing. The closing table and
// that of a dry run are the same everywhere.
//
//   Progress progress(Progress::Style::Lines, llvm::errs());
//   options.observer = &progress;
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_PROGRESS_H
#define CHAMELEON_TUNING_PROGRESS_H

#include "chameleon/Tuning/TuningObserver.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>

namespace chameleon {

class Progress : public TuningObserver {
public:
  /// Auto: a table on a terminal, lines elsewhere.
  enum class Style { Auto, Table, Lines, Quiet };

  Progress(Style style, llvm::raw_ostream &stream);

  void spacesFound(llvm::ArrayRef<SpaceReport> spaces) override;
  void runBegan(const RunPlan &plan) override;
  void progressed(llvm::ArrayRef<const TaskReport *> tasks, size_t current,
                  llvm::StringRef activity) override;
  /// Leaves the live table and prints the closing one.
  void runEnded(const TuningReport &report) override;

private:
  void erase();

  Style style;
  llvm::raw_ostream &stream;
  int64_t budget = 0;
  double secondsLimit = 0;
  unsigned drawnLines = 0;
  std::vector<double> printedBest;
  double start = 0, lastDraw = 0; ///< monotonicSeconds
};

/// Per task baseline → best, GFLOP/s and share of the machine's peak, trials
/// and failures by kind; totals by activity.
void printReport(const TuningReport &report, llvm::raw_ostream &stream);

} // namespace chameleon

#endif // CHAMELEON_TUNING_PROGRESS_H
