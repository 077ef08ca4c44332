//===- TaskExchange.cpp - what tasks of one run learn from each other
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskExchange.h"
#include "chameleon/Tuning/RelatedTasks.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;
using namespace chameleon;

/// In units of `getTaskDistance`, beside the difference of the work: tasks of
/// one schedule that are fused with other operations.
static constexpr double costOfOtherOperands = 1;

static double getDistance(ArrayRef<double> left, ArrayRef<double> right) {
  double distance = getTaskDistance(left, right);
  return std::isfinite(distance)
             ? distance
             : costOfOtherOperands + std::abs(left.front() - right.front());
}

TaskExchange::TaskExchange(ArrayRef<std::unique_ptr<TaskTuner>> tasks)
    : tasks(tasks) {
  std::vector<std::vector<double>> features;
  for (const auto &task : tasks)
    features.push_back(
        getTaskFeatures(task->getFunction(), task->getReport().flops));
  for (size_t index = 0; index < tasks.size(); ++index) {
    std::vector<std::pair<double, size_t>> others;
    for (size_t other = 0; other < tasks.size(); ++other)
      if (other != index)
        others.emplace_back(getDistance(features[index], features[other]),
                            other);
    llvm::stable_sort(others, llvm::less_first());
    sources.emplace_back();
    for (const ScheduleTuner &schedule : tasks[index]->getSchedules()) {
      sources.back().emplace_back();
      for (auto [distance, other] : others)
        for (auto [position, theirs] :
             llvm::enumerate(std::as_const(*tasks[other]).getSchedules()))
          if (schedule.hasKnobsOf(theirs))
            sources.back().back().push_back({other, position, 0});
    }
  }
}

void TaskExchange::inform(size_t task, size_t schedule) {
  for (Source &source : sources[task][schedule]) {
    const ScheduleTuner &other =
        tasks[source.task]->getSchedules()[source.schedule];
    auto known = static_cast<int64_t>(other.getTrials().size());
    if (known == source.told)
      continue;
    tasks[task]->getSchedules()[schedule].learnFrom(other, source.task,
                                                    source.told);
    source.told = known;
  }
}
