//===- RecordedSchedules.cpp - apply what the tuning database knows
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/RecordedSchedules.h"

using namespace chameleon;

llvm::Error RecordedSchedules::open(const Device &device) {
  llvm::Expected<std::unique_ptr<Database>> opened =
      Database::open(path, Database::OpenMode::ReadExisting);
  if (!opened)
    return opened.takeError();
  database = std::move(*opened);
  origin = getRecordOrigin(device);
  return llvm::Error::success();
}

llvm::Expected<std::optional<ScheduleChoice>>
RecordedSchedules::choose(const MatchedTask &matched) {
  llvm::Expected<std::vector<Record>> records =
      database->find(matched.task.key, origin.targetKey, origin.generator);
  if (!records)
    return records.takeError();
  std::optional<ScheduleChoice> best;
  double bestSeconds = 0;
  bool bestIsFinal = false;
  for (auto [index, schedule] : llvm::enumerate(matched.schedules))
    for (RecordedTrial &trial :
         readTrials(schedule, matched.task.function, *records)) {
      if (trial.outcome != Outcome::Ok)
        continue;
      // Finals of one task were timed against each other.
      bool isBetter =
          !best || (trial.final && !bestIsFinal) ||
          (trial.final == bestIsFinal && trial.seconds < bestSeconds);
      if (!isBetter)
        continue;
      best = {index, std::move(trial.configuration)};
      bestSeconds = trial.seconds;
      bestIsFinal = trial.final;
    }
  return best;
}
