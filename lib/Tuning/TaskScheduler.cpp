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

/// A search may take its first time down to a third: what tuning gains over
/// defaults. Larger: more trials for the slower ones.
static constexpr double optimism = 2;
/// How much slower than the best of the others a schedule is taken to be of
/// which nothing was right yet: it gets a batch, and no second one.
static constexpr double gainOfUnknown = 1.5;

/// The one with the best time, the first of equals; null: nothing was right.
static const ScheduleProgress *
getLeader(const std::vector<ScheduleProgress> &schedules) {
  const ScheduleProgress *leader = nullptr;
  for (const ScheduleProgress &schedule : schedules)
    if (schedule.now() > 0 && (!leader || schedule.now() < leader->now()))
      leader = &schedule;
  return leader;
}

/// The time that a schedule may come to.
static double getOutlook(const ScheduleProgress &schedule,
                         const ScheduleProgress *leader) {
  size_t trials = schedule.best.size();
  double time = schedule.now();
  if (time <= 0)
    time = leader ? gainOfUnknown * leader->now() : 1;
  else if (trials > 0 && trials < leader->best.size() &&
           leader->best[trials - 1] > 0)
    time *= leader->now() / leader->best[trials - 1];
  if (schedule.converged)
    return time;
  return time / (1 + optimism / std::max<double>(trials, 1));
}

std::optional<size_t>
chameleon::pickSchedule(const std::vector<ScheduleProgress> &schedules) {
  const ScheduleProgress *leader = getLeader(schedules);
  std::optional<size_t> pick;
  double least = 0;
  for (size_t i = 0; i < schedules.size(); ++i) {
    if (schedules[i].exhausted)
      continue;
    double outlook = getOutlook(schedules[i], leader);
    if (pick && outlook >= least)
      continue;
    pick = i;
    least = outlook;
  }
  return pick;
}

bool chameleon::mayWin(const std::vector<ScheduleProgress> &schedules,
                       size_t schedule) {
  const ScheduleProgress *leader = getLeader(schedules);
  return !schedules[schedule].exhausted &&
         (!leader || getOutlook(schedules[schedule], leader) < leader->now());
}
