//===- TaskExchangeTest.cpp - who is told what, and when
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Tuning/TaskExchange.h"
#include "FakeTuning.h"

using namespace chameleon;

namespace {

/// Another operation than the products, with a schedule of its own.
constexpr const char *kSum = R"(
#id = affine_map<(i) -> (i)>
func.func @sum(%a: tensor<16384xf32>) -> tensor<16384xf32> {
  %e = tensor.empty() : tensor<16384xf32>
  %r = linalg.generic {indexing_maps = [#id, #id],
                       iterator_types = ["parallel"]}
      ins(%a : tensor<16384xf32>) outs(%e : tensor<16384xf32>) {
  ^bb0(%u: f32, %o: f32):
    %s = arith.addf %u, %u : f32
    linalg.yield %s : f32
  } -> tensor<16384xf32>
  return %r : tensor<16384xf32>
}
)";

class TaskExchangeTest : public TuningTest {
protected:
  /// Of these tasks, each has one.
  static ScheduleTuner &getOnly(TaskTuner &task) {
    EXPECT_EQ(1u, task.getSchedules().size());
    return task.getSchedules().front();
  }
  /// Four products, 48, 64, 96 and 128 rows, and the sum; their searches have
  /// the same numbers as the tasks.
  void SetUp() override {
    makeTasks(kSum + makeModel());
    ASSERT_EQ(5u, tasks.size());
    // Wherever the sum was found, it goes last.
    auto sum = llvm::find_if(tasks, [](auto &task) {
      return !llvm::StringRef(task->getReport().name).starts_with("matmul");
    });
    ASSERT_TRUE(sum != tasks.end());
    std::rotate(sum, std::next(sum), tasks.end());
    ChameleonSearchOptions options{};
    options.strategy = "test";
    for (auto &task : tasks)
      llvm::cantFail(getOnly(*task).startSearch(search, options));
    exchange.emplace(tasks);
  }
  /// A trial of the `number`-th legal configuration that is found.
  void tell(size_t task, int32_t number, double seconds) {
    Measurement measurement;
    measurement.outcome = Outcome::Ok;
    measurement.seconds = seconds;
    const DesignSpace &space = getOnly(*tasks[task]).getSpace();
    Configuration configuration = space.getDefault();
    for (size_t knob = 0; knob < configuration.size(); ++knob)
      for (size_t i = 0; i < space.getKnobs()[knob].options.size(); ++i) {
        Configuration other = configuration;
        other[knob] = i;
        if (space.isLegal(other) && !tasks[task]->isMeasured({0, other}) &&
            number-- == 0)
          return tasks[task]->tell({0, other}, measurement);
      }
    FAIL() << "so many are not legal";
  }
  /// By source, what the search of `task` is told now.
  std::vector<std::pair<int64_t, std::vector<double>>> inform(size_t task) {
    relatedCalls.clear();
    exchange->inform(task, 0);
    std::vector<std::pair<int64_t, std::vector<double>>> told;
    for (const RelatedCall &call : relatedCalls) {
      EXPECT_EQ(task, call.search);
      told.emplace_back(call.task, call.seconds);
    }
    return told;
  }
  using Told = std::vector<std::pair<int64_t, std::vector<double>>>;

  std::optional<TaskExchange> exchange;
};

TEST_F(TaskExchangeTest, ATaskIsToldOnceWhatIsNewOfOthers) {
  EXPECT_EQ(Told(), inform(0)) << "nothing is known";
  tell(1, 0, 5);
  tell(1, 0, 4);
  tell(0, 0, 9);
  EXPECT_EQ(Told({{1, {5, 4}}}), inform(0)) << "not its own";
  EXPECT_EQ(Told(), inform(0)) << "nothing is new";
  tell(1, 0, 3);
  tell(2, 0, 7);
  EXPECT_EQ(Told({{1, {3}}, {2, {7}}}), inform(0));
  EXPECT_EQ(Told({{2, {7}}, {1, {5, 4, 3}}, {0, {9}}}), inform(3))
      << "another one was told nothing yet";
}

TEST_F(TaskExchangeTest, TheMostAlikeComesFirst) {
  for (size_t task = 0; task < 4; ++task)
    tell(task, 0, 1 + task);
  EXPECT_EQ(Told({{2, {3}}, {1, {2}}, {0, {1}}}), inform(3));
  EXPECT_EQ(Told({{0, {1}}, {2, {3}}, {3, {4}}}), inform(1));
}

TEST_F(TaskExchangeTest, TasksOfOtherSchedulesAreNotTold) {
  ASSERT_FALSE(getOnly(*tasks[4]).hasKnobsOf(getOnly(*tasks[0])));
  ASSERT_TRUE(getOnly(*tasks[3]).hasKnobsOf(getOnly(*tasks[0])));
  for (size_t task = 0; task < 5; ++task)
    tell(task, 0, 1 + task);
  EXPECT_EQ(Told(), inform(4));
  for (const auto &[source, seconds] : inform(0))
    EXPECT_NE(4, source);
}

TEST_F(TaskExchangeTest, FailuresAreToldAsSuch) {
  Measurement wrong;
  wrong.outcome = Outcome::WrongResult;
  tasks[1]->tell({0, getOnly(*tasks[1]).getSpace().getDefault()}, wrong);
  EXPECT_EQ(Told({{1, {0}}}), inform(0));
}

} // namespace
