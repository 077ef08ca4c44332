//===- ModelReplay.cpp - tasks of one model on recorded spaces ------------===//
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ModelReplay.h"
#include "chameleon/Tuning/TaskScheduler.h"
#include <algorithm>
#include <stdexcept>

using namespace chameleon;
using namespace chameleon::search;

/// As in SearchLoop: half a batch up to so many trials.
static constexpr size_t halfBatches = 64;

namespace {

struct Task {
  const RecordedSpace *recorded;
  std::shared_ptr<Space> space;
  std::unique_ptr<Search> search;
  std::vector<Trial> trials; ///< in the order told
  double fastest = 0;
  std::vector<size_t> told; ///< by other task: how many of its trials
};

class Run {
public:
  Run(const std::vector<std::unique_ptr<RecordedSpace>> &recordings,
      const ModelReplayOptions &options)
      : options(options) {
    for (const std::unique_ptr<RecordedSpace> &recorded : recordings) {
      std::string error;
      auto space = std::make_shared<Space>(recorded->makeSpace());
      std::unique_ptr<Search> search =
          Search::create(space, options.search, error);
      if (!search)
        throw std::runtime_error(error);
      tasks.push_back({recorded.get(),
                       space,
                       std::move(search),
                       {},
                       0,
                       std::vector<size_t>(recordings.size(), 0)});
      TaskProgress state;
      state.weight = 1 / recorded->getBestSeconds();
      states.push_back(state);
    }
  }

  ModelReplay run() {
    for (size_t index = 0; index < tasks.size(); ++index)
      measure(index, 1);
    while (!isOver()) {
      std::optional<size_t> picked = pickTask(states);
      if (!picked)
        break;
      Task &task = tasks[*picked];
      if (options.share)
        share(*picked);
      size_t batch = options.search.batch;
      if (measure(*picked,
                  task.trials.size() < halfBatches ? batch / 2 : batch))
        states[*picked].best.push_back(task.fastest);
      else
        states[*picked].finished = true;
    }
    return std::move(result);
  }

private:
  size_t countLeft() const {
    return options.budget * tasks.size() - result.steps.size();
  }
  bool isOver() const {
    return result.steps.size() >= options.budget * tasks.size() ||
           (options.untilOptimum && !result.steps.empty() &&
            result.steps.back().performance == 1);
  }

  double getPerformance() const {
    double total = 0;
    for (const Task &task : tasks) {
      if (task.fastest == 0)
        return 0;
      total += task.fastest / task.recorded->getBestSeconds();
    }
    return static_cast<double>(tasks.size()) / total;
  }

  /// Tells a task what the others have measured since it was last told.
  void share(size_t index) {
    Task &task = tasks[index];
    double before = getProcessorSeconds();
    for (size_t other = 0; other < tasks.size(); ++other) {
      const Task &source = tasks[other];
      if (other == index ||
          source.space->getNumKnobs() != task.space->getNumKnobs())
        continue;
      std::vector<Trial> trials;
      for (size_t &i = task.told[other]; i < source.trials.size(); ++i)
        if (std::optional<Configuration> same = translate(
                source.trials[i].configuration, *source.space, *task.space))
          trials.push_back({std::move(*same), source.trials[i].succeeded,
                            source.trials[i].seconds});
      task.search->tellRelated(static_cast<int64_t>(other), std::move(trials));
    }
    spend(before);
  }

  /// False if there is nothing left to measure.
  bool measure(size_t index, size_t count) {
    Task &task = tasks[index];
    double before = getProcessorSeconds();
    std::vector<Configuration> points =
        task.search->ask(std::min(count, countLeft()));
    spend(before);
    std::vector<Trial> trials;
    for (const Configuration &configuration : points) {
      const RecordedPoint &point = *task.recorded->find(configuration);
      clock += point.costSeconds;
      result.numFailures += !point.succeeded;
      if (point.succeeded &&
          (task.fastest == 0 || point.seconds < task.fastest))
        task.fastest = point.seconds;
      result.steps.push_back(
          {configuration, point.succeeded, getPerformance(), clock});
      result.tasks.push_back(index);
      trials.push_back({configuration, point.succeeded, point.seconds});
    }
    task.trials.insert(task.trials.end(), trials.begin(), trials.end());
    before = getProcessorSeconds();
    task.search->tell(std::move(trials));
    spend(before);
    return !points.empty();
  }

  void spend(double before) {
    double spent = getProcessorSeconds() - before;
    clock += spent;
    result.strategySeconds += spent;
  }

  const ModelReplayOptions &options;
  std::vector<Task> tasks;
  std::vector<TaskProgress> states; ///< by task
  ModelReplay result;
  double clock = 0;
};

} // namespace

ModelReplay chameleon::replayModel(
    const std::vector<std::unique_ptr<RecordedSpace>> &recordings,
    const ModelReplayOptions &options) {
  return Run(recordings, options).run();
}
