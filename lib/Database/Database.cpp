//===- Database.cpp - every trial ever measured, in SQLite
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Database/Database.h"
#include "Connection.h"
#include "Schema.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <thread>

using namespace chameleon;
using database::Connection;
using database::FinishOnExit;
using database::makeError;
using database::Statement;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

/// Files up to this size are checked as a whole when they are opened (SQLite
/// reads about 500 MB/s), so that damage is found before hours of tuning and
/// not after.
static constexpr uint64_t maxBytesToCheck = 64 << 20;

static constexpr const char addRecordSQL[] = R"sql(
  INSERT INTO record (task_key, target_key, generator, schedule, fingerprint, configuration, outcome, message, seconds,
    spread_seconds, relative_error, compile_seconds, measure_seconds, final, unix_time)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
  ON CONFLICT (task_key, target_key, generator, schedule, fingerprint, configuration) DO UPDATE SET
    outcome = excluded.outcome, message = excluded.message, seconds = excluded.seconds,
    spread_seconds = excluded.spread_seconds, relative_error = excluded.relative_error,
    compile_seconds = excluded.compile_seconds, measure_seconds = excluded.measure_seconds,
    final = excluded.final, unix_time = excluded.unix_time)sql";

static constexpr const char addTaskSQL[] = R"sql(
  INSERT INTO task (key, name, payload, flops) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (key) DO UPDATE SET name = excluded.name, payload = excluded.payload, flops = excluded.flops
    WHERE name != excluded.name OR payload != excluded.payload OR flops IS NOT excluded.flops)sql";

// The columns in the order of `readRecord`.
#define RECORD_COLUMNS                                                         \
  "task_key, target_key, generator, schedule, fingerprint, configuration, "    \
  "outcome, message, seconds, spread_seconds, relative_error, "                \
  "compile_seconds, measure_seconds, final, unix_time"

static constexpr const char findSQL[] =
    "SELECT " RECORD_COLUMNS
    " FROM record WHERE task_key = ?1 AND target_key = ?2 AND generator = ?3"
    " ORDER BY outcome != 'ok', seconds IS NULL, seconds, id";

static constexpr const char bestSQL[] =
    "SELECT " RECORD_COLUMNS
    " FROM record WHERE task_key = ?1 AND target_key = ?2 AND generator = ?3"
    " AND outcome = 'ok' AND typeof(seconds) IN ('real', 'integer')"
    " AND seconds > 0 ORDER BY final DESC, seconds, id LIMIT 1";

static constexpr const char findTasksSQL[] =
    "SELECT DISTINCT task_key, task.name, task.payload, task.flops, target_key,"
    " generator"
    " FROM record JOIN task ON task.key = task_key WHERE schedule = ?1"
    " AND fingerprint = ?2 AND outcome = 'ok' ORDER BY task_key, target_key,"
    " generator";

static constexpr const char exportSQL[] =
    "SELECT " RECORD_COLUMNS
    ", task.name FROM record LEFT JOIN task ON task.key = task_key ORDER BY id";

#undef RECORD_COLUMNS

/// As it is stored: a newer version may know others.
static std::string readOutcome(const Statement &row) { return row.text(6); }

static Record readRecord(const Statement &row, Outcome outcome) {
  Record record;
  record.taskKey = row.text(0);
  record.targetKey = row.text(1);
  record.generator = row.text(2);
  record.schedule = row.text(3);
  record.fingerprint = row.text(4);
  record.configuration = row.text(5);
  record.outcome = outcome;
  record.message = row.text(7);
  record.seconds = row.number(8);
  record.spreadSeconds = row.number(9);
  record.relativeError = row.number(10);
  record.compileSeconds = row.number(11);
  record.measureSeconds = row.number(12);
  record.final = row.integer(13) != 0;
  record.unixTime = row.integer(14);
  return record;
}

struct Database::Impl {
  std::unique_ptr<Connection> connection;
  Statement addRecord, addTask, find, best, findTasks, count, exportAll;
  /// One connection and its statements serve all threads.
  std::mutex mutex;

  Error prepareStatements() {
    const std::pair<Statement *, const char *> statements[] = {
        {&addRecord, addRecordSQL}, {&addTask, addTaskSQL},
        {&find, findSQL},           {&best, bestSQL},
        {&findTasks, findTasksSQL}, {&count, "SELECT count(*) FROM record"},
        {&exportAll, exportSQL},
    };
    for (auto [statement, sql] : statements) {
      Expected<Statement> prepared = connection->prepare(sql);
      if (!prepared)
        return prepared.takeError();
      *statement = std::move(*prepared);
    }
    return Error::success();
  }
};

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

