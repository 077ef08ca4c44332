//===- ModelReplay.h - tasks of one model on recorded spaces ----*- C++ -*-===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What SearchLoop does with the tasks of a model, on recordings and one batch
// at a time: the default of every task, then batches of whichever task
// TaskScheduler.h picks, whose search has first been told what the other tasks
// with the same knobs have measured by then. No MLIR.
//
// The tasks stand in for layers of a model: as if each were called so often
// that all would take equally long at their optima.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_MODELREPLAY_H
#define CHAMELEON_TUNING_MODELREPLAY_H

#include "chameleon/Search/Replay.h"

namespace chameleon {

struct ModelReplayOptions {
  search::SearchOptions search;
  int budget = 64; ///< measurements a task, on average
  /// Ends a run that has found all recorded optima.
  bool untilOptimum = false;
  /// Whether tasks are told what the others have measured.
  bool share = true;
};

/// Of the steps, `performance` is the model's: time at all optima / time with
/// the best so far of each task; 0 until each has one.
struct ModelReplay : search::Replay {
  std::vector<size_t> tasks; ///< by step
};

/// Throws std::runtime_error for an unknown strategy.
ModelReplay replayModel(
    const std::vector<std::unique_ptr<search::RecordedSpace>> &recordings,
    const ModelReplayOptions &options);

} // namespace chameleon

#endif // CHAMELEON_TUNING_MODELREPLAY_H
