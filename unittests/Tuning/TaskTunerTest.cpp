//===- TaskTunerTest.cpp - schedules that compete for a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Tuning/SearchLoop.h"
#include "FakeTuning.h"
#include "chameleon/Tuning/TaskRecords.h"
#include <limits>

using namespace chameleon;

namespace {

constexpr const char *kProduct = R"mlir(
func.func @main(%a: tensor<64x64xf32>, %b: tensor<64x128xf32>)
    -> tensor<64x128xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64x128xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64x128xf32>)
      -> tensor<64x128xf32>
  %r = linalg.matmul ins(%a, %b : tensor<64x64xf32>, tensor<64x128xf32>)
      outs(%f : tensor<64x128xf32>) -> tensor<64x128xf32>
  return %r : tensor<64x128xf32>
}
)mlir";

class TaskTunerTest : public TuningTest {
protected:
  void SetUp() override {
    file = writeLibrary();
    options.trials = options.patience = 40;
    options.strategy = "test";
    restart();
  }
  void restart() {
    pool = ScriptedPool();
    makeTasks(kProduct, {file}, /*most=*/2);
    ASSERT_EQ(1u, tasks.size());
    ASSERT_EQ(2u, task().getSchedules().size()) << "the user's and ours";
  }
  TaskTuner &task() { return *tasks.front(); }
  static bool isMine(const Candidate &candidate) {
    return llvm::StringRef(candidate.spec).contains("@mine");
  }
  size_t countTrials(size_t schedule) {
    return task().getSchedules()[schedule].getTrials().size();
  }
  void run() {
    records.clear();
    SearchLoopHooks hooks;
    hooks.onTrial = [&](size_t, const ScheduleChoice &choice,
                        const Measurement &measurement, bool final) {
      const TaskSchedule &schedule =
          task().getSchedules()[choice.schedule].getSchedule();
      Record record =
          makeRecord(task().getReport().key, {"target", "generator"}, schedule,
                     choice.configuration, measurement, final);
      // As the database does it.
      llvm::erase_if(records, [&](const Record &other) {
        return other.schedule == record.schedule &&
               other.configuration == record.configuration;
      });
      records.push_back(record);
      return true;
    };
    hooks.onProgress = [](size_t, llvm::StringRef) {};
    hooks.onWarning = [](size_t, const std::string &) {};
    hooks.mustStop = [] { return false; };
    hooks.secondsLeft = [] { return std::numeric_limits<double>::infinity(); };
    std::atomic<bool> interrupt{false};
    SearchLoop loop(tasks, pool, search, options, hooks, &interrupt);
    EXPECT_EQ("", llvm::toString(loop.run()));
  }

  TuningOptions options;
  ScriptedPool pool;
  std::string file;
  std::vector<Record> records;
};

TEST_F(TaskTunerTest, BothSchedulesAreTriedAndTheBetterWins) {
  for (bool mineIsBetter : {true, false}) {
    restart();
    pool.onMeasure = [&](const Candidate &candidate, Measurement &result) {
      result.seconds *= isMine(candidate) == mineIsBetter ? 1 : 2;
    };
    run();
    size_t better = mineIsBetter ? 0 : 1, worse = 1 - better;
    EXPECT_EQ(40, task().countTrials());
    EXPECT_GE(countTrials(worse), 1u);
    EXPECT_GT(countTrials(better), 2 * countTrials(worse));
    std::optional<Decision> decision = task().decide();
    ASSERT_TRUE(decision);
    EXPECT_EQ(better, decision->choice.schedule);
    EXPECT_EQ(task().getSchedules()[better].getSchedule().name,
              task().getReport().schedule);
    EXPECT_EQ(2u, task().getReport().numSchedules);
    // The user's comes first, so its default is the task's.
    EXPECT_EQ(0u, task().getFinalists().front().schedule);
  }
}

TEST_F(TaskTunerTest, TheFirstScheduleWhoseDefaultRunsIsTheDefault) {
  double ofBuiltin = 0;
  pool.onMeasure = [&](const Candidate &candidate, Measurement &result) {
    if (isMine(candidate))
      result.outcome = Outcome::WrongResult;
    else if (ofBuiltin == 0)
      ofBuiltin = result.seconds;
  };
  run();
  EXPECT_GT(ofBuiltin, 0);
  EXPECT_DOUBLE_EQ(ofBuiltin, task().getReport().baselineSeconds);
  ASSERT_TRUE(task().decide());
  EXPECT_EQ(1u, task().decide()->choice.schedule);
  EXPECT_GT(countTrials(0), 1u) << "one wrong result says little";
  EXPECT_LE(countTrials(0), 8u) << "several say enough";
  EXPECT_EQ(40, task().countTrials());
}

TEST_F(TaskTunerTest, RecordsOfBothSchedulesAreReused) {
  run();
  Decision decision = *task().decide();
  size_t ofMine = countTrials(0), ofBuiltin = countTrials(1);
  llvm::stable_sort(records, [](const Record &a, const Record &b) {
    return a.seconds < b.seconds;
  });
  restart();
  EXPECT_FALSE(task().isFinished(40));
  task().reuse(records);
  EXPECT_EQ(ofMine, countTrials(0));
  EXPECT_EQ(ofBuiltin, countTrials(1));
  EXPECT_EQ(40, task().getReport().reused);
  ASSERT_TRUE(task().decide());
  EXPECT_TRUE(task().decide()->isReused);
  EXPECT_EQ(decision.choice, task().decide()->choice);
  EXPECT_TRUE(task().isFinished(40));
  EXPECT_FALSE(task().isFinished(41));
  EXPECT_TRUE(task().getDefaults().empty());
}

TEST_F(TaskTunerTest, WithoutAnythingRightThereIsNoDecision) {
  EXPECT_FALSE(task().decide());
  EXPECT_EQ(2u, task().getDefaults().size());
  EXPECT_TRUE(task().getFinalists().empty());
  Measurement wrong;
  wrong.outcome = Outcome::WrongResult;
  wrong.message = "it is off";
  for (const ScheduleChoice &choice : task().getDefaults())
    task().tell(choice, wrong);
  EXPECT_FALSE(task().decide());
  EXPECT_EQ("it is off", task().getReport().firstFailure);
  Measurement right;
  right.outcome = Outcome::Ok;
  right.seconds = 1;
  ScheduleChoice other{1, task().getSchedules()[1].getSpace().getDefault()};
  task().tellFinals(other, right);
  ASSERT_TRUE(task().decide());
  EXPECT_EQ(other, task().decide()->choice);
}

// Clocks are coarse, and a run that reads the records must decide alike.
TEST_F(TaskTunerTest, OfEqualTimesTheFirstTrialWins) {
  std::vector<ScheduleChoice> defaults = task().getDefaults();
  ASSERT_EQ(2u, defaults.size());
  Measurement right;
  right.outcome = Outcome::Ok;
  right.seconds = 1;
  for (const ScheduleChoice &choice : defaults)
    task().tell(choice, right);
  task().tellFinals({defaults[1], defaults[0]}, {right, right});
  ASSERT_TRUE(task().decide());
  EXPECT_EQ(defaults[0], task().decide()->choice);
}

} // namespace