/// Write-ahead log: readers and the writer do not wait for each other. Where
/// SQLite cannot keep one, it stays with its rollback journal, which is slower
/// and as safe.
static Error useWriteAheadLog(Connection &connection) {
  using namespace std::chrono;
  auto giveUp =
      steady_clock::now() + milliseconds(Connection::busyTimeoutMilliseconds);
  while (true) {
    Expected<std::string> mode =
        connection.queryText("PRAGMA journal_mode = WAL");
    if (mode)
      break;
    // SQLite does not wait here, even if another process does just the same.
    std::error_code code;
    std::string message;
    llvm::handleAllErrors(mode.takeError(),
                          [&](const llvm::ErrorInfoBase &info) {
                            code = info.convertToErrorCode();
                            message = info.message();
                          });
    if (code != std::errc::device_or_resource_busy ||
        steady_clock::now() > giveUp)
      return llvm::createStringError(code, message);
    std::this_thread::sleep_for(milliseconds(5));
  }
  // NORMAL writes each commit to the log before `add` returns and syncs at
  // checkpoints: a killed process loses nothing, a power failure at most the
  // latest commits, and neither damages the file.
  return connection.execute("PRAGMA synchronous = NORMAL");
}

static Error checkIntegrity(Connection &connection) {
  uint64_t size = 0;
  if (llvm::sys::fs::file_size(connection.path(), size) ||
      size > maxBytesToCheck)
    return Error::success();
  Expected<std::string> verdict = connection.queryText("PRAGMA quick_check(1)");
  if (!verdict)
    return verdict.takeError();
  if (*verdict == "ok")
    return Error::success();
  return makeError(
      std::errc::io_error,
      "tuning database '" + connection.path() + "' is corrupt: " + *verdict +
          "; move it away, and save what is left with: sqlite3 FILE .recover");
}

