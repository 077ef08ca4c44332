//===- TrialStore.cpp - where the trials of a run are kept
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TrialStore.h"
#include "chameleon/Tuning/RelatedTasks.h"

using namespace mlir;
using namespace chameleon;

/// Tasks of the database from which a search starts warm. More: likelier that
/// one fits; the eight first trials are shared among them.
static constexpr size_t mostRelatedTasks = 3;

llvm::Expected<TrialStore> TrialStore::open(const TuningOptions &options,
                                            RecordOrigin origin, Tasks tasks) {
  TrialStore store(options, std::move(origin), tasks);
  if (options.noDatabase)
    return std::move(store);
  std::string path =
      options.database.empty() ? Database::defaultPath() : options.database;
  llvm::Expected<std::unique_ptr<Database>> opened = Database::open(path);
  if (!opened)
    return opened.takeError();
  store.database = std::move(*opened);
  for (const auto &task : tasks) {
    const TaskReport &r = task->getReport();
    if (llvm::Error failed = store.database->addTask(
            {r.key, r.name, task->getMeasureTask().payload, r.flops}))
      return std::move(failed);
    if (store.isRecording())
      continue;
    llvm::Expected<std::vector<Record>> records = store.database->find(
        r.key, store.origin.targetKey, store.origin.generator);
    if (!records)
      return records.takeError();
    task->reuse(*records, options.tolerance);
  }
  return std::move(store);
}

void TrialStore::relate(TaskTuner &task) const {
  if (!database || isRecording())
    return;
  const TaskReport &r = task.getReport();
  // Tasks of this run tell themselves what they know.
  llvm::StringSet<> others;
  if (options.share)
    for (const auto &other : tasks)
      others.insert(other->getReport().key);
  for (ScheduleTuner &schedule : task.getSchedules()) {
    Record query;
    query.taskKey = r.key;
    query.targetKey = origin.targetKey;
    query.generator = origin.generator;
    query.schedule = schedule.getSchedule().name;
    query.fingerprint = schedule.getSchedule().match.fingerprint;
    llvm::Expected<std::vector<std::vector<Record>>> related =
        findRelatedRecords(*database, task.getFunction(), r.flops, query,
                           mostRelatedTasks, others);
    if (!related) { // a cold start does as well
      llvm::consumeError(related.takeError());
      return;
    }
    for (const std::vector<Record> &records : *related)
      schedule.relate(records, task.getFunction().getContext());
  }
}

bool TrialStore::add(const TaskTuner &task, const ScheduleChoice &choice,
                     const Measurement &measurement, bool final) {
  const ScheduleTuner &schedule = task.getSchedules()[choice.schedule];
  if (isRecording() && !final)
    recorders.try_emplace(&schedule, schedule.getSpace())
        .first->second.add(choice.configuration, measurement);
  if (!database)
    return true;
  if (!failure.empty())
    return false;
  if (llvm::Error failed = database->add(
          makeRecord(task.getReport().key, origin, schedule.getSchedule(),
                     choice.configuration, measurement, final)))
    failure = llvm::toString(std::move(failed));
  return failure.empty();
}

/// The file of one schedule of a task.
static std::string getRecording(const TuningOptions &options,
                                TrialStore::Tasks tasks, const TaskTuner &task,
                                const ScheduleTuner &schedule) {
  func::FuncOp function = task.getFunction();
  std::string path =
      SpaceRecorder::getPath(options.record, function.getSymName(),
                             /*isOnly=*/tasks.size() == 1);
  if (&schedule == task.getSchedules().begin())
    return path;
  transform::NamedSequenceOp sequence = schedule.getSchedule().match.schedule;
  return SpaceRecorder::getPath(path, sequence.getSymName(),
                                /*isOnly=*/false);
}

std::vector<std::string> TrialStore::getRecordings(const TuningOptions &options,
                                                   Tasks tasks) {
  std::vector<std::string> paths;
  if (!options.record.empty())
    for (const auto &task : tasks)
      for (const ScheduleTuner &schedule : std::as_const(*task).getSchedules())
        paths.push_back(getRecording(options, tasks, *task, schedule));
  return paths;
}

llvm::Error TrialStore::writeRecordings(StringRef device) const {
  for (const auto &task : tasks) {
    for (const ScheduleTuner &schedule : std::as_const(*task).getSchedules()) {
      auto recorder = recorders.find(&schedule);
      if (recorder == recorders.end())
        continue;
      const TaskReport &r = task->getReport();
      const MatchedSchedule &match = schedule.getSchedule().match;
      if (llvm::Error failed = recorder->second.write(
              getRecording(options, tasks, *task, schedule),
              {r.key, r.name, schedule.getSchedule().name, match.fingerprint,
               device.str(), r.flops}))
        return failed;
    }
  }
  return llvm::Error::success();
}
