//===- TaskScheduler.cpp - which task deserves the next trials
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskScheduler.h"
#include <algorithm>

using namespace chameleon;

static double expectedGain(const TaskProgress &task,
                           const TaskSchedulerOptions &options) {
  size_t last = task.best.size() - 1;
  size_t first = last >= options.window ? last - options.window : 0;
  double slope = last > first ? (task.best[first] - task.best[last]) /
                                    static_cast<double>(last - first)
                              : 0;
  double outlook = task.best[last] / static_cast<double>(task.best.size());
  return task.weight * (options.alpha * slope + (1 - options.alpha) * outlook);
}

/// Whether the last `restWindow` batches brought next to nothing for the model,
/// whose time is `total`.
static bool rests(const TaskProgress &task, double total,
                  const TaskSchedulerOptions &options) {
  size_t batches = task.best.size();
  if (options.minimalGain <= 0 || batches <= options.restWindow)
    return false;
  double before = task.best[batches - 1 - options.restWindow];
  // Until something was right there is nothing to compare.
  if (before <= 0)
    return false;
  return task.weight * (before - task.best.back()) <
         options.minimalGain * total;
}

std::optional<size_t>
chameleon::pickTask(const std::vector<TaskProgress> &tasks,
                    const TaskSchedulerOptions &options) {
  std::optional<size_t> pick;
  double largest = -1, total = 0;
  for (const TaskProgress &task : tasks)
    if (!task.best.empty())
      total += task.weight * task.best.back();
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].finished || tasks[i].inFlight)
      continue;
    if (tasks[i].best.empty())
      return i;
    if (rests(tasks[i], total, options))
      continue;
    double gain = expectedGain(tasks[i], options);
    if (gain > largest) {
      largest = gain;
      pick = i;
    }
  }
  return pick;
}
