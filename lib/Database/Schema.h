//===- Schema.h - the tables of the tuning database and how older ones become
// newer ones
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PRAGMA user_version counts the migrations that a file has seen; migration i
// turns version i into version i + 1, and version 0 is an empty file. A
// released migration is never edited: a change of the schema is a new one at
// the end, with a test that reads the file of the version before
// (unittests/Database/Inputs/schema-N.sql).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_DATABASE_SCHEMA_H
#define CHAMELEON_LIB_DATABASE_SCHEMA_H

#include "Connection.h"
#include "llvm/ADT/ArrayRef.h"

namespace chameleon::database {

/// Marks our files among SQLite's (PRAGMA application_id): "CHML".
constexpr int64_t applicationId = 0x43484d4c;

/// SQL of every migration, oldest first. Its length is the version that this
/// build reads and writes.
llvm::ArrayRef<const char *> migrations();

/// Brings the file to the version of `steps`: nothing is done twice or by
/// halves when several processes try at once. Errors: another application's
/// database; a version newer than `steps` knows.
llvm::Error migrate(Connection &connection,
                    llvm::ArrayRef<const char *> steps = migrations());

/// Whether a file that is only read is of an older version; the same errors.
llvm::Expected<bool> isOlder(Connection &connection,
                             llvm::ArrayRef<const char *> steps = migrations());

} // namespace chameleon::database

#endif // CHAMELEON_LIB_DATABASE_SCHEMA_H
