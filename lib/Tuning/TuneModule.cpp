//===- TuneModule.cpp - from a module to one with schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Phases, each of which returns what the next ones need: the plan (options,
// target), the tasks, the store of trials, the machinery that measures and
// searches; the search itself, and what is embedded.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TuneModule.h"
#include "SearchLoop.h"
#include "TrialStore.h"
#include "TuningFiles.h"
#include "chameleon/Runtime/Timing.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace chameleon;

namespace {

/// What a preset stands for.
struct Effort {
  int64_t trials, patience;
};

/// `patience`: on recorded spaces the best is rarely found after so many trials
/// without a gain: 30 to 40 measurements reach 95 % on most spaces.
Effort getEffort(Preset preset) {
  switch (preset) {
  case Preset::Quick:
    return {32, 24};
  case Preset::Default:
    return {128, 64};
  case Preset::Thorough:
    return {512, 192};
  }
  llvm_unreachable("a preset outside its enumeration");
}

/// Options with everything filled in, and where they lead.
struct Plan {
  TuningOptions options;
  std::shared_ptr<const Device> device;
  std::string deviceChoice; ///< what target=auto has chosen and why; or nothing
  TuningObserver *observer = nullptr; ///< never null
  double start = 0;

  double secondsLeft() const {
    return options.seconds > 0 ? options.seconds - (monotonicSeconds() - start)
                               : std::numeric_limits<double>::infinity();
  }
};

using Tasks = std::vector<std::unique_ptr<TaskTuner>>;

/// What is to be tuned. The tasks name schedules of the library.
struct Work {
  ScheduleLibrary library;
  Tasks tasks;
};

/// What measures and what searches.
struct Machinery {
  std::unique_ptr<WorkerPool> pool;
  SearchLibrary search;
};

} // namespace

//===----------------------------------------------------------------------===//
// The plan
//===----------------------------------------------------------------------===//

static llvm::Error checkNumbers(const TuningOptions &options) {
  struct Number {
    const char *name;
    double value, most;
  };
  constexpr double any = std::numeric_limits<double>::max();
  const Number numbers[] = {
      {"trials", static_cast<double>(options.trials), any},
      {"patience", static_cast<double>(options.patience), any},
      {"seconds", options.seconds, any},
      {"compile-timeout", options.compileTimeout, any},
      {"run-timeout", options.runTimeout, any},
      {"memory-limit", static_cast<double>(options.memoryLimitMiB), 1 << 30},
      {"threads", static_cast<double>(options.threads), 1024},
      {"workers", static_cast<double>(options.workers), 1024},
      // From one on, nothing would be wrong.
      {"tolerance", options.tolerance, std::nextafter(1.0, 0.0)}};
  for (auto [name, value, most] : numbers)
    if (!(value >= 0 && value <= most)) // nor NaN
      return llvm::createStringError(
          "option '%s' is %g, expected at least 0%s", name, value,
          most == any ? ", and finite"
          : most < 1
              ? " and less than 1"
              : (" and at most " + std::to_string(static_cast<int64_t>(most)))
                    .c_str());
  return llvm::Error::success();
}

static llvm::Expected<Plan> makePlan(MLIRContext *context,
                                     const TuningOptions &given,
                                     TuningObserver &observer) {
  Plan plan{given, nullptr, "", &observer, monotonicSeconds()};
  TuningOptions &options = plan.options;
  if (llvm::Error error = checkNumbers(options))
    return std::move(error);
  Effort effort = getEffort(options.preset);
  if (!options.record.empty() && options.strategy == "exhaustive" &&
      options.trials == 0)
    options.trials = options.patience = std::numeric_limits<int64_t>::max();
  if (options.trials == 0)
    options.trials = effort.trials;
  else if (options.patience == 0)
    options.patience = options.trials; // an explicit number of trials is meant
  if (options.patience == 0)
    options.patience = effort.patience;
  DeviceOptions deviceOptions;
  deviceOptions.threads = options.threads;
  deviceOptions.precision = options.precision;
  llvm::Expected<std::shared_ptr<const Device>> device = BackendRegistry::parse(
      context, options.target, deviceOptions, &plan.deviceChoice);
  if (!device)
    return device.takeError();
  plan.device = std::move(*device);
  return plan;
}

