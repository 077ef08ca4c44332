//===- TaskRecords.cpp - trials of a task in the tuning database
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TaskRecords.h"
#include "chameleon/Measure/Check.h"
#include "chameleon/Runtime/Nesting.h"
#include "chameleon/Target/Backend.h"
#include "mlir/AsmParser/AsmParser.h"
#include <cmath>

using namespace mlir;
using namespace chameleon;

RecordOrigin chameleon::getRecordOrigin(const Device &device) {
  return {device.getKey(), device.getBackend().getGenerator()};
}

Record chameleon::makeRecord(StringRef taskKey, const RecordOrigin &origin,
                             const TaskSchedule &schedule,
                             ArrayRef<int32_t> configuration,
                             const Measurement &measurement, bool final) {
  Record record;
  record.taskKey = taskKey.str();
  record.targetKey = origin.targetKey;
  record.generator = origin.generator;
  record.schedule = schedule.name;
  record.fingerprint = schedule.match.fingerprint;
  llvm::raw_string_ostream stream(record.configuration);
  schedule.space.toAttr(configuration).print(stream);
  record.outcome = measurement.outcome;
  record.message = measurement.message;
  record.seconds = measurement.seconds;
  record.spreadSeconds = measurement.spreadSeconds;
  record.relativeError = measurement.relativeError;
  record.compileSeconds = measurement.compileSeconds;
  record.measureSeconds = measurement.measureSeconds;
  record.final = final;
  return record;
}

std::optional<Configuration>
chameleon::readConfiguration(const DesignSpace &space, const Record &record,
                             MLIRContext *context) {
  // Others may have written the database: what this version does not read is no
  // configuration.
  constexpr unsigned maxNesting = 64;
  if (isNestedDeeper(record.configuration, maxNesting))
    return std::nullopt;
  ScopedDiagnosticHandler silence(context,
                                  [](Diagnostic &) { return success(); });
  auto attribute = dyn_cast_if_present<DictionaryAttr>(
      parseAttribute(record.configuration, context));
  return attribute ? space.fromAttr(attribute) : std::nullopt;
}

/// The tolerance that results of the task are checked with.
static double getTaskTolerance(func::FuncOp task, double tolerance) {
  bool isNarrow = llvm::any_of(task.getResultTypes(), [](Type type) {
    auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
    return element && element.getWidth() <= 16;
  });
  return isNarrow ? getTolerance(ElementKind::BF16, tolerance) : tolerance;
}

std::vector<RecordedTrial> chameleon::readTrials(const TaskSchedule &schedule,
                                                 func::FuncOp task,
                                                 ArrayRef<Record> records,
                                                 double tolerance) {
  double allowed = getTaskTolerance(task, tolerance);
  std::vector<RecordedTrial> trials;
  for (const Record &record : records) {
    if (record.schedule != schedule.name ||
        record.fingerprint != schedule.match.fingerprint)
      continue;
    std::optional<Configuration> configuration =
        readConfiguration(schedule.space, record, task.getContext());
    bool isMeasured = record.outcome != Outcome::Ok ||
                      (record.seconds > 0 && std::isfinite(record.seconds));
    if (!isMeasured || !configuration ||
        !schedule.space.isLegal(*configuration))
      continue;
    bool isWrong =
        record.outcome == Outcome::Ok && !(record.relativeError <= allowed);
    trials.push_back({std::move(*configuration),
                      isWrong ? Outcome::WrongResult : record.outcome,
                      record.seconds, record.final});
  }
  return trials;
}
