//===- RecordedSchedulesTest.cpp - apply what the tuning database knows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/RecordedSchedules.h"
#include "FakeTuning.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

using namespace chameleon;

namespace {

class RecordedSchedulesTest : public TuningTest {
protected:
  void SetUp() override {
    makeTasks(makeModel(), {writeLibrary()});
    llvm::SmallString<128> file;
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("tuning", "db", file));
    path = file.str();
    databaseRemover.setFile(path);
    // A task twice, as if two schedules of the same name and text competed.
    auto extracted = extractTasks(*module);
    matched = matchTask(extracted->front(), *library, device->toDLTI(&context));
    ASSERT_FALSE(matched.schedules.empty());
    matched.schedules.truncate(1);
    TaskSchedule other = matched.schedules.front();
    other.name = "mine.mlir@other";
    matched.schedules.push_back(other);
  }
  void add(Database &database, size_t schedule, size_t seed, double seconds,
           bool final, Outcome outcome = Outcome::Ok) {
    Measurement measurement;
    measurement.outcome = outcome;
    measurement.seconds = seconds;
    llvm::cantFail(database.add(makeRecord(
        matched.task.key, getRecordOrigin(*device), matched.schedules[schedule],
        getConfiguration(seed), measurement, final)));
  }
  Configuration getConfiguration(size_t seed) {
    return matched.schedules.front().space.getSeeds()[seed];
  }
  std::optional<ScheduleChoice> choose() {
    RecordedSchedules records(path);
    llvm::cantFail(records.open(*device));
    return llvm::cantFail(records.choose(matched));
  }

  std::shared_ptr<const Device> device = llvm::cantFail(CPUDevice::ofHost(1));
  std::string path;
  llvm::FileRemover databaseRemover;
  MatchedTask matched;
};

TEST_F(RecordedSchedulesTest, TheBestOverSchedulesFinalsFirst) {
  ASSERT_GE(matched.schedules.front().space.getSeeds().size(), 2u);
  auto database = llvm::cantFail(Database::open(path));
  EXPECT_FALSE(choose());
  add(*database, 0, 0, 5, false);
  EXPECT_EQ((ScheduleChoice{0, getConfiguration(0)}), choose());
  add(*database, 1, 0, 4, false);
  EXPECT_EQ((ScheduleChoice{1, getConfiguration(0)}), choose());
  add(*database, 1, 1, 1, false, Outcome::WrongResult);
  EXPECT_EQ((ScheduleChoice{1, getConfiguration(0)}), choose());
  add(*database, 0, 1, 4.5, true);
  EXPECT_EQ((ScheduleChoice{0, getConfiguration(1)}), choose())
      << "timed against the others at the end of a run";
}

/// Others may have written the file.
TEST_F(RecordedSchedulesTest, WhatCannotBeReadIsNoChoice) {
  auto database = llvm::cantFail(Database::open(path));
  Measurement measurement;
  measurement.seconds = 1;
  Record record = makeRecord(matched.task.key, getRecordOrigin(*device),
                             matched.schedules.front(), getConfiguration(0),
                             measurement, /*final=*/true);
  std::string deep;
  for (int i = 0; i < 200000; ++i)
    deep += "{a = ";
  for (llvm::StringRef text :
       {"", "{", "7 : i64", "{mr = }", "!", deep.c_str()}) {
    record.configuration = text;
    llvm::cantFail(database->add(record));
  }
  add(*database, 0, 0, 0, true);
  add(*database, 0, 1, -1, true);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(choose());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(RecordedSchedulesTest, RecordsOfAnotherTextAreNone) {
  auto database = llvm::cantFail(Database::open(path));
  add(*database, 0, 0, 5, true);
  matched.schedules.front().match.fingerprint = "changed";
  EXPECT_FALSE(choose());
}

TEST_F(RecordedSchedulesTest, RecordsOfAnotherGeneratorAreNone) {
  auto database = llvm::cantFail(Database::open(path));
  RecordOrigin origin = getRecordOrigin(*device);
  origin.generator = "older";
  Measurement measurement;
  measurement.outcome = Outcome::Ok;
  measurement.seconds = 5;
  llvm::cantFail(database->add(
      makeRecord(matched.task.key, origin, matched.schedules.front(),
                 getConfiguration(0), measurement, /*final=*/true)));
  EXPECT_FALSE(choose());
}

TEST_F(RecordedSchedulesTest, AnAbsentDatabaseIsAnError) {
  RecordedSchedules records(path + ".absent");
  llvm::Error failed = records.open(*device);
  ASSERT_TRUE(static_cast<bool>(failed));
  EXPECT_TRUE(
      llvm::StringRef(llvm::toString(std::move(failed))).contains(".absent"));
}

} // namespace
