//===- DatabaseTest.cpp - what is stored comes back, and what cannot be is said
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Database/Database.h"
#include "TestFolder.h"
#include "llvm/Support/JSON.h"
#include <cmath>
#include <cstdlib>
#include <limits>

using namespace chameleon;
using DatabaseTest = DatabaseFolder;

namespace {

TEST_F(DatabaseTest, keepsEveryField) {
  auto database = llvm::cantFail(Database::open(path()));
  Record record{"task",      "target",
                "generator", "builtin:cpu/a@b",
                "f00d",      "{x = 2 : i64}",
                Outcome::Ok, "note",
                1.5e-3,      2e-5,
                3e-7,        0.25,
                0.5,         true,
                1700000000};
  ASSERT_FALSE(database->add(record));
  auto found = llvm::cantFail(database->find("task", "target", "generator"));
  ASSERT_EQ(found.size(), 1u);
  const Record &r = found[0];
  EXPECT_EQ(std::tie(r.taskKey, r.targetKey, r.generator, r.schedule,
                     r.fingerprint, r.configuration, r.outcome, r.message),
            std::tie(record.taskKey, record.targetKey, record.generator,
                     record.schedule, record.fingerprint, record.configuration,
                     record.outcome, record.message));
  EXPECT_EQ(std::tie(r.seconds, r.spreadSeconds, r.relativeError,
                     r.compileSeconds, r.measureSeconds, r.final, r.unixTime),
            std::tie(record.seconds, record.spreadSeconds, record.relativeError,
                     record.compileSeconds, record.measureSeconds, record.final,
                     record.unixTime));
}

TEST_F(DatabaseTest, bestFirstThenFailures) {
  auto database = llvm::cantFail(Database::open(path()));
  ASSERT_FALSE(database->add(makeRecord("fails", 0.1, Outcome::RunCrash)));
  ASSERT_FALSE(database->add(makeRecord("slow", 3)));
  ASSERT_FALSE(database->add(makeRecord("fast", 1)));
  std::vector<std::string> order;
  for (const Record &record :
       llvm::cantFail(database->find("task", "target", "generator")))
    order.push_back(record.configuration);
  EXPECT_EQ(order, (std::vector<std::string>{"fast", "slow", "fails"}));
  EXPECT_TRUE(
      llvm::cantFail(database->find("task", "elsewhere", "generator")).empty());
  EXPECT_TRUE(
      llvm::cantFail(database->find("other", "target", "generator")).empty());
}

TEST_F(DatabaseTest, bestPrefersFinalRecordsAndNeverFailures) {
  auto database = llvm::cantFail(Database::open(path()));
  EXPECT_FALSE(llvm::cantFail(database->best("task", "target", "generator")));
  ASSERT_FALSE(database->add(makeRecord("fails", 0.1, Outcome::WrongResult)));
  EXPECT_FALSE(llvm::cantFail(database->best("task", "target", "generator")));
  ASSERT_FALSE(database->add(makeRecord("fast", 1)));
  EXPECT_EQ(llvm::cantFail(database->best("task", "target", "generator"))
                ->configuration,
            "fast");
  Record final = makeRecord("checked", 2);
  final.final = true;
  ASSERT_FALSE(database->add(final));
  EXPECT_EQ(llvm::cantFail(database->best("task", "target", "generator"))
                ->configuration,
            "checked");
}

TEST_F(DatabaseTest, findsTheTasksOfASchedule) {
  auto database = llvm::cantFail(Database::open(path()));
  for (const char *key : {"task", "other", "failed"})
    ASSERT_FALSE(database->addTask({key, "name", "module {}", 7}));
  ASSERT_FALSE(database->add(makeRecord("a", 1)));
  ASSERT_FALSE(database->add(makeRecord("b", 2)));
  Record record = makeRecord("a", 1);
  record.targetKey = "elsewhere";
  ASSERT_FALSE(database->add(record));
  record.taskKey = "other";
  ASSERT_FALSE(database->add(record));
  record.taskKey = "unnamed"; // its task was never added
  ASSERT_FALSE(database->add(record));
  record = makeRecord("a", 1, Outcome::RunCrash);
  record.taskKey = "failed";
  ASSERT_FALSE(database->add(record));
  std::vector<std::string> found;
  record = makeRecord("a", 1);
  for (const MeasuredTask &measured : llvm::cantFail(
           database->findTasks(record.schedule, record.fingerprint))) {
    found.push_back(measured.task.key + " " + measured.targetKey);
    EXPECT_EQ(measured.task.payload, "module {}");
    EXPECT_EQ(measured.task.flops, 7);
  }
  EXPECT_EQ(found, (std::vector<std::string>{"other elsewhere",
                                             "task elsewhere", "task target"}));
  EXPECT_TRUE(
      llvm::cantFail(database->findTasks(record.schedule, "f2")).empty());
  EXPECT_TRUE(
      llvm::cantFail(database->findTasks("s2", record.fingerprint)).empty());
}

TEST_F(DatabaseTest, newerReplacesOlder) {
  auto database = llvm::cantFail(Database::open(path()));
  ASSERT_FALSE(database->add(makeRecord("a", 1)));
  ASSERT_FALSE(database->add(makeRecord("a", 2, Outcome::RunTimeout)));
  auto found = llvm::cantFail(database->find("task", "target", "generator"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].outcome, Outcome::RunTimeout);
  Record other = makeRecord("a", 1);
  other.fingerprint = "f2";
  ASSERT_FALSE(database->add(other));
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 2);
  other = makeRecord("a", 1);
  other.generator = "another";
  ASSERT_FALSE(database->add(other));
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 3);
  EXPECT_EQ(llvm::cantFail(database->find("task", "target", "another")).size(),
            1u);
}

