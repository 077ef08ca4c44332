//===- ApplySchedules.cpp - tuned schedules onto a module, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/ApplySchedules.h"
#include "chameleon/Database/Database.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/TargetDescription.h"
#include "chameleon/Tuning/TaskTuner.h"
#include "chameleon/Tuning/TuneModule.h"
#include "chameleon/Tuning/TuningTask.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// Adds the best record of each task to `spec`, or its default configuration.
/// Returns how many were added.
FailureOr<int64_t> collectSchedules(ModuleOp module, ModuleOp spec,
                                    ArrayRef<TuningTask> tasks,
                                    const ApplyOptions &options,
                                    const TargetDescription &target) {
  std::unique_ptr<Database> database;
  if (!options.database.empty()) {
    llvm::Expected<std::unique_ptr<Database>> opened =
        Database::open(options.database, Database::OpenMode::ReadExisting);
    if (!opened)
      return emitError(module.getLoc()) << llvm::toString(opened.takeError());
    database = std::move(*opened);
  }
  FailureOr<ScheduleLibrary> library = ScheduleLibrary::load(
      module.getContext(), options.libraries, target.kindName());
  if (failed(library))
    return failure();
  int64_t added = 0;
  for (const TuningTask &task : tasks) {
    std::unique_ptr<TaskTuner> tuner =
        TaskTuner::create(task, *library, target.toDLTI(module.getContext()));
    if (!tuner)
      continue;
    if (database) {
      llvm::Expected<std::vector<Record>> records =
          database->find(task.key, databaseTargetKey(target));
      if (!records)
        return emitError(module.getLoc())
               << llvm::toString(records.takeError());
      tuner->reuse(*records);
    }
    std::vector<Configuration> choice = tuner->getFastest(1);
    if (tuner->winner)
      choice = {*tuner->winner};
    if (choice.empty() && options.defaults)
      choice = {tuner->getSpace().getDefault()};
    if (choice.empty())
      continue;
    if (failed(addResolvedSchedule(spec, task.key, tuner->getSchedule(),
                                   tuner->getSpace(), choice.front())))
      return failure();
    ++added;
  }
  return added;
}

} // namespace

FailureOr<int64_t> chameleon::applySchedules(ModuleOp module,
                                             const ApplyOptions &options) {
  llvm::Expected<TargetDescription> target =
      TargetDescription::parse(options.target, options.threads);
  if (!target)
    return emitError(module.getLoc()) << llvm::toString(target.takeError());
  OwningOpRef<ModuleOp> embedded = takeEmbeddedSpec(module);
  if (!embedded && options.spec.empty() && options.database.empty() &&
      !options.defaults)
    return emitError(module.getLoc())
           << "no schedules to apply: the module embeds none, and none of the "
              "options spec, database and defaults is set";
  bool outlined =
      llvm::any_of(module.getOps<func::FuncOp>(),
                   [](func::FuncOp f) { return f->hasAttr("chameleon.task"); });
  if (!outlined && options.prepare && failed(prepareForTarget(module, *target)))
    return failure();
  FailureOr<SmallVector<TuningTask>> tasks =
      extractTasks(module, target->joinsRows());
  if (failed(tasks))
    return failure();

  // The module carries the facts of its target while schedules read them.
  module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                  target->toDLTI(module.getContext()));
  int64_t applied = 0;
  auto apply = [&](ModuleOp spec, StringRef source) -> LogicalResult {
    llvm::StringSet<> keys;
    for (StringRef key : getTaskKeys(spec))
      keys.insert(key);
    int64_t known = llvm::count_if(*tasks, [&](const TuningTask &task) {
      return keys.contains(task.key);
    });
    if (known == 0) {
      emitWarning(module.getLoc())
          << source << " has no schedule for any of the " << tasks->size()
          << " tasks of this module";
      return success();
    }
    applied += known;
    return applySpec(spec, module);
  };
  LogicalResult result = success();
  if (!options.spec.empty()) {
    OwningOpRef<ModuleOp> spec =
        parseSpecFile(module.getContext(), options.spec);
    result = spec ? apply(*spec, "spec '" + options.spec + "'") : failure();
  } else if (embedded) {
    result = apply(*embedded, "the embedded spec");
  }
  if (succeeded(result) && (!options.database.empty() || options.defaults)) {
    // What the spec has dealt with already is not scheduled twice.
    SmallVector<TuningTask> left;
    for (TuningTask &task : *tasks)
      if (task.function.getBody()
              .front()
              .walk([](Operation *op) {
                return op->hasAttr("chameleon.anchor") ? WalkResult::interrupt()
                                                       : WalkResult::advance();
              })
              .wasInterrupted())
        left.push_back(task);
    OwningOpRef<ModuleOp> spec = createSpec(module.getContext());
    FailureOr<int64_t> added =
        collectSchedules(module, *spec, left, options, *target);
    if (failed(added))
      return failure();
    if (*added > 0)
      result = apply(*spec, "the database");
  }
  module->removeAttr(DLTIDialect::kTargetSystemDescAttrName);
  // What schedules do to weights alone is done once, at load.
  if (failed(result) || (options.prepare && failed(hoistConstants(module))))
    return failure();
  return applied;
}
