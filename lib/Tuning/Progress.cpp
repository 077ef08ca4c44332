//===- Progress.cpp - what a person sees while tuning, and afterwards
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/Progress.h"
#include "chameleon/Runtime/Timing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <sys/ioctl.h>
#include <unistd.h>

using namespace chameleon;

namespace {

constexpr double redrawInterval = 0.1; // seconds

std::string formatSeconds(double seconds) {
  if (seconds <= 0)
    return "-";
  if (seconds < 1e-3)
    return llvm::formatv("{0:f1} us", seconds * 1e6);
  if (seconds < 1)
    return llvm::formatv("{0:f3} ms", seconds * 1e3);
  return llvm::formatv("{0:f2} s", seconds);
}

std::string formatSpeedup(const TaskReport &task) {
  if (task.baselineSeconds <= 0 || task.bestSeconds <= 0)
    return "-";
  return llvm::formatv("{0:f2}x", task.baselineSeconds / task.bestSeconds);
}

/// The schedule of the best, where several competed.
std::string formatSchedule(const TaskReport &task) {
  return task.numSchedules > 1 && task.bestSeconds > 0 ? " by " + task.schedule
                                                       : "";
}

std::string shorten(llvm::StringRef text, size_t width) {
  return text.size() <= width ? text.str()
                              : (text.take_front(width - 3) + "...").str();
}

} // namespace

Progress::Progress(Style style, llvm::raw_ostream &stream)
    : style(style), stream(stream) {
  if (style == Style::Auto)
    this->style = stream.is_displayed() ? Style::Table : Style::Lines;
}

void Progress::spacesFound(llvm::ArrayRef<SpaceReport> spaces) {
  stream << llvm::formatv("{0,5} {1,10} {2,12} {3,12}  {4,-58} {5}\n", "count",
                          "GFLOP", "points", "legal", "task", "schedule");
  for (const SpaceReport &space : spaces)
    stream << llvm::formatv("{0,5} {1,10:f4} {2,12:f0} {3,12}  {4,-58} {5}\n",
                            space.task.count, space.task.flops * 1e-9,
                            space.points,
                            space.legal ? std::to_string(*space.legal) : "?",
                            space.task.name, space.schedule);
}

void Progress::runBegan(const RunPlan &plan) {
  budget = plan.trials;
  secondsLimit = plan.seconds;
  start = lastDraw = monotonicSeconds();
  if (style == Style::Quiet)
    return;
  if (plan.isDone)
    stream << "everything is in the database\n";
  else
    stream << llvm::formatv("{0}, peak {1:f0} GFLOP/s; {2} tasks, up to {3} "
                            "trials each\n",
                            plan.target, plan.peakGflops, plan.tasks,
                            plan.trials);
}

void Progress::erase() {
  if (drawnLines)
    stream << "\033[" << drawnLines << "A\033[J";
  drawnLines = 0;
}

void Progress::progressed(llvm::ArrayRef<const TaskReport *> tasks,
                          size_t current, llvm::StringRef activity) {
  if (style == Style::Quiet)
    return;
  if (style == Style::Lines) {
    printedBest.resize(tasks.size());
    const TaskReport &task = *tasks[current];
    if (task.bestSeconds == printedBest[current])
      return;
    printedBest[current] = task.bestSeconds;
    stream << llvm::formatv("[{0,6:f1} s] {1}: {2} trials, best {3} ({4}){5}\n",
                            monotonicSeconds() - start, task.name,
                            task.trials + task.reused,
                            formatSeconds(task.bestSeconds),
                            formatSpeedup(task), formatSchedule(task));
    return;
  }
  double now = monotonicSeconds();
  if (drawnLines && now - lastDraw < redrawInterval)
    return;
  lastDraw = now;
  erase();
  winsize size = {};
  size_t rows = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 8
                    ? size.ws_row - 4
                    : 20;
  size_t first =
      tasks.size() > rows
          ? std::min(current - std::min(current, rows / 2), tasks.size() - rows)
          : 0;
  size_t last = std::min(tasks.size(), first + rows);
  int64_t trials = 0, expected = 0;
  for (const TaskReport *task : tasks) {
    trials += task->trials + task->reused;
    expected += budget;
  }
  double elapsed = monotonicSeconds() - start;
  double left =
      trials ? elapsed * std::max<double>(0, expected - trials) / trials : 0;
  if (secondsLimit > 0)
    left = std::min(left ? left : secondsLimit,
                    std::max(0.0, secondsLimit - elapsed));
  stream << llvm::formatv("  {0,-58} {1,5} {2,7} {3,11} {4,8}\n", "task",
                          "count", "trials", "best", "speed-up");
  for (size_t i = first; i < last; ++i)
    stream << llvm::formatv(
        "{0} {1,-58} {2,5} {3,7} {4,11} {5,8}\n", i == current ? '>' : ' ',
        shorten(tasks[i]->name, 58), tasks[i]->count,
        tasks[i]->trials + tasks[i]->reused,
        formatSeconds(tasks[i]->bestSeconds), formatSpeedup(*tasks[i]));
  stream << llvm::formatv("  {0}, {1:f0} s, at most {2:f0} s left\n", activity,
                          elapsed, left);
  stream.flush();
  drawnLines = static_cast<unsigned>(last - first + 2);
}

