//===- SchemaTest.cpp - older files are read, newer ones refused
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Schema.h"
#include "TestFolder.h"
#include <cmath>

using namespace chameleon;
using database::Connection;
using SchemaTest = DatabaseFolder;

namespace {

/// The generator was not known then; LLVM's version was the target's last word.
TEST_F(SchemaTest, readsTheOldestVersion) {
  runSQL(path(), readFile(DATABASE_INPUTS "/schema-1.sql"));
  runSQL(path(), "UPDATE record SET target_key = 'cpu znver4 llvm-22.1.8' "
                 "WHERE id < 3");
  auto database = llvm::cantFail(Database::open(path()));
  auto found =
      llvm::cantFail(database->find("3f2a", "cpu znver4", "llvm-22.1.8"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].configuration, "{mr = 8 : i64}");
  EXPECT_EQ(found[0].seconds, 0.002);
  EXPECT_EQ(found[1].unixTime, 1700000001);
  EXPECT_EQ(llvm::cantFail(database->best("3f2a", "cpu znver4", "llvm-22.1.8"))
                ->configuration,
            "{mr = 4 : i64}");
  found = llvm::cantFail(database->find("3f2a", "cpu znver4", ""));
  ASSERT_EQ(found.size(), 1u) << "without a version";
  EXPECT_EQ(found[0].outcome, Outcome::WrongResult);
  EXPECT_TRUE(std::isnan(found[0].relativeError));
  Record record = makeRecord("{mr = 16 : i64}");
  ASSERT_FALSE(database->add(record));
  EXPECT_EQ(llvm::cantFail(database->countRecords()), 4);
}

TEST_F(SchemaTest, readsTheSecondVersion) {
  runSQL(path(), readFile(DATABASE_INPUTS "/schema-2.sql"));
  auto database = llvm::cantFail(Database::open(path()));
  EXPECT_EQ(llvm::cantFail(database->find("3f2a", "cpu znver4", "aa")).size(),
            2u);
  EXPECT_EQ(llvm::cantFail(database->find("3f2a", "cpu znver4", "bb")).size(),
            1u);
  EXPECT_EQ(
      llvm::cantFail(database->best("3f2a", "cpu znver4", "aa"))->configuration,
      "{mr = 4 : i64}");
}

TEST_F(SchemaTest, whatIsOnlyReadIsMigratedToo) {
  runSQL(path(), readFile(DATABASE_INPUTS "/schema-1.sql"));
  auto database =
      llvm::cantFail(Database::open(path(), Database::OpenMode::ReadExisting));
  EXPECT_EQ(llvm::cantFail(database->find("3f2a", "cpu znver4", "")).size(),
            3u);
}

TEST_F(SchemaTest, refusesANewerVersionWithBothNumbers) {
  llvm::cantFail(Database::open(path()));
  runSQL(path(), "PRAGMA user_version = 99");
  std::string expected = "tuning database '" + path() +
                         "' has schema version 99, expected at most " +
                         std::to_string(database::migrations().size());
  EXPECT_EQ(openingError(path()).substr(0, expected.size()), expected);
  EXPECT_EQ(openingError(path(), Database::OpenMode::ReadExisting)
                .substr(0, expected.size()),
            expected);
}

/// It once was an index into the migrations.
TEST_F(SchemaTest, refusesANegativeVersion) {
  llvm::cantFail(Database::open(path()));
  for (const char *version : {"-1", "-2147483648"}) {
    runSQL(path(), std::string("PRAGMA user_version = ") + version);
    for (auto mode :
         {Database::OpenMode::ReadWrite, Database::OpenMode::ReadExisting})
      EXPECT_EQ(openingError(path(), mode),
                "tuning database '" + path() +
                    "' is corrupt: it has schema version " + version +
                    ", expected 0 to " +
                    std::to_string(database::migrations().size()));
  }
}

/// None, though there are tables.
TEST_F(SchemaTest, refusesAVersionThatItsTablesAreNotOf) {
  llvm::cantFail(Database::open(path()));
  runSQL(path(), "PRAGMA user_version = 0");
  std::string error = openingError(path());
  EXPECT_EQ(error.substr(0, 15), "tuning database") << error;
}

TEST_F(SchemaTest, migratesStepByStepAndOnlyOnce) {
  const char *steps[] = {"CREATE TABLE t (a)", "INSERT INTO t VALUES (1)",
                         "ALTER TABLE t ADD COLUMN b DEFAULT 7"};
  auto connection = llvm::cantFail(
      Connection::open(path(), Connection::Mode::ReadWriteCreate));
  ASSERT_FALSE(
      database::migrate(*connection, llvm::ArrayRef(steps).take_front(2)));
  EXPECT_EQ(llvm::cantFail(connection->queryInteger("PRAGMA user_version")), 2);
  EXPECT_TRUE(llvm::cantFail(database::isOlder(*connection, steps)));
  for (int again = 0; again < 2; ++again)
    ASSERT_FALSE(database::migrate(*connection, steps));
  EXPECT_FALSE(llvm::cantFail(database::isOlder(*connection, steps)));
  EXPECT_EQ(llvm::cantFail(connection->queryInteger("SELECT sum(b) FROM t")),
            7);
  EXPECT_EQ(llvm::cantFail(connection->queryInteger("PRAGMA application_id")),
            database::applicationId);
}

TEST_F(SchemaTest, aMigrationThatFailsChangesNothing) {
  const char *steps[] = {"CREATE TABLE t (a)",
                         "INSERT INTO nowhere VALUES (1)"};
  auto connection = llvm::cantFail(
      Connection::open(path(), Connection::Mode::ReadWriteCreate));
  std::string message = llvm::toString(database::migrate(*connection, steps));
  EXPECT_NE(message.find("no such table"), std::string::npos) << message;
  EXPECT_EQ(llvm::cantFail(connection->queryInteger("PRAGMA user_version")), 0);
  EXPECT_EQ(llvm::cantFail(
                connection->queryInteger("SELECT count(*) FROM sqlite_schema")),
            0);
  EXPECT_FALSE(
      database::migrate(*connection, llvm::ArrayRef(steps).take_front(1)));
}

} // namespace
