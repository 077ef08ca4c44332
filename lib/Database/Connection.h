//===- Connection.h - SQLite with owners, llvm::Error and the path in every
// message
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The little of SQLite's C interface that the database needs. Every error names
// the file and says what SQLite's code means for its owner: not a database,
// corrupt, disk full, locked, not writable.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_DATABASE_CONNECTION_H
#define CHAMELEON_LIB_DATABASE_CONNECTION_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <system_error>

struct sqlite3;
struct sqlite3_stmt;

namespace chameleon::database {

class Connection;

llvm::Error makeError(std::errc kind, const llvm::Twine &message);

/// A prepared statement, to be run many times. Parameters and columns count as
/// SQLite counts them: from 1 and from 0.
class Statement {
public:
  Statement() = default;
  Statement(Connection &connection, sqlite3_stmt *handle);

  Statement &bind(int parameter,
                  llvm::StringRef text); ///< the text must live until `finish`
  Statement &bind(int parameter, double number); ///< NaN is stored as NULL
  Statement &bind(int parameter, int64_t number);

  /// True: there is a row. Call `finish` after the last row that you want:
  /// until then the statement holds a lock.
  llvm::Expected<bool> step();
  void finish();
  /// Runs a statement without rows, and finishes it.
  llvm::Error run();

  std::string text(int column) const;
  double number(int column) const; ///< what is no number is NaN
  int64_t integer(int column) const;

private:
  struct Finalize {
    void operator()(sqlite3_stmt *handle) const;
  };
  Connection *connection = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> handle;
};

/// Finishes a statement at the end of a scope, whichever way it is left.
class FinishOnExit {
public:
  explicit FinishOnExit(Statement &statement) : statement(statement) {}
  ~FinishOnExit() { statement.finish(); }
  FinishOnExit(const FinishOnExit &) = delete;

private:
  Statement &statement;
};

class Connection {
public:
  enum class Mode { ReadWriteCreate, ReadOnly };

  /// How long a statement waits for another process before it gives up. A
  /// writer holds the lock for well under a millisecond a record; a checkpoint
  /// of a large log may take a second.
  static constexpr int busyTimeoutMilliseconds = 20000;

  static llvm::Expected<std::unique_ptr<Connection>> open(llvm::StringRef path,
                                                          Mode mode);

  const std::string &path() const { return file; }
  llvm::Error execute(const char *sql);
  llvm::Expected<Statement> prepare(llvm::StringRef sql);
  /// The first column of the first row.
  llvm::Expected<int64_t> queryInteger(llvm::StringRef sql);
  llvm::Expected<std::string> queryText(llvm::StringRef sql);

  /// What the latest call said, `code`, as an error that names the file.
  llvm::Error errorFor(int code) const;

private:
  struct Close {
    void operator()(sqlite3 *handle) const;
  };
  Connection(std::string file, sqlite3 *handle)
      : file(std::move(file)), handle(handle) {}

  std::string file;
  std::unique_ptr<sqlite3, Close> handle;
};

} // namespace chameleon::database

#endif // CHAMELEON_LIB_DATABASE_CONNECTION_H
