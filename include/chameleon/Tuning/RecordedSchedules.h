//===- RecordedSchedules.h - apply what the tuning database knows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   RecordedSchedules records(path);
//   ApplyOptions options;
//   options.source = &records;
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_RECORDEDSCHEDULES_H
#define CHAMELEON_TUNING_RECORDEDSCHEDULES_H

#include "chameleon/Database/Database.h"
#include "chameleon/Tasks/ApplySchedules.h"
#include "chameleon/Tuning/TaskRecords.h"

namespace chameleon {

/// The best record of each task on the target. The file must exist.
class RecordedSchedules final : public ScheduleSource {
public:
  explicit RecordedSchedules(std::string path) : path(std::move(path)) {}

  llvm::Error open(const Device &device) override;
  llvm::Expected<std::optional<ScheduleChoice>>
  choose(const MatchedTask &task) override;

private:
  std::string path;
  RecordOrigin origin;
  std::unique_ptr<Database> database;
};

} // namespace chameleon

#endif // CHAMELEON_TUNING_RECORDEDSCHEDULES_H