TEST_F(DatabaseTest, stampsTheTime) {
  auto database = llvm::cantFail(Database::open(path()));
  int64_t before = std::time(nullptr);
  ASSERT_FALSE(database->add(makeRecord("a")));
  int64_t stamp =
      llvm::cantFail(database->find("task", "target", "generator"))[0].unixTime;
  EXPECT_GE(stamp, before);
  EXPECT_LE(stamp, std::time(nullptr));
}

TEST_F(DatabaseTest, keepsOddValues) {
  auto database = llvm::cantFail(Database::open(path()));
  Record odd =
      makeRecord("{s = \"it's; DROP TABLE record\"}",
                 std::numeric_limits<double>::infinity(), Outcome::WrongResult);
  odd.relativeError = std::numeric_limits<double>::quiet_NaN();
  odd.message = std::string("zero \0 byte, bad \xff utf-8", 25);
  ASSERT_FALSE(database->add(odd));
  Record found =
      llvm::cantFail(database->find("task", "target", "generator"))[0];
  EXPECT_EQ(found.configuration, odd.configuration);
  EXPECT_EQ(found.message, odd.message);
  EXPECT_TRUE(std::isinf(found.seconds));
  EXPECT_TRUE(std::isnan(found.relativeError));

  std::string text;
  llvm::raw_string_ostream stream(text);
  ASSERT_FALSE(database->exportJsonLines(stream));
  auto parsed = llvm::json::parse(text);
  ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
  EXPECT_EQ(*parsed->getAsObject()->get("relative_error"), nullptr);
}

/// A newer version may store outcomes that this one does not know.
TEST_F(DatabaseTest, unknownOutcomesAreOnlyExported) {
  auto database = llvm::cantFail(Database::open(path()));
  ASSERT_FALSE(database->add(makeRecord("known", 2)));
  ASSERT_FALSE(database->add(makeRecord("unknown", 1)));
  runSQL(path(), "UPDATE record SET outcome = 'too-hot' "
                 "WHERE configuration = 'unknown'");
  auto found = llvm::cantFail(database->find("task", "target", "generator"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].configuration, "known");
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 2);
  std::string text;
  llvm::raw_string_ostream stream(text);
  ASSERT_FALSE(database->exportJsonLines(stream));
  EXPECT_NE(text.find("\"outcome\":\"too-hot\""), std::string::npos);
}

