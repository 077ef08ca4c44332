//===- TaskRecords.h - trials of a task in the tuning database
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place where a configuration of a schedule becomes a record, and a
// record a configuration again.
//
//   for (const RecordedTrial &trial : readTrials(schedule, function, records))
//     trial.outcome;
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TUNING_TASKRECORDS_H
#define CHAMELEON_TUNING_TASKRECORDS_H

#include "chameleon/Database/Database.h"
#include "chameleon/Measure/Measurement.h"
#include "chameleon/Target/Device.h"
#include "chameleon/Tasks/MatchTask.h"
#include <limits>

namespace chameleon {

/// Where and by what code generator a measurement was made.
struct RecordOrigin {
  std::string targetKey, generator;
};
RecordOrigin getRecordOrigin(const Device &device);

Record makeRecord(llvm::StringRef taskKey, const RecordOrigin &origin,
                  const TaskSchedule &schedule,
                  llvm::ArrayRef<int32_t> configuration,
                  const Measurement &measurement, bool final);

/// A record that is still of use.
struct RecordedTrial {
  Configuration configuration;
  Outcome outcome;
  double seconds;
  bool final;
};

/// The records of this schedule, text and all, whose configurations are still
/// legal, in their order. What was right then and has an error above
/// `tolerance` (looser where results are of 16 bits) counts as wrong.
std::vector<RecordedTrial>
readTrials(const TaskSchedule &schedule, mlir::func::FuncOp task,
           llvm::ArrayRef<Record> records,
           double tolerance = std::numeric_limits<double>::infinity());

/// The configuration of a record of another task with the same knobs; nothing
/// if the schedule has other knobs or options by now.
std::optional<Configuration> readConfiguration(const DesignSpace &space,
                                               const Record &record,
                                               mlir::MLIRContext *context);

} // namespace chameleon

#endif // CHAMELEON_TUNING_TASKRECORDS_H
