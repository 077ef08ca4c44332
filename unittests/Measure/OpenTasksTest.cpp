//===- OpenTasksTest.cpp - many tasks in one child, and their bound
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecordingRunner.h"
#include "gtest/gtest.h"

using namespace chameleon;
using Calls = std::vector<std::string>;

namespace {

class OpenTasksTest : public testing::Test {
protected:
  OpenTasksTest() : tasks(runner, table(), /*mostBytes=*/250) {}
  static TaskTable table() {
    TaskTable table;
    for (const char *key : {"a", "b", "c"})
      table[key] = makeStoredTask(key, 100);
    return table;
  }

  RecordingRunner runner;
  OpenTasks tasks;
};

TEST_F(OpenTasksTest, ATaskIsOpenedOnce) {
  EXPECT_EQ("", tasks.open("a"));
  EXPECT_EQ("", tasks.open("b"));
  EXPECT_EQ("", tasks.open("a"));
  EXPECT_EQ(Calls({"open a", "open b"}), runner.calls);
  EXPECT_EQ(std::string(100, 'b'), runner.open["b"]);
}

TEST_F(OpenTasksTest, TheLeastRecentlyUsedMakesRoom) {
  for (const char *key : {"a", "b", "a", "c"})
    EXPECT_EQ("", tasks.open(key));
  EXPECT_EQ(Calls({"open a", "open b", "close b", "open c"}), runner.calls);
  EXPECT_EQ("", tasks.open("b"));
  EXPECT_EQ("close a", runner.calls[4]);
}

TEST_F(OpenTasksTest, WhatIsInUseStaysOpen) {
  EXPECT_EQ("", tasks.open("a"));
  tasks.hold(1, "a");
  tasks.hold(2, "a");
  tasks.hold(2, "a"); // twice is once
  EXPECT_EQ("", tasks.open("b"));
  EXPECT_EQ("", tasks.open("c"));
  EXPECT_EQ("close b", runner.calls[2]);
  tasks.release(1);
  EXPECT_EQ("", tasks.open("b"));
  EXPECT_EQ("close c", runner.calls[4]) << "a is held by 2";
  tasks.release(2);
  tasks.release(2); // nothing is held
  EXPECT_EQ("", tasks.open("c"));
  EXPECT_EQ("close a", runner.calls[6]);
}

TEST_F(OpenTasksTest, ALargeTaskIsOpenAlone) {
  tasks.add(makeStoredTask("large", 1000));
  EXPECT_EQ("", tasks.open("a"));
  EXPECT_EQ("", tasks.open("large"));
  EXPECT_EQ(Calls({"open a", "close a", "open large"}), runner.calls);
}

TEST_F(OpenTasksTest, TasksComeLater) {
  EXPECT_EQ("unknown task 'd'", tasks.open("d"));
  tasks.add(makeStoredTask("d", 10));
  EXPECT_EQ("", tasks.open("d"));
  EXPECT_EQ(std::string(10, 'd'), runner.open["d"]);
}

TEST_F(OpenTasksTest, WhatOthersHoldMayBeMissing) {
  runner.mostOpen = 1;
  EXPECT_EQ("", tasks.open("a"));
  EXPECT_EQ("", tasks.open("b"));
  EXPECT_EQ(Calls({"open a", "open b", "close a", "open b"}), runner.calls);
  tasks.hold(1, "b");
  EXPECT_EQ("no memory for c", tasks.open("c"));
  size_t tried = runner.calls.size();
  EXPECT_EQ("no memory for c", tasks.open("c")) << "remembered";
  EXPECT_EQ(tried, runner.calls.size());
}

} // namespace
