//===- ProgressTest.cpp - the tables, on made-up reports
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/Progress.h"
#include "gtest/gtest.h"

using namespace chameleon;

static TaskReport makeTask() {
  TaskReport task;
  task.name = "conv2d 64 -> 64x56x56 3x3 +add+max";
  task.schedule = "builtin:cpu/conv_nchwc@conv_nchwc";
  task.count = 2;
  task.flops = 2e8;
  task.baselineSeconds = 4e-3;
  task.bestSeconds = 2e-3;
  task.trials = 32;
  return task;
}

TEST(Progress, ReportShowsSpeedShareAndFailuresByKind) {
  TuningReport report;
  report.peakGflops = 200;
  report.tasks = {makeTask()};
  report.tasks[0].failures = {{"compile-error", 2}, {"wrong-result", 1}};
  std::string text;
  llvm::raw_string_ostream stream(text);
  printReport(report, stream);
  // 2e8 operations in 2 ms are 100 GFLOP/s, half of the peak.
  EXPECT_NE(text.find("4.000 ms    2.000 ms    2.00x    100.0     50      32  "
                      "2 compile-error, 1 wrong-result"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("tuned operations: 8.000 ms -> 4.000 ms; 32 trials, 3 failed"),
      std::string::npos)
      << text;
}

TEST(Progress, ReportSaysWhereTheTimeWent) {
  TuningReport report;
  report.wallSeconds = 20;
  report.searchSeconds = 1;
  report.activity.children = 16;
  report.activity.compileSeconds = 240;
  report.activity.referenceSeconds = 8;
  report.activity.measureSeconds = 15;
  auto print = [&] {
    std::string text;
    llvm::raw_string_ostream stream(text);
    printReport(report, stream);
    return text;
  };
  EXPECT_NE(print().find("20.0 s: searching 1.0 s, compiling 240.0 s and "
                         "references 8.0 s on 16 children, checking and timing "
                         "15.0 s\n"),
            std::string::npos)
      << print();
  report.activity.devices = 1;
  report.interrupted = true;
  EXPECT_NE(print().find("timing 15.0 s on 1 devices, idle 25 %; interrupted"),
            std::string::npos)
      << print();
}

TEST(Progress, ATaskWithoutARightCandidateHasNoSpeed) {
  TuningReport report;
  report.tasks = {makeTask()};
  report.tasks[0].baselineSeconds = report.tasks[0].bestSeconds = 0;
  std::string text;
  llvm::raw_string_ostream stream(text);
  printReport(report, stream);
  EXPECT_EQ(text.find("inf"), std::string::npos) << text;
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
}

TEST(Progress, LinesOnlyWhenTheBestImproves) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Progress progress(Progress::Style::Lines, stream);
  progress.runBegan({"cpu", 100, 1, 32, 0});
  TaskReport task = makeTask();
  const TaskReport *tasks[] = {&task};
  progress.progressed(tasks, 0, "tuning");
  progress.progressed(tasks, 0, "tuning");
  EXPECT_EQ(llvm::StringRef(text).count("best 2.000 ms (2.00x)"), 1u) << text;
  task.bestSeconds = 1e-3;
  progress.progressed(tasks, 0, "tuning");
  EXPECT_EQ(llvm::StringRef(text).count("best 1.000 ms (4.00x)"), 1u) << text;
}

TEST(Progress, AutoIsLinesWhereNoTerminalIs) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Progress progress(Progress::Style::Auto, stream);
  progress.runBegan({"cpu", 100, 1, 32, 0});
  TaskReport task = makeTask();
  const TaskReport *tasks[] = {&task};
  progress.progressed(tasks, 0, "tuning");
  EXPECT_EQ(llvm::StringRef(text).count("best 2.000 ms (2.00x)"), 1u) << text;
}

TEST(Progress, QuietSaysNothing) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Progress progress(Progress::Style::Quiet, stream);
  progress.runBegan({"cpu", 100, 1, 32, 0});
  TaskReport task = makeTask();
  const TaskReport *tasks[] = {&task};
  progress.progressed(tasks, 0, "tuning");
  progress.runEnded({});
  EXPECT_EQ(text, "");
}

TEST(Progress, SaysWhoWonWhereSchedulesCompete) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Progress progress(Progress::Style::Lines, stream);
  progress.runBegan({"cpu: a processor", 100, 1, 32, 0});
  EXPECT_EQ(text,
            "cpu: a processor, peak 100 GFLOP/s; 1 tasks, up to 32 trials "
            "each\n");
  TaskReport task = makeTask();
  const TaskReport *tasks[] = {&task};
  progress.progressed(tasks, 0, "tuning");
  EXPECT_EQ(text.find(" by "), std::string::npos) << text;
  task.numSchedules = 2;
  task.bestSeconds = 1e-3;
  progress.progressed(tasks, 0, "tuning");
  EXPECT_NE(text.find("(4.00x) by builtin:cpu/conv_nchwc@conv_nchwc\n"),
            std::string::npos)
      << text;
}

TEST(Progress, ADryRunHasARowASchedule) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  Progress progress(Progress::Style::Quiet, stream);
  TuningTask task;
  task.name = "matmul 2x3x4";
  task.count = 5;
  SpaceReport spaces[] = {{task, "a@b", 12, 3}, {task, "c@d", 7, std::nullopt}};
  progress.spacesFound(spaces);
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(text).split(lines, '\n');
  ASSERT_EQ(lines.size(), 4u) << text;
  EXPECT_TRUE(lines[1].ends_with("a@b") && lines[1].contains("   3  matmul"))
      << text;
  EXPECT_TRUE(lines[2].ends_with("c@d") && lines[2].contains("   ?  matmul"))
      << text;
}
