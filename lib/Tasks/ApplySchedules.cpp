//===- ApplySchedules.cpp - tuned schedules onto a module, without a device
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/ApplySchedules.h"
#include "Rehearse.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/Seal.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Tasks/ApplyToTask.h"
#include "chameleon/Tasks/PrepareForTarget.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace chameleon;

namespace {

/// True if nothing has been applied to the task yet.
bool isPlain(const TuningTask &task) {
  func::FuncOp function = task.function;
  return function
      .walk([](Operation *op) {
        return op->hasAttr(anchorAttribute) ? WalkResult::interrupt()
                                            : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The state of one call of `applySchedules`.
class Application {
public:
  Application(ModuleOp module, const ApplyOptions &options,
              const Device &device, MutableArrayRef<TuningTask> tasks)
      : module(module), options(options), device(device), tasks(tasks) {}

  /// Applies the schedules of a spec. A spec for other models is a warning.
  void applySpec(ModuleOp spec, StringRef source);
  /// Applies what the source knows or the defaults, to the tasks that are left.
  LogicalResult applyChoices();

  int64_t applied = 0;

private:
  /// Returns why the task stays as it is, or nothing.
  std::optional<std::string> apply(const MatchedTask &matched,
                                   const ScheduleChoice &choice,
                                   TuningTask &task);
  LogicalResult choose(MatchedTask matched, TuningTask &task);

  ModuleOp module;
  const ApplyOptions &options;
  const Device &device;
  MutableArrayRef<TuningTask> tasks;
};

} // namespace

/// Whether applying the spec to all of its tasks comes to an end.
static bool rehearseAll(ModuleOp spec, const llvm::StringSet<> &keys,
                        ArrayRef<TuningTask> tasks) {
  OwningOpRef<ModuleOp> payload = ModuleOp::create(spec.getLoc());
  for (const TuningTask &task : tasks) {
    if (!keys.contains(task.key))
      continue;
    func::FuncOp function = task.function;
    (*payload)->setDiscardableAttrs(
        function->getParentOfType<ModuleOp>()->getDiscardableAttrDictionary());
    payload->push_back(function.clone());
  }
  return payload->getBody()->empty() || !rehearse(spec, *payload);
}

std::optional<int64_t>
chameleon::applySpecToTasks(ModuleOp spec, MutableArrayRef<TuningTask> tasks) {
  llvm::StringSet<> keys;
  for (StringRef key : getTaskKeys(spec))
    keys.insert(key);
  // What a user has changed is rehearsed: for all tasks at once, and for each
  // only if that does not come to an end.
  bool isTrusted = isSealed(spec) || rehearseAll(spec, keys, tasks);
  std::optional<int64_t> applied;
  for (TuningTask &task : tasks) {
    if (!keys.contains(task.key))
      continue;
    std::optional<std::string> refusal;
    if (!isTrusted)
      refusal = rehearseTask(spec, task);
    if (!refusal)
      refusal = applyToTask(spec, task);
    applied = applied.value_or(0) + !refusal;
    if (refusal)
      remarkLeftAsItIs(task, *refusal);
  }
  return applied;
}

void Application::applySpec(ModuleOp spec, StringRef source) {
  if (std::optional<int64_t> known = applySpecToTasks(spec, tasks))
    applied += *known;
  else
    emitWarning(module.getLoc()) << source << " has no schedule for any of the "
                                 << tasks.size() << " tasks of this module";
}

std::optional<std::string> Application::apply(const MatchedTask &matched,
                                              const ScheduleChoice &choice,
                                              TuningTask &task) {
  OwningOpRef<ModuleOp> spec = createSpec(module.getContext());
  const TaskSchedule &schedule = matched.schedules[choice.schedule];
  if (failed(addResolvedSchedule(*spec, task.key, schedule.match,
                                 schedule.space, choice.configuration)))
    return "its configuration is not legal";
  if (!StringRef(schedule.name).starts_with("builtin:"))
    if (std::optional<std::string> end = rehearseTask(*spec, task))
      return end;
  return applyToTask(*spec, task);
}

/// The source's choice, else the first schedule whose default can be applied.
LogicalResult Application::choose(MatchedTask matched, TuningTask &task) {
  SmallVector<ScheduleChoice> choices;
  if (options.source) {
    llvm::Expected<std::optional<ScheduleChoice>> chosen =
        options.source->choose(matched);
    if (!chosen)
      return emitError(module.getLoc()) << llvm::toString(chosen.takeError());
    if (*chosen)
      choices.push_back(std::move(**chosen));
  }
  if (options.defaults)
    for (auto [index, schedule] : llvm::enumerate(matched.schedules))
      choices.push_back({index, schedule.space.getDefault()});
  bool isApplied = false;
  for (const ScheduleChoice &choice : choices) {
    std::optional<std::string> refusal = apply(matched, choice, task);
    isApplied = !refusal;
    if (isApplied)
      break;
    matched.refused.push_back(
        {matched.schedules[choice.schedule].name, *refusal});
  }
  applied += isApplied;
  if (!choices.empty() && !isApplied)
    matched.schedules.clear();
  matched.task = task;
  remarkOnRefusals(matched);
  return success();
}

LogicalResult Application::applyChoices() {
  if (options.source)
    if (llvm::Error failed = options.source->open(device))
      return emitError(module.getLoc()) << llvm::toString(std::move(failed));
  FailureOr<ScheduleLibrary> library =
      ScheduleLibrary::load(module.getContext(), options.libraries,
                            device.getBackend().getSchedules());
  if (failed(library))
    return failure();
  Attribute facts = device.toDLTI(module.getContext());
  for (TuningTask &task : tasks) {
    // What a spec has dealt with already is not scheduled twice.
    if (!isPlain(task))
      continue;
    if (failed(choose(matchTask(task, *library, facts), task)))
      return failure();
  }
  return success();
}

FailureOr<int64_t> chameleon::applySchedules(ModuleOp module,
                                             const ApplyOptions &options) {
  DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  deviceOptions.precision = options.precision;
  llvm::Expected<std::shared_ptr<const Device>> device = BackendRegistry::parse(
      module.getContext(), options.target, deviceOptions);
  if (!device)
    return emitError(module.getLoc()) << llvm::toString(device.takeError());
  OwningOpRef<ModuleOp> embedded = takeEmbeddedSpec(module);
  if (!embedded && options.spec.empty() && !options.source && !options.defaults)
    return emitError(module.getLoc())
           << "no schedules to apply: the module embeds none, and none of the "
              "options spec, database and defaults is set";
  bool outlined = llvm::any_of(module.getOps<func::FuncOp>(),
                               [](func::FuncOp f) { return isTask(f); });
  if (!outlined && options.prepare &&
      failed(prepareForTarget(module, **device)))
    return failure();
  FailureOr<SmallVector<TuningTask>> tasks =
      extractTasks(module, (*device)->joinsRows());
  if (failed(tasks))
    return failure();
  OwningOpRef<ModuleOp> given;
  if (!options.spec.empty()) {
    given = parseSpecFile(module.getContext(), options.spec);
    if (!given)
      return failure();
  }

  // The module carries the facts of its target while schedules read them.
  module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                  (*device)->toDLTI(module.getContext()));
  Application application(module, options, **device, *tasks);
  if (given)
    application.applySpec(*given, "spec '" + options.spec + "'");
  else if (embedded)
    application.applySpec(*embedded, "the embedded spec");
  LogicalResult result = success();
  if (options.source || options.defaults)
    result = application.applyChoices();
  module->removeAttr(DLTIDialect::kTargetSystemDescAttrName);
  // What schedules do to weights alone is done once, at load.
  if (failed(result) || (options.prepare && failed(hoistConstants(module))))
    return failure();
  return application.applied;
}