/// SQLite stores what it is given, whatever the column is declared as.
TEST_F(DatabaseTest, whatIsOfAnotherTypeIsNoTimeAndNeverTheBest) {
  auto database = llvm::cantFail(Database::open(path()));
  for (const char *configuration : {"text", "blob", "null", "negative", "good"})
    ASSERT_FALSE(database->add(makeRecord(configuration, 3)));
  runSQL(path(), "UPDATE record SET seconds = '0.5 s', final = 'yes', "
                 "unix_time = x'00', message = x'00ff' "
                 "WHERE configuration = 'text';"
                 "UPDATE record SET seconds = x'3f00' "
                 "WHERE configuration = 'blob';"
                 "UPDATE record SET seconds = NULL "
                 "WHERE configuration = 'null';"
                 "UPDATE record SET seconds = -1 "
                 "WHERE configuration = 'negative'");
  auto best = llvm::cantFail(database->best("task", "target", "generator"));
  ASSERT_TRUE(best);
  EXPECT_EQ(best->configuration, "good");
  auto found = llvm::cantFail(database->find("task", "target", "generator"));
  EXPECT_EQ(found.size(), 5u);
  for (const Record &record : found)
    if (record.configuration == "text" || record.configuration == "blob")
      EXPECT_TRUE(std::isnan(record.seconds)) << record.configuration;
  std::string text;
  llvm::raw_string_ostream stream(text);
  EXPECT_FALSE(database->exportJsonLines(stream));
}

TEST_F(DatabaseTest, exportsOneObjectALine) {
  auto database = llvm::cantFail(Database::open(path()));
  ASSERT_FALSE(database->addTask({"task", "matmul 8x8x8", "module {}", 1024}));
  ASSERT_FALSE(database->add(makeRecord("a", 0.5)));
  Record orphan = makeRecord("b", 1, Outcome::CompileError);
  orphan.taskKey = "unnamed";
  orphan.message = "line 1\nline 2";
  ASSERT_FALSE(database->add(orphan));
  std::string text;
  llvm::raw_string_ostream stream(text);
  ASSERT_FALSE(database->exportJsonLines(stream));
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(text).split(lines, '\n', -1, /*KeepEmpty=*/false);
  ASSERT_EQ(lines.size(), 2u);
  llvm::json::Object first =
      *llvm::cantFail(llvm::json::parse(lines[0])).getAsObject();
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(first.getString("task_name"), "matmul 8x8x8");
  EXPECT_EQ(first.getString("configuration"), "a");
  EXPECT_EQ(first.getNumber("seconds"), 0.5);
  llvm::json::Object second =
      *llvm::cantFail(llvm::json::parse(lines[1])).getAsObject();
  EXPECT_EQ(second.getString("task_name"), "");
  EXPECT_EQ(second.getString("message"), "line 1\nline 2");
}

TEST_F(DatabaseTest, tasksAreWrittenOnceAndUpdated) {
  auto database = llvm::cantFail(Database::open(path()));
  ASSERT_FALSE(database->addTask({"task", "old name", "module {}", 1}));
  ASSERT_FALSE(database->addTask({"task", "new name", "module {}", 1}));
  ASSERT_FALSE(database->add(makeRecord("a")));
  std::string text;
  llvm::raw_string_ostream stream(text);
  ASSERT_FALSE(database->exportJsonLines(stream));
  EXPECT_NE(text.find("new name"), std::string::npos);
  EXPECT_EQ(text.find("old name"), std::string::npos);
}

TEST_F(DatabaseTest, openMakesFoldersAndReopens) {
  std::string nested = path("a/b/c/tuning.db");
  ASSERT_FALSE(llvm::cantFail(Database::open(nested))->add(makeRecord("a")));
  EXPECT_EQ(
      llvm::cantFail(llvm::cantFail(Database::open(nested))->countRecords()),
      1);
}