//===----------------------------------------------------------------------===//
// The tasks
//===----------------------------------------------------------------------===//

static void warnOfUnusedLibraries(ModuleOp module, const Plan &plan,
                                  const Tasks &tasks) {
  auto isUsed = [&](const std::string &file) {
    return llvm::any_of(tasks, [&](const auto &task) {
      return llvm::any_of(task->getSchedules(), [&](const ScheduleTuner &s) {
        return s.getSchedule().match.libraryName == file;
      });
    });
  };
  for (const std::string &file : plan.options.libraries)
    if (!isUsed(file))
      emitWarning(module.getLoc())
          << "no schedule of library '" << file << "' matches any task";
}

/// Prepares the module and outlines its tasks. One without a schedule stays as
/// it is, with a remark; so does a module of such ones alone.
static FailureOr<Work> findTasks(ModuleOp module, const Plan &plan) {
  const TuningOptions &options = plan.options;
  if (options.prepare && failed(prepareForTarget(module, *plan.device)))
    return failure();
  FailureOr<SmallVector<TuningTask>> extracted =
      extractTasks(module, plan.device->joinsRows());
  if (failed(extracted))
    return failure();
  FailureOr<ScheduleLibrary> library =
      ScheduleLibrary::load(module.getContext(), options.libraries,
                            plan.device->getBackend().getSchedules());
  if (failed(library))
    return failure();
  Work work{*library, {}};
  Attribute facts = plan.device->toDLTI(module.getContext());
  for (const TuningTask &task : *extracted) {
    MatchedTask matched = matchTask(task, work.library, facts);
    remarkOnRefusals(matched);
    if (matched.schedules.empty()) {
      plan.observer->taskRefused(matched);
      continue;
    }
    plan.observer->taskFound(matched);
    work.tasks.push_back(std::make_unique<TaskTuner>(std::move(matched)));
  }
  if (extracted->empty())
    emitRemark(module.getLoc())
        << "found nothing to tune: no linalg operation that a task can be made "
           "of";
  else if (work.tasks.empty())
    emitRemark(module.getLoc()) << "found " << extracted->size()
                                << " tasks, but no schedule for any of them";
  warnOfUnusedLibraries(module, plan, work.tasks);
  return work;
}

static void reportSpaces(const Tasks &tasks, TuningObserver &observer) {
  std::vector<TuningTask> described;
  for (const auto &task : tasks) {
    const TaskReport &r = task->getReport();
    described.push_back({task->getFunction(), r.key, r.name, r.count, r.flops});
  }
  std::vector<SpaceReport> spaces;
  for (auto [index, task] : llvm::enumerate(tasks))
    for (const ScheduleTuner &schedule : task->getSchedules())
      spaces.push_back({described[index], schedule.getSchedule().name,
                        schedule.getSpace().getSize(),
                        schedule.getSpace().countLegal()});
  observer.spacesFound(spaces);
}

//===----------------------------------------------------------------------===//
// The machinery
//===----------------------------------------------------------------------===//