static Error prepareFolder(StringRef path) {
  if (path.empty())
    return makeError(std::errc::invalid_argument,
                     "the path of the tuning database is empty");
  if (llvm::sys::fs::is_directory(path))
    return makeError(std::errc::is_a_directory,
                     "cannot open tuning database '" + path +
                         "': it is a directory");
  StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    return Error::success();
  if (std::error_code code = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError(
        code, "cannot create the folder of tuning database '" + path +
                  "': " + code.message());
  return Error::success();
}

/// A file that is only read may be an older one all the same, which becomes a
/// newer one by a connection that writes.
static Error migrateBeforeReading(Connection &connection) {
  Expected<bool> isOlder = database::isOlder(connection);
  if (!isOlder)
    return isOlder.takeError();
  if (!*isOlder)
    return Error::success();
  Expected<std::unique_ptr<Connection>> writing =
      Connection::open(connection.path(), Connection::Mode::ReadWriteCreate);
  if (!writing)
    return writing.takeError();
  return database::migrate(**writing);
}

Expected<std::unique_ptr<Database>> Database::open(StringRef path,
                                                   OpenMode mode) {
  auto impl = std::make_unique<Impl>();
  if (mode == OpenMode::ReadExisting) {
    if (std::error_code code =
            llvm::sys::fs::access(path, llvm::sys::fs::AccessMode::Exist))
      return llvm::createStringError(code, "cannot open tuning database '" +
                                               path + "': " + code.message());
    if (llvm::sys::fs::is_directory(path))
      return prepareFolder(path);
  } else if (Error error = prepareFolder(path)) {
    return error;
  }

  Expected<std::unique_ptr<Connection>> connection = Connection::open(
      path, mode == OpenMode::ReadExisting ? Connection::Mode::ReadOnly
                                           : Connection::Mode::ReadWriteCreate);
  if (!connection)
    return connection.takeError();
  impl->connection = std::move(*connection);

  if (mode == OpenMode::ReadExisting) {
    if (Error error = migrateBeforeReading(*impl->connection))
      return error;
  } else {
    if (Error error = database::migrate(*impl->connection))
      return error;
    if (Error error = useWriteAheadLog(*impl->connection))
      return error;
  }
  if (Error error = checkIntegrity(*impl->connection))
    return error;
  if (Error error = impl->prepareStatements())
    return error;
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

std::string Database::defaultPath() {
  llvm::SmallString<128> path;
  // The XDG specification: a relative path is as good as none.
  const char *cache = std::getenv("XDG_CACHE_HOME");
  if (cache && llvm::sys::path::is_absolute(cache)) {
    path = cache;
  } else if (llvm::sys::path::home_directory(path)) {
    llvm::sys::path::append(path, ".cache");
  } else {
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/false, path);
  }
  llvm::sys::path::append(path, "chameleon", "tuning.db");
  return path.str().str();
}

Database::Database(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Database::~Database() = default;

//===----------------------------------------------------------------------===//
// Writing and reading
//===----------------------------------------------------------------------===//

Error Database::add(const Record &record) {
  std::lock_guard<std::mutex> lock(impl->mutex);
  return impl->addRecord.bind(1, record.taskKey)
      .bind(2, record.targetKey)
      .bind(3, record.generator)
      .bind(4, record.schedule)
      .bind(5, record.fingerprint)
      .bind(6, record.configuration)
      .bind(7, toString(record.outcome))
      .bind(8, record.message)
      .bind(9, record.seconds)
      .bind(10, record.spreadSeconds)
      .bind(11, record.relativeError)
      .bind(12, record.compileSeconds)
      .bind(13, record.measureSeconds)
      .bind(14, static_cast<int64_t>(record.final))
      .bind(15, record.unixTime ? record.unixTime
                                : static_cast<int64_t>(std::time(nullptr)))
      .run();
}

Error Database::addTask(const TaskRecord &task) {
  std::lock_guard<std::mutex> lock(impl->mutex);
  return impl->addTask.bind(1, task.key)
      .bind(2, task.name)
      .bind(3, task.payload)
      .bind(4, task.flops)
      .run();
}

Expected<std::vector<Record>> Database::find(StringRef taskKey,
                                             StringRef targetKey,
                                             StringRef generator) const {
  std::lock_guard<std::mutex> lock(impl->mutex);
  Statement &rows =
      impl->find.bind(1, taskKey).bind(2, targetKey).bind(3, generator);
  FinishOnExit scope(rows);
  std::vector<Record> records;
  while (true) {
    Expected<bool> row = rows.step();
    if (!row)
      return row.takeError();
    if (!*row)
      return records;
    if (auto outcome = outcomeFromString(readOutcome(rows)))
      records.push_back(readRecord(rows, *outcome));
  }
}

Expected<std::optional<Record>> Database::best(StringRef taskKey,
                                               StringRef targetKey,
                                               StringRef generator) const {
  std::lock_guard<std::mutex> lock(impl->mutex);
  Statement &rows =
      impl->best.bind(1, taskKey).bind(2, targetKey).bind(3, generator);
  FinishOnExit scope(rows);
  Expected<bool> row = rows.step();
  if (!row)
    return row.takeError();
  return *row ? std::optional<Record>(readRecord(rows, Outcome::Ok))
              : std::nullopt;
}

Expected<std::vector<MeasuredTask>>
Database::findTasks(StringRef schedule, StringRef fingerprint) const {
  std::lock_guard<std::mutex> lock(impl->mutex);
  Statement &rows = impl->findTasks.bind(1, schedule).bind(2, fingerprint);
  FinishOnExit scope(rows);
  std::vector<MeasuredTask> tasks;
  while (true) {
    Expected<bool> row = rows.step();
    if (!row)
      return row.takeError();
    if (!*row)
      return tasks;
    tasks.push_back({{rows.text(0), rows.text(1), rows.text(2), rows.number(3)},
                     rows.text(4),
                     rows.text(5)});
  }
}

Expected<int64_t> Database::countRecords() const {
  std::lock_guard<std::mutex> lock(impl->mutex);
  FinishOnExit scope(impl->count);
  Expected<bool> row = impl->count.step();
  if (!row)
    return row.takeError();
  return impl->count.integer(0);
}

//===----------------------------------------------------------------------===//
// Export
//===----------------------------------------------------------------------===//

/// JSON has neither NaN nor infinities, and only valid UTF-8.
static void writeJson(llvm::json::OStream &json, const Record &record,
                      StringRef outcome, StringRef taskName) {
  auto text = [&](StringRef key, StringRef value) {
    json.attribute(key, llvm::json::isUTF8(value) ? value.str()
                                                  : llvm::json::fixUTF8(value));
  };
  auto number = [&](StringRef key, double value) {
    json.attribute(key, std::isfinite(value) ? llvm::json::Value(value)
                                             : llvm::json::Value(nullptr));
  };
  json.object([&] {
    text("task", record.taskKey);
    text("task_name", taskName);
    text("target", record.targetKey);
    text("generator", record.generator);
    text("schedule", record.schedule);
    text("fingerprint", record.fingerprint);
    text("configuration", record.configuration);
    text("outcome", outcome);
    text("message", record.message);
    number("seconds", record.seconds);
    number("spread_seconds", record.spreadSeconds);
    number("relative_error", record.relativeError);
    number("compile_seconds", record.compileSeconds);
    number("measure_seconds", record.measureSeconds);
    json.attribute("final", record.final);
    json.attribute("unix_time", record.unixTime);
  });
}

Error Database::exportJsonLines(llvm::raw_ostream &stream) const {
  std::lock_guard<std::mutex> lock(impl->mutex);
  FinishOnExit scope(impl->exportAll);
  while (true) {
    Expected<bool> row = impl->exportAll.step();
    if (!row)
      return row.takeError();
    if (!*row)
      return Error::success();
    llvm::json::OStream json(stream);
    writeJson(json, readRecord(impl->exportAll, Outcome::Ok),
              readOutcome(impl->exportAll), impl->exportAll.text(15));
    json.flush();
    stream << '\n';
  }
}