TEST_F(DatabaseTest, openErrorsNamePathAndCause) {
  EXPECT_EQ(openingError(""), "the path of the tuning database is empty");
  EXPECT_EQ(openingError(folder), "cannot open tuning database '" +
                                      folder.str().str() +
                                      "': it is a directory");
  writeFile(path("file"), "text");
  EXPECT_EQ(openingError(path("file/tuning.db")),
            "cannot open tuning database '" + path("file/tuning.db") +
                "': Not a directory");
  EXPECT_NE(openingError("/proc/tuning.db")
                .find("cannot open tuning database '/proc/tuning.db'"),
            std::string::npos);
}

TEST_F(DatabaseTest, readExistingMakesNothing) {
  EXPECT_EQ(openingError(path("absent"), Database::OpenMode::ReadExisting),
            "cannot open tuning database '" + path("absent") +
                "': No such file or directory");
  EXPECT_FALSE(llvm::sys::fs::exists(path("absent")));
  ASSERT_FALSE(llvm::cantFail(Database::open(path()))->add(makeRecord("a")));
  auto database =
      llvm::cantFail(Database::open(path(), Database::OpenMode::ReadExisting));
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 1);
  std::string message = llvm::toString(database->add(makeRecord("b")));
  EXPECT_NE(message.find("cannot write tuning database"), std::string::npos)
      << message;
}

TEST_F(DatabaseTest, foreignFilesAreRefusedAndLeftAlone) {
  std::string text(5000, 'x');
  writeFile(path("text"), text);
  EXPECT_EQ(openingError(path("text")),
            "'" + path("text") +
                "' is not a tuning database: not an SQLite file");
  EXPECT_EQ(readFile(path("text")), text);

  runSQL(path("other"), "CREATE TABLE bookmarks (url TEXT)");
  std::string before = readFile(path("other"));
  EXPECT_EQ(
      openingError(path("other")),
      "'" + path("other") +
          "' is not a tuning database: an SQLite file of another application");
  EXPECT_EQ(readFile(path("other")), before);
}

TEST_F(DatabaseTest, damageIsFoundWhenOpening) {
  {
    auto database = llvm::cantFail(Database::open(path()));
    for (int i = 0; i < 500; ++i)
      ASSERT_FALSE(database->add(makeRecord(std::to_string(i))));
  }
  std::string bytes = readFile(path());
  ASSERT_GT(bytes.size(), 40000u);
  std::string scrambled = bytes;
  for (size_t i = 8192; i < 20480; ++i)
    scrambled[i] = char(i * 7);
  writeFile(path(), scrambled);
  EXPECT_NE(openingError(path()).find("tuning database '" + path() +
                                      "' is corrupt: "),
            std::string::npos)
      << openingError(path());
  writeFile(path(), bytes.substr(0, 12288));
  EXPECT_NE(openingError(path()).find("is corrupt"), std::string::npos)
      << openingError(path());
  writeFile(path(), bytes);
  EXPECT_EQ(openingError(path()), "");
}

TEST_F(DatabaseTest, defaultPathFollowsXDG) {
  auto set = [](const char *name, const char *value) {
    value ? setenv(name, value, 1) : unsetenv(name);
  };
  std::string cache =
      std::getenv("XDG_CACHE_HOME") ? std::getenv("XDG_CACHE_HOME") : "";
  std::string home = std::getenv("HOME") ? std::getenv("HOME") : "";
  set("XDG_CACHE_HOME", "/c");
  EXPECT_EQ(Database::defaultPath(), "/c/chameleon/tuning.db");
  set("HOME", "/h");
  for (const char *useless :
       {"", "relative", static_cast<const char *>(nullptr)}) {
    set("XDG_CACHE_HOME", useless);
    EXPECT_EQ(Database::defaultPath(), "/h/.cache/chameleon/tuning.db");
  }
  set("XDG_CACHE_HOME", cache.empty() ? nullptr : cache.c_str());
  set("HOME", home.empty() ? nullptr : home.c_str());
}

} // namespace
