//===- Database.h - every trial ever measured, in SQLite
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   auto database = Database::open(path); // made if absent; WAL, several
//                                         // processes at once
//   database->add({taskKey, targetKey, schedule, fingerprint, configuration,
//                  Outcome::Ok, …});
//   for (const Record &record : *database->find(taskKey, targetKey)) …
//
// A record is on disk when `add` returns. One record per (task, target,
// generator, schedule, fingerprint, configuration); a newer one replaces the
// older. Failures are records too. Outcomes that only a newer Chameleon knows
// are not read, but exported. The schema has a version; a newer one is refused
// with a clear error, an older one is migrated. Plain data: no MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_DATABASE_DATABASE_H
#define CHAMELEON_DATABASE_DATABASE_H

#include "chameleon/Database/Outcome.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chameleon {

struct Record {
  std::string taskKey;     ///< TuningTask::key
  std::string targetKey;   ///< Device::getKey()
  std::string generator;   ///< Backend::getGenerator(); before schema 2: LLVM's
                           ///< version
  std::string schedule;    ///< library name and sequence, e.g.
                           ///< builtin:cpu/conv_nchwc@conv_nchwc
  std::string fingerprint; ///< of the schedule's text
  std::string configuration; ///< text of a dictionary attribute: {kob = 2 :
                             ///< i64, owb = 14 : i64}
  Outcome outcome = Outcome::Ok;
  std::string message; ///< why it failed
  double seconds = 0, spreadSeconds = 0, relativeError = 0, compileSeconds = 0,
         measureSeconds = 0;
  bool final =
      false; ///< measured with the full policy and the best optimisation
  int64_t unixTime = 0; ///< set by `add` if 0
};

/// What a task is, for people and for warm starts.
struct TaskRecord {
  std::string key, name, payload; ///< payload: module text
  double flops = 0;
};

/// A task that something right was measured of, and where.
struct MeasuredTask {
  TaskRecord task;
  std::string targetKey, generator;
};

/// May be used by several threads; not across `fork`.
class Database {
public:
  enum class OpenMode {
    ReadWrite,    ///< made if absent, with its folders; migrated if older
    ReadExisting, ///< an error if absent; nothing is written, except that an
                  ///< older one is migrated
  };
  /// Errors name the path: unwritable, not a database or corrupt, a newer
  /// schema (found and expected version), disk full.
  static llvm::Expected<std::unique_ptr<Database>>
  open(llvm::StringRef path, OpenMode mode = OpenMode::ReadWrite);
  /// `$XDG_CACHE_HOME/chameleon/tuning.db`, else
  /// `~/.cache/chameleon/tuning.db`.
  static std::string defaultPath();
  ~Database();

  /// When it returns, the record survives the death of this process, SIGKILL
  /// included. A power failure may cost the latest ones, never the file. Costs
  /// about 0.1 ms.
  llvm::Error add(const Record &record);
  llvm::Error addTask(const TaskRecord &task);
  /// All records of a task on a target by a code generator, any schedule and
  /// outcome, best first (ok by seconds, then failures).
  llvm::Expected<std::vector<Record>> find(llvm::StringRef taskKey,
                                           llvm::StringRef targetKey,
                                           llvm::StringRef generator) const;
  /// The best ok record: final ones first if there are any, then by seconds.
  llvm::Expected<std::optional<Record>> best(llvm::StringRef taskKey,
                                             llvm::StringRef targetKey,
                                             llvm::StringRef generator) const;
  /// All tasks with an ok record of this schedule and fingerprint, by target
  /// and code generator, in the order of their keys.
  llvm::Expected<std::vector<MeasuredTask>>
  findTasks(llvm::StringRef schedule, llvm::StringRef fingerprint) const;
  llvm::Expected<int64_t> countRecords() const;
  /// One JSON object a line: records with all their fields, and the name of
  /// their task.
  llvm::Error exportJsonLines(llvm::raw_ostream &stream) const;

private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace chameleon

#endif // CHAMELEON_DATABASE_DATABASE_H