static llvm::Expected<Machinery>
startMachinery(const Plan &plan, const Tasks &tasks, const StopSignal &stop) {
  const TuningOptions &options = plan.options;
  WorkerPoolOptions poolOptions;
  poolOptions.worker = options.worker;
  poolOptions.launcher = options.launcher;
  poolOptions.target = plan.device->getSpec();
  poolOptions.threads = plan.device->getThreads();
  poolOptions.children = options.workers;
  poolOptions.memoryLimitMiB = options.memoryLimitMiB;
  poolOptions.seed = options.seed;
  poolOptions.generator = plan.device->getBackend().getGenerator();
  poolOptions.onRemark = [&tasks, &plan](StringRef key, StringRef remark) {
    for (const auto &task : tasks)
      if (task->getReport().key == key) {
        emitRemark(task->getFunction().getLoc())
            << "task '" << task->getReport().name << "': " << remark;
        plan.observer->remarked(task->getReport(), remark);
      }
  };
  llvm::Expected<std::unique_ptr<WorkerPool>> pool =
      WorkerPool::create(poolOptions, stop);
  if (!pool)
    return pool.takeError();
  // After the worker was started: LibTorch, where the strategy has an agent,
  // brings threads, and loads while the worker warms up.
  llvm::Expected<SearchLibrary> search =
      SearchLibrary::load(options.searchLibrary);
  if (!search)
    return search.takeError();
  if (llvm::Error unusable = search->check(options.strategy))
    return std::move(unusable);
  return Machinery{std::move(*pool), *search};
}

