//===- ApplySchedules.cpp - tuned schedules onto a module, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/ApplySchedules.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Tasks/PrepareForTarget.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// Adds what the source chooses for each task to `spec`, or its default
/// configuration. Returns how many were added.
FailureOr<int64_t> collectSchedules(ModuleOp module, ModuleOp spec,
                                    ArrayRef<TuningTask> tasks,
                                    const ApplyOptions &options,
                                    const TargetDescription &target) {
  if (options.source)
    if (llvm::Error failed = options.source->open(target))
      return emitError(module.getLoc()) << llvm::toString(std::move(failed));
  FailureOr<ScheduleLibrary> library = ScheduleLibrary::load(
      module.getContext(), options.libraries, target.kindName());
  if (failed(library))
    return failure();
  int64_t added = 0;
  for (const TuningTask &task : tasks) {
    MatchedTask matched =
        matchTask(task, *library, target.toDLTI(module.getContext()));
    if (matched.schedules.empty())
      continue;
    std::optional<ScheduleChoice> choice;
    if (options.source) {
      llvm::Expected<std::optional<ScheduleChoice>> chosen =
          options.source->choose(matched);
      if (!chosen)
        return emitError(module.getLoc()) << llvm::toString(chosen.takeError());
      choice = std::move(*chosen);
    }
    if (!choice && options.defaults)
      choice = {0, matched.schedules.front().space.getDefault()};
    if (!choice)
      continue;
    const TaskSchedule &schedule = matched.schedules[choice->schedule];
    if (failed(addResolvedSchedule(spec, task.key, schedule.match,
                                   schedule.space, choice->configuration)))
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
  if (!embedded && options.spec.empty() && !options.source && !options.defaults)
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
  if (succeeded(result) && (options.source || options.defaults)) {
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
      result = apply(*spec, options.source ? options.source->getName()
                                           : "the built-in library");
  }
  module->removeAttr(DLTIDialect::kTargetSystemDescAttrName);
  // What schedules do to weights alone is done once, at load.
  if (failed(result) || (options.prepare && failed(hoistConstants(module))))
    return failure();
  return applied;
}