void Progress::runEnded(const TuningReport &report) {
  if (style == Style::Quiet)
    return;
  erase();
  printReport(report, stream);
}

void chameleon::printReport(const TuningReport &report,
                            llvm::raw_ostream &stream) {
  stream << llvm::formatv(
      "{0,-58} {1,5} {2,11} {3,11} {4,8} {5,8} {6,6} {7,7}  {8}\n", "task",
      "count", "default", "best", "speed-up", "GFLOP/s", "% peak", "trials",
      "failures");
  double before = 0, after = 0;
  int64_t trials = 0, reused = 0, unstored = 0;
  std::map<std::string, int64_t> failures;
  for (const TaskReport &task : report.tasks) {
    double gflops =
        task.bestSeconds > 0 ? task.flops / task.bestSeconds * 1e-9 : 0;
    std::string share =
        report.peakGflops > 0 && gflops > 0
            ? llvm::formatv("{0:f0}", 100 * gflops / report.peakGflops).str()
            : "-";
    std::string text;
    for (const auto &[kind, count] : task.failures) {
      text += (text.empty() ? "" : ", ") +
              llvm::formatv("{0} {1}", count, kind).str();
      failures[kind] += count;
    }
    stream << llvm::formatv(
        "{0,-58} {1,5} {2,11} {3,11} {4,8} {5,8:f1} {6,6} {7,7}  {8}\n",
        shorten(task.name, 58), task.count, formatSeconds(task.baselineSeconds),
        formatSeconds(task.bestSeconds), formatSpeedup(task), gflops, share,
        task.trials + task.reused, text + formatSchedule(task));
    if (task.baselineSeconds > 0 && task.bestSeconds > 0) {
      before += task.count * task.baselineSeconds;
      after += task.count * task.bestSeconds;
    }
    trials += task.trials;
    reused += task.reused;
    unstored += task.unstored;
  }
  stream << llvm::formatv("tuned operations: {0} -> {1}; {2} trials",
                          formatSeconds(before), formatSeconds(after), trials);
  if (reused)
    stream << llvm::formatv(" and {0} from the database", reused);
  if (unstored)
    stream << llvm::formatv(", {0} more that could not be stored", unstored);
  int64_t failed = 0;
  for (const auto &[kind, count] : failures)
    failed += count;
  stream << llvm::formatv(", {0} failed\n", failed);
  const PoolActivity &activity = report.activity;
  stream << llvm::formatv("{0:f1} s: searching {1:f1} s", report.wallSeconds,
                          report.searchSeconds);
  if (activity.children)
    stream << llvm::formatv(", compiling {0:f1} s and references {1:f1} s on "
                            "{2} children, checking and timing {3:f1} s",
                            activity.compileSeconds, activity.referenceSeconds,
                            activity.children, activity.measureSeconds);
  if (activity.devices)
    stream << llvm::formatv(
        " on {0} devices, idle {1:f0} %", activity.devices,
        100 * (1 - activity.measureSeconds /
                       (activity.devices * report.wallSeconds)));
  stream << (report.interrupted ? "; interrupted, the best so far is kept\n"
                                : "\n");
}