/// "cpu: AMD EPYC, 2 threads (the host CPU, for want of a GPU)".
static std::string describeTarget(const Plan &plan) {
  std::string text = plan.device->describe();
  if (!plan.deviceChoice.empty())
    text += " (" + plan.deviceChoice + ")";
  return text;
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

/// Returns what it took, but nothing of the tasks.
static TuningReport search(ModuleOp module, const Plan &plan,
                           const Tasks &tasks, TrialStore &store,
                           Machinery &machinery,
                           const std::atomic<bool> *interrupt) {
  TuningObserver &observer = *plan.observer;
  TuningReport report;
  report.peakGflops =
      plan.device->getPeakGflops(Float32Type::get(module.getContext()))
          .value_or(0);
  observer.runBegan({describeTarget(plan), report.peakGflops, tasks.size(),
                     plan.options.trials, plan.options.seconds});
  // Before anything is measured, so that what comes from the database does not
  // depend on how far others have come.
  for (const auto &task : tasks)
    if (!task->isFinished(plan.options.trials))
      store.relate(*task);

  SmallVector<const TaskReport *> reports;
  for (const auto &task : tasks)
    reports.push_back(&task->getReport());
  SearchLoopHooks hooks;
  hooks.onTrial = [&](size_t index, const ScheduleChoice &choice,
                      const Measurement &measurement, bool final) {
    const TaskTuner &task = *tasks[index];
    // What is shown is stored.
    bool isStored = store.add(task, choice, measurement, final);
    if (isStored)
      observer.trialMeasured(
          {task.getReport(), task.getSchedules()[choice.schedule].getSchedule(),
           choice.configuration, measurement, final});
    return isStored;
  };
  hooks.onProgress = [&](size_t task, StringRef activity) {
    observer.progressed(reports, task, activity);
  };
  hooks.onWarning = [&](size_t task, const std::string &message) {
    emitWarning(tasks[task]->getFunction().getLoc())
        << "task '" << reports[task]->name << "' " << message;
    observer.remarked(*reports[task], message);
  };
  hooks.mustStop = [&] {
    return (interrupt && *interrupt) || plan.secondsLeft() < 0;
  };
  hooks.secondsLeft = [&] { return plan.secondsLeft(); };
  SearchLoop loop(tasks, *machinery.pool, machinery.search, plan.options,
                  std::move(hooks), interrupt);
  // What was measured before the worker was lost is of use.
  if (llvm::Error failed = loop.run())
    report.errors.push_back(llvm::toString(std::move(failed)));
  if (!store.getFailure().empty())
    report.errors.push_back(store.getFailure());
  report.searchSeconds = loop.getSearchSeconds();
  report.activity = machinery.pool->getActivity();
  return report;
}

//===----------------------------------------------------------------------===//
// What is embedded
//===----------------------------------------------------------------------===//

static void warnOfFailures(const TaskTuner &task, TuningObserver &observer) {
  const TaskReport &report = task.getReport();
  std::string failures;
  for (const auto &[kind, count] : report.failures)
    failures +=
        llvm::formatv("{0}{1} {2}", failures.empty() ? "" : ", ", count, kind)
            .str();
  if (failures.empty())
    return;
  std::string schedules;
  for (const ScheduleTuner &schedule : task.getSchedules())
    schedules += (schedules.empty() ? "schedule '" : "' and schedule '") +
                 schedule.getSchedule().name;
  std::string message = "is left as it is: every candidate of " + schedules +
                        "' failed (" + failures +
                        "), the first with: " + report.firstFailure;
  emitWarning(task.getFunction().getLoc())
      << "task '" << report.name << "' " << message;
  observer.remarked(report, message);
}

/// A winner that cannot be written down is an error, and leaves its task plain.
static void embed(ModuleOp module, const Tasks &tasks, TuningReport &report,
                  TuningObserver &observer) {
  OwningOpRef<ModuleOp> spec = createSpec(module.getContext());
  for (const auto &task : tasks) {
    std::optional<Decision> decision = task->decide();
    if (!decision) {
      warnOfFailures(*task, observer);
      continue;
    }
    const TaskSchedule &schedule =
        task->getSchedules()[decision->choice.schedule].getSchedule();
    if (failed(addResolvedSchedule(*spec, task->getReport().key, schedule.match,
                                   schedule.space,
                                   decision->choice.configuration)))
      report.errors.push_back("schedule '" + schedule.name +
                              "' cannot be embedded for task '" +
                              task->getReport().name + "'");
  }
  if (!getTaskKeys(*spec).empty())
    embedSpec(std::move(spec), module);
}

FailureOr<TuningReport>
chameleon::tuneModule(ModuleOp module, const TuningOptions &options,
                      const std::atomic<bool> *interrupt) {
  auto error = [&](llvm::Error reason) {
    return emitError(module.getLoc()) << llvm::toString(std::move(reason));
  };
  TuningObserver silent;
  TuningObserver &observer = options.observer ? *options.observer : silent;
  llvm::Expected<Plan> plan = makePlan(module.getContext(), options, observer);
  if (!plan)
    return error(plan.takeError());
  std::optional<Machinery> machinery; // outlives the searches of the tasks
  FailureOr<Work> work = findTasks(module, *plan);
  if (failed(work))
    return failure();
  const Tasks &tasks = work->tasks;
  if (options.dryRun && !tasks.empty())
    reportSpaces(tasks, observer);
  if (options.dryRun || tasks.empty())
    return TuningReport();

  if (llvm::Error wrong = checkFiles(
          plan->options, TrialStore::getRecordings(plan->options, tasks)))
    return error(std::move(wrong));
  llvm::Expected<TrialStore> store =
      TrialStore::open(plan->options, getRecordOrigin(*plan->device), tasks);
  if (!store)
    return error(store.takeError());
  TuningReport report;
  if (llvm::all_of(tasks, [&](const auto &task) {
        return task->isFinished(plan->options.trials);
      })) {
    observer.runBegan({"", 0, tasks.size(), plan->options.trials,
                       options.seconds, /*isDone=*/true});
  } else {
    StopSignal stop(interrupt, monotonicSeconds() + plan->secondsLeft());
    llvm::Expected<Machinery> started = startMachinery(*plan, tasks, stop);
    if (started) {
      machinery = std::move(*started);
      report = search(module, *plan, tasks, *store, *machinery, interrupt);
      machinery->pool.reset();
    } else if (!stop.isRaised()) {
      return error(started.takeError());
    } else { // what the database knows is embedded
      std::string why = llvm::toString(started.takeError());
      if (!interrupt || !*interrupt)
        report.errors.push_back(std::move(why));
    }
  }
  // Whatever fails from here on, the best so far is embedded.
  embed(module, tasks, report, observer);
  if (llvm::Error failed = store->writeRecordings(plan->device->getName()))
    report.errors.push_back(llvm::toString(std::move(failed)));
  for (const auto &task : tasks)
    report.tasks.push_back(task->getReport());
  report.interrupted = interrupt && *interrupt;
  report.wallSeconds = monotonicSeconds() - plan->start;
  observer.runEnded(report);
  for (const std::string &one : report.errors)
    emitError(module.getLoc()) << one;
  return report;
}
