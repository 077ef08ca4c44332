//===- Schema.cpp - the tables of the tuning database and how older ones become
// newer ones
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Schema.h"
#include "llvm/Support/FormatVariadic.h"
#include <memory>

using namespace chameleon::database;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;

// A measured value is NULL where it was not a number.
static constexpr const char *allMigrations[] = {
    R"sql(
  CREATE TABLE task (
    key     TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    payload TEXT NOT NULL,
    flops   REAL
  ) WITHOUT ROWID;
  CREATE TABLE record (
    id              INTEGER PRIMARY KEY,
    task_key        TEXT NOT NULL,
    target_key      TEXT NOT NULL,
    schedule        TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    configuration   TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    message         TEXT NOT NULL,
    seconds         REAL,
    spread_seconds  REAL,
    relative_error  REAL,
    compile_seconds REAL,
    measure_seconds REAL,
    final           INTEGER NOT NULL,
    unix_time       INTEGER NOT NULL,
    UNIQUE (task_key, target_key, schedule, fingerprint, configuration)
  );
)sql",
    // The code generator apart from the device: a record of the same device by
    // another generator is the nearest one. Until here only LLVM's version was
    // known, as the last word of the target's key.
    R"sql(
  CREATE TABLE newer_record (
    id              INTEGER PRIMARY KEY,
    task_key        TEXT NOT NULL,
    target_key      TEXT NOT NULL,
    generator       TEXT NOT NULL,
    schedule        TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    configuration   TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    message         TEXT NOT NULL,
    seconds         REAL,
    spread_seconds  REAL,
    relative_error  REAL,
    compile_seconds REAL,
    measure_seconds REAL,
    final           INTEGER NOT NULL,
    unix_time       INTEGER NOT NULL,
    UNIQUE (task_key, target_key, generator, schedule, fingerprint, configuration)
  );
  INSERT INTO newer_record
    SELECT id, task_key,
      iif(instr(target_key, ' llvm-'), substr(target_key, 1, instr(target_key, ' llvm-') - 1), target_key),
      iif(instr(target_key, ' llvm-'), substr(target_key, instr(target_key, ' llvm-') + 1), ''),
      schedule, fingerprint, configuration, outcome, message, seconds, spread_seconds, relative_error,
      compile_seconds, measure_seconds, final, unix_time
    FROM record;
  DROP TABLE record;
  ALTER TABLE newer_record RENAME TO record;
)sql",
};

ArrayRef<const char *> chameleon::database::migrations() {
  return allMigrations;
}

/// The file's version, if it is ours or empty and not from the future. To be
/// called within a transaction: another process may make the tables between
/// one question and the next, and an empty file with tables looks foreign.
static Expected<int64_t> readVersion(Connection &connection, int64_t known) {
  Expected<int64_t> version = connection.queryInteger("PRAGMA user_version");
  if (!version)
    return version.takeError();
  Expected<int64_t> application =
      connection.queryInteger("PRAGMA application_id");
  if (!application)
    return application.takeError();
  Expected<int64_t> tables =
      connection.queryInteger("SELECT count(*) FROM sqlite_schema");
  if (!tables)
    return tables.takeError();
  bool isEmpty = *version == 0 && *application == 0 && *tables == 0;
  if (!isEmpty && *application != applicationId)
    return makeError(std::errc::invalid_argument,
                     "'" + connection.path() +
                         "' is not a tuning database: an SQLite file of "
                         "another application");
  if (*version < 0)
    return makeError(
        std::errc::invalid_argument,
        llvm::formatv("tuning database '{0}' is corrupt: it has schema version "
                      "{1}, expected 0 to {2}",
                      connection.path(), *version, known)
            .str());
  if (*version > known)
    return makeError(
        std::errc::not_supported,
        llvm::formatv("tuning database '{0}' has schema version {1}, expected "
                      "at most {2}: it was written by a newer "
                      "chameleon; update this one, or name another database",
                      connection.path(), *version, known)
            .str());
  return version;
}

namespace {

/// From BEGIN to the end of the scope, where whatever has not been committed is
/// undone.
class Transaction {
public:
  static Expected<std::unique_ptr<Transaction>> begin(Connection &connection,
                                                      const char *sql) {
    if (Error error = connection.execute(sql))
      return error;
    return std::unique_ptr<Transaction>(new Transaction(connection));
  }
  ~Transaction() {
    if (!committed)
      llvm::consumeError(connection.execute("ROLLBACK"));
  }
  Transaction(const Transaction &) = delete;

  Error commit() {
    if (Error error = connection.execute("COMMIT"))
      return error;
    committed = true;
    return Error::success();
  }

private:
  explicit Transaction(Connection &connection) : connection(connection) {}
  Connection &connection;
  bool committed = false;
};

} // namespace

/// `readVersion` in a transaction of its own, which only reads.
static Expected<int64_t> readVersionOnce(Connection &connection,
                                         int64_t known) {
  auto transaction = Transaction::begin(connection, "BEGIN");
  if (!transaction)
    return transaction.takeError();
  return readVersion(connection, known);
}

Error chameleon::database::migrate(Connection &connection,
                                   ArrayRef<const char *> steps) {
  int64_t expected = steps.size();
  Expected<int64_t> version = readVersionOnce(connection, expected);
  if (!version)
    return version.takeError();
  if (*version == expected)
    return Error::success();

  // Another process may be here too: the lock first, then what is left to do.
  auto transaction = Transaction::begin(connection, "BEGIN IMMEDIATE");
  if (!transaction)
    return transaction.takeError();
  version = readVersion(connection, expected);
  if (!version)
    return version.takeError();
  for (int64_t step = *version; step < expected; ++step)
    if (Error error = connection.execute(steps[step]))
      return error;
  std::string stamp =
      llvm::formatv("PRAGMA application_id = {0}; PRAGMA user_version = {1}",
                    applicationId, expected);
  if (Error error = connection.execute(stamp.c_str()))
    return error;
  return (*transaction)->commit();
}

Expected<bool> chameleon::database::isOlder(Connection &connection,
                                            ArrayRef<const char *> steps) {
  int64_t expected = steps.size();
  Expected<int64_t> version = readVersionOnce(connection, expected);
  if (!version)
    return version.takeError();
  return *version < expected;
}
