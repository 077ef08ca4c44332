//===- TrialStoreTest.cpp - where the trials of a run are kept
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Tuning/TrialStore.h"
#include "FakeTuning.h"
#include "llvm/Support/FileSystem.h"

using namespace chameleon;

namespace {

class TrialStoreTest : public TuningTest {
protected:
  void SetUp() override {
    llvm::SmallString<128> folder;
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("trials", folder));
    path = folder.str();
    options.database = path + "/tuning.db";
    makeTasks(makeModel());
  }
  void TearDown() override { llvm::sys::fs::remove_directories(path); }
  TrialStore open() {
    return llvm::cantFail(
        TrialStore::open(options, {"target", "generator"}, tasks));
  }
  /// The default configuration of a task's only schedule took so long.
  void add(TrialStore &store, size_t task, double seconds, bool final) {
    Measurement measurement;
    measurement.outcome = Outcome::Ok;
    measurement.seconds = seconds;
    store.add(*tasks[task],
              {0, tasks[task]->getSchedules()[0].getSpace().getDefault()},
              measurement, final);
  }

  TuningOptions options;
  std::string path;
};

TEST_F(TrialStoreTest, AnotherRunReusesWhatWasAdded) {
  {
    TrialStore store = open();
    add(store, 0, 4, false);
    add(store, 1, 5, true);
    EXPECT_EQ("", store.getFailure());
  }
  makeTasks(makeModel());
  TrialStore store = open();
  EXPECT_EQ(1, tasks[0]->countTrials());
  EXPECT_EQ(4, tasks[0]->getReport().bestSeconds);
  EXPECT_FALSE(tasks[0]->isFinished(1)) << "no finals yet";
  EXPECT_TRUE(tasks[1]->isFinished(1));
  EXPECT_EQ(0, tasks[2]->countTrials());
}

TEST_F(TrialStoreTest, ARunThatRecordsReusesNothingAndWritesAFileATask) {
  {
    TrialStore store = open();
    add(store, 0, 4, true);
  }
  makeTasks(makeModel());
  options.record = path + "/space.json";
  TrialStore store = open();
  EXPECT_EQ(0, tasks[0]->countTrials());
  add(store, 0, 3, false);
  add(store, 2, 3, false);
  add(store, 2, 3, true);
  EXPECT_FALSE(static_cast<bool>(store.writeRecordings("device")));
  auto exists = [&](size_t task) {
    return llvm::sys::fs::exists(SpaceRecorder::getPath(
        options.record, tasks[task]->getFunction().getSymName(), false));
  };
  EXPECT_TRUE(exists(0));
  EXPECT_FALSE(exists(1));
  EXPECT_TRUE(exists(2));
}

TEST_F(TrialStoreTest, WithoutADatabaseNothingIsKept) {
  options.noDatabase = true;
  TrialStore store = open();
  add(store, 0, 4, true);
  EXPECT_EQ("", store.getFailure());
  EXPECT_FALSE(llvm::sys::fs::exists(options.database));
}

TEST_F(TrialStoreTest, ADatabaseThatCannotBeOpenedIsAnError) {
  options.database = "/proc/nowhere/tuning.db";
  llvm::Expected<TrialStore> store =
      TrialStore::open(options, {"target", "generator"}, tasks);
  ASSERT_FALSE(static_cast<bool>(store));
  EXPECT_TRUE(
      llvm::StringRef(llvm::toString(store.takeError())).contains("/proc"));
}

} // namespace
