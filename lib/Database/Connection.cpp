//===- Connection.cpp - SQLite with owners, llvm::Error and the path in every
// message
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Connection.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <limits>
#include <sqlite3.h>

using namespace chameleon::database;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

Error chameleon::database::makeError(std::errc kind,
                                     const llvm::Twine &message) {
  return llvm::createStringError(std::make_error_code(kind), message);
}

//===----------------------------------------------------------------------===//
// Statement
//===----------------------------------------------------------------------===//

Statement::Statement(Connection &connection, sqlite3_stmt *handle)
    : connection(&connection), handle(handle) {}

void Statement::Finalize::operator()(sqlite3_stmt *handle) const {
  sqlite3_finalize(handle);
}

// Binding fails only for a parameter that the statement does not have (a
// mistake in this library, which `step` then shows as a missing value) or for
// texts over a gigabyte.
Statement &Statement::bind(int parameter, StringRef text) {
  // An empty StringRef may have no data, which SQLite would take for NULL.
  sqlite3_bind_text64(handle.get(), parameter, text.empty() ? "" : text.data(),
                      text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement &Statement::bind(int parameter, double number) {
  sqlite3_bind_double(handle.get(), parameter, number);
  return *this;
}

Statement &Statement::bind(int parameter, int64_t number) {
  sqlite3_bind_int64(handle.get(), parameter, number);
  return *this;
}

Expected<bool> Statement::step() {
  int code = sqlite3_step(handle.get());
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  return connection->errorFor(code);
}

void Statement::finish() {
  sqlite3_reset(handle.get());
  sqlite3_clear_bindings(handle.get());
}

Error Statement::run() {
  FinishOnExit scope(*this);
  return step().takeError();
}

std::string Statement::text(int column) const {
  const unsigned char *data = sqlite3_column_text(handle.get(), column);
  if (!data)
    return {};
  return {reinterpret_cast<const char *>(data),
          static_cast<size_t>(sqlite3_column_bytes(handle.get(), column))};
}

double Statement::number(int column) const {
  int type = sqlite3_column_type(handle.get(), column);
  if (type != SQLITE_FLOAT && type != SQLITE_INTEGER)
    return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(handle.get(), column);
}

int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle.get(), column);
}

//===----------------------------------------------------------------------===//
// Connection
//===----------------------------------------------------------------------===//

static StringRef folderOf(StringRef path) {
  StringRef folder = llvm::sys::path::parent_path(path);
  return folder.empty() ? "." : folder;
}

void Connection::Close::operator()(sqlite3 *handle) const {
  sqlite3_close_v2(handle);
}

Expected<std::unique_ptr<Connection>> Connection::open(StringRef path,
                                                       Mode mode) {
  int flags = mode == Mode::ReadOnly
                  ? SQLITE_OPEN_READONLY
                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3 *handle = nullptr;
  // The caller has one lock for all its statements.
  int code = sqlite3_open_v2(path.str().c_str(), &handle,
                             flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection(new Connection(path.str(), handle));
  if (code != SQLITE_OK)
    return connection->errorFor(code);
  sqlite3_extended_result_codes(handle, 1);
  // Views and triggers of a file call no functions.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_timeout(handle, busyTimeoutMilliseconds);
  if (mode != Mode::ReadOnly && sqlite3_db_readonly(handle, "main") == 1)
    return makeError(std::errc::permission_denied,
                     "cannot write tuning database '" + path +
                         "': permission denied");
  return connection;
}

Error Connection::execute(const char *sql) {
  int code = sqlite3_exec(handle.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Error::success() : errorFor(code);
}

Expected<Statement> Connection::prepare(StringRef sql) {
  sqlite3_stmt *statement = nullptr;
  int code = sqlite3_prepare_v3(handle.get(), sql.data(), sql.size(),
                                SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK)
    return errorFor(code);
  return Statement(*this, statement);
}

Expected<int64_t> Connection::queryInteger(StringRef sql) {
  Expected<std::string> value = queryText(sql);
  if (!value)
    return value.takeError();
  int64_t number = 0;
  StringRef(*value).getAsInteger(10, number);
  return number;
}

Expected<std::string> Connection::queryText(StringRef sql) {
  Expected<Statement> statement = prepare(sql);
  if (!statement)
    return statement.takeError();
  Expected<bool> row = statement->step();
  if (!row)
    return row.takeError();
  return *row ? statement->text(0) : std::string();
}

Error Connection::errorFor(int code) const {
  if (!handle)
    return makeError(std::errc::not_enough_memory,
                     "cannot open tuning database '" + file +
                         "': out of memory");
  std::string detail = sqlite3_errmsg(handle.get());
  // Disk and permission errors: the system's own word says more than SQLite's.
  int systemError = sqlite3_system_errno(handle.get());
  std::string systemDetail =
      systemError ? std::generic_category().message(systemError) : detail;
  switch (code & 0xff) {
  case SQLITE_NOTADB:
    return makeError(std::errc::invalid_argument,
                     "'" + file +
                         "' is not a tuning database: not an SQLite file");
  case SQLITE_CORRUPT:
    return makeError(std::errc::io_error,
                     "tuning database '" + file + "' is corrupt: " + detail +
                         "; move it away, and save what is "
                         "left with: sqlite3 FILE .recover");
  case SQLITE_FULL:
    return makeError(std::errc::no_space_on_device,
                     "cannot write tuning database '" + file + "': disk full");
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return makeError(std::errc::device_or_resource_busy,
                     llvm::formatv("tuning database '{0}' is locked by another "
                                   "process for more than {1} s",
                                   file, busyTimeoutMilliseconds / 1000)
                         .str());
  case SQLITE_READONLY:
    return makeError(std::errc::permission_denied,
                     "cannot write tuning database '" + file + "': " + detail);
  case SQLITE_CANTOPEN:
    // SQLite tries again for reading only, so the system's latest error may be
    // about the file that could not be made.
    if (std::error_code code = llvm::sys::fs::access(
            folderOf(file), llvm::sys::fs::AccessMode::Write))
      systemDetail = code.message();
    return makeError(std::errc::permission_denied,
                     "cannot open tuning database '" + file +
                         "': " + systemDetail);
  case SQLITE_IOERR:
    return makeError(std::errc::io_error,
                     "cannot read or write tuning database '" + file +
                         "': " + systemDetail);
  default:
    return makeError(
        std::errc::io_error,
        llvm::formatv("tuning database '{0}': {1} (SQLite error {2})", file,
                      detail, code)
            .str());
  }
}
