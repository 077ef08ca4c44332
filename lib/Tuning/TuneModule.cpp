//===- TuneModule.cpp - from a module to one with schedules
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TuneModule.h"
#include "SearchLoop.h"
#include "chameleon/Database/Database.h"
#include "chameleon/Measure/Timing.h"
#include "chameleon/Target/TargetDescription.h"
#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/Tuning/Progress.h"
#include "chameleon/Tuning/RelatedTasks.h"
#include "chameleon/Tuning/SpaceRecorder.h"
#include "chameleon/Tuning/TaskRecords.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace mlir;
using namespace chameleon;

namespace {

struct Preset {
  StringRef name;
  int64_t trials, patience;
};

/// `patience`: on recorded spaces the best is rarely found after so many trials
/// without a gain: 30 to 40 measurements reach 95 % on most spaces.
constexpr Preset kPresets[] = {
    {"quick", 32, 24}, {"default", 128, 64}, {"thorough", 512, 192}};

/// Tasks of the database from which a search starts warm. More: likelier that
/// one fits; the eight first trials are shared among them.
constexpr size_t kRelatedTasks = 3;

/// The state of one run of `tuneModule`.
class Session {
public:
  Session(ModuleOp module, const TuningOptions &options,
          const std::atomic<bool> *interrupt)
      : module(module), options(options), interrupt(interrupt),
        start(monotonicSeconds()) {}

  FailureOr<TuningReport> run();

private:
  LogicalResult readOptions();
  LogicalResult findTasks();
  void printDryRun();
  LogicalResult openDatabase();
  LogicalResult startWorkers();
  /// Lends the task what the database knows of its nearest ones.
  void relate(TaskTuner &task);
  void search();
  void keep(TaskTuner &task, ArrayRef<int32_t> configuration,
            const Measurement &measurement, bool final);
  LogicalResult embed();
  LogicalResult writeRecordings();
  std::string describeTarget() const;
  void showProgress(size_t current, StringRef activity);
  InFlightDiagnostic error() { return emitError(module.getLoc()); }
  bool isInterrupted() const { return interrupt && *interrupt; }
  double secondsLeft() const {
    return options.seconds > 0 ? options.seconds - (monotonicSeconds() - start)
                               : std::numeric_limits<double>::infinity();
  }

  ModuleOp module;
  TuningOptions options;
  const std::atomic<bool> *interrupt;
  double start;
  TargetDescription target;
  std::string targetKey;
  std::vector<std::unique_ptr<TaskTuner>> tasks;
  std::optional<ScheduleLibrary> library;
  std::unique_ptr<Database> database;
  bool databaseFailed = false;
  std::unique_ptr<WorkerPool> pool;
  std::optional<SearchLibrary> searchLibrary;
  std::optional<Progress> progress;
  std::map<const TaskTuner *, SpaceRecorder> recorders;
  TuningReport report;
};

LogicalResult Session::readOptions() {
  const Preset *preset = llvm::find_if(kPresets, [&](const Preset &preset) {
    return preset.name == options.preset;
  });
  if (preset == std::end(kPresets))
    return error() << "unknown preset '" << options.preset
                   << "', expected quick, default or thorough";
  if (options.trials < 0 || options.seconds < 0)
    return error() << "trials and seconds must not be negative, found trials="
                   << options.trials << " seconds="
                   << llvm::formatv("{0}", options.seconds).str();
  if (!options.record.empty() && options.strategy == "exhaustive" &&
      options.trials == 0)
    options.trials = options.patience = std::numeric_limits<int64_t>::max();
  if (options.trials == 0)
    options.trials = preset->trials;
  else if (options.patience == 0)
    options.patience = options.trials; // an explicit number of trials is meant
  if (options.patience == 0)
    options.patience = preset->patience;
  llvm::Expected<Progress::Style> style =
      Progress::parseStyle(options.progress, llvm::errs());
  if (!style)
    return error() << llvm::toString(style.takeError());
  progress.emplace(*style, llvm::errs());
  llvm::Expected<TargetDescription> parsed =
      TargetDescription::parse(options.target, options.threads);
  if (!parsed)
    return error() << llvm::toString(parsed.takeError());
  target = *parsed;
  targetKey = databaseTargetKey(target);
  return success();
}

LogicalResult Session::findTasks() {
  if (options.prepare && failed(prepareForTarget(module, target)))
    return failure();
  FailureOr<SmallVector<TuningTask>> extracted =
      extractTasks(module, target.joinsRows());
  if (failed(extracted))
    return failure();
  if (extracted->empty())
    return error()
           << "found nothing to tune: no linalg operation on static tensors";
  FailureOr<ScheduleLibrary> loaded = ScheduleLibrary::load(
      module.getContext(), options.libraries, target.kindName());
  if (failed(loaded))
    return failure();
  library = *loaded;
  Attribute facts = target.toDLTI(module.getContext());
  for (const TuningTask &task : *extracted) {
    MatchedTask matched = matchTask(task, *library, facts);
    if (!matched.schedules.empty())
      tasks.push_back(std::make_unique<TaskTuner>(std::move(matched)));
  }
  if (tasks.empty())
    return error() << "found " << extracted->size()
                   << " tasks, but no schedule for any of them";
  for (const std::string &file : options.libraries)
    if (llvm::none_of(tasks, [&](const auto &task) {
          return StringRef(task->getReport().schedule).starts_with(file + "@");
        }))
      mlir::emitWarning(module.getLoc())
          << "no schedule of library '" << file << "' matches any task";
  return success();
}

void Session::printDryRun() {
  llvm::errs() << llvm::formatv("{0,5} {1,10} {2,12} {3,12}  {4,-58} {5}\n",
                                "count", "GFLOP", "points", "legal", "task",
                                "schedule");
  for (const auto &task : tasks) {
    std::optional<int64_t> legal = task->getSpace().countLegal();
    const TaskReport &r = task->getReport();
    llvm::errs() << llvm::formatv(
        "{0,5} {1,10:f4} {2,12:f0} {3,12}  {4,-58} {5}\n", r.count,
        r.flops * 1e-9, task->getSpace().getSize(),
        legal ? std::to_string(*legal) : "?", r.name, r.schedule);
  }
}

LogicalResult Session::openDatabase() {
  if (options.noDatabase)
    return success();
  std::string path =
      options.database.empty() ? Database::defaultPath() : options.database;
  llvm::Expected<std::unique_ptr<Database>> opened = Database::open(path);
  if (!opened)
    return error() << llvm::toString(opened.takeError());
  database = std::move(*opened);
  for (auto &task : tasks) {
    const TaskReport &r = task->getReport();
    if (llvm::Error failed = database->addTask(
            {r.key, r.name, task->getMeasureTask().payload, r.flops}))
      return error() << llvm::toString(std::move(failed));
    if (!options.record.empty())
      continue;
    llvm::Expected<std::vector<Record>> records =
        database->find(r.key, targetKey);
    if (!records)
      return error() << llvm::toString(records.takeError());
    task->reuse(*records, options.tolerance);
  }
  return success();
}

LogicalResult Session::startWorkers() {
  WorkerPoolOptions poolOptions;
  poolOptions.worker = options.worker;
  poolOptions.launcher = options.launcher;
  poolOptions.target = target.spec();
  poolOptions.threads = target.threads;
  poolOptions.children = options.workers;
  poolOptions.memoryLimitMiB = options.memoryLimitMiB;
  poolOptions.seed = options.seed;
  poolOptions.onRemark = [this](StringRef key, StringRef remark) {
    for (const auto &task : tasks)
      if (task->getReport().key == key)
        emitRemark(task->getFunction().getLoc())
            << "task '" << task->getReport().name << "': " << remark;
  };
  llvm::Expected<std::unique_ptr<WorkerPool>> created =
      WorkerPool::create(poolOptions);
  if (!created)
    return error() << llvm::toString(created.takeError());
  pool = std::move(*created);
  // After the worker was started: LibTorch, where the strategy has an agent,
  // brings threads, and loads while the worker warms up.
  llvm::Expected<SearchLibrary> loaded =
      SearchLibrary::load(options.searchLibrary);
  if (!loaded)
    return error() << llvm::toString(loaded.takeError());
  searchLibrary = *loaded;
  if (llvm::Error unusable = searchLibrary->check(options.strategy))
    return error() << llvm::toString(std::move(unusable));
  report.peakGflops = target.peakGflops();
  return success();
}

/// "cpu: AMD EPYC, 2 threads", "nvvm: NVIDIA H200 (the GPU, being there)".
std::string Session::describeTarget() const {
  std::string text = target.spec() + ": " + target.device;
  if (target.kind == TargetDescription::Kind::CPU)
    text += llvm::formatv(", {0} threads", target.threads);
  if (!target.choice.empty())
    text += " (" + target.choice + ")";
  return text;
}

void Session::showProgress(size_t current, StringRef activity) {
  SmallVector<const TaskReport *> reports;
  for (const auto &task : tasks)
    reports.push_back(&task->getReport());
  progress->update(reports, current, activity);
}

/// On disk as soon as it is known: a killed tuner loses the candidates in
/// flight and nothing else.
void Session::keep(TaskTuner &task, ArrayRef<int32_t> configuration,
                   const Measurement &measurement, bool final) {
  if (!options.record.empty() && !final)
    recorders.try_emplace(&task, task.getSpace())
        .first->second.add(configuration, measurement);
  if (!database || databaseFailed)
    return;
  if (llvm::Error failed = database->add(
          task.makeRecord(configuration, measurement, final, targetKey))) {
    databaseFailed = true;
    error() << llvm::toString(std::move(failed));
  }
}

void Session::relate(TaskTuner &task) {
  if (!database || databaseFailed || !options.record.empty())
    return;
  const TaskReport &r = task.getReport();
  Record query;
  query.taskKey = r.key;
  query.targetKey = targetKey;
  query.schedule = r.schedule;
  query.fingerprint = task.getSchedule().match.fingerprint;
  // Tasks of this run tell themselves what they know.
  llvm::StringSet<> others;
  if (options.share)
    for (const auto &other : tasks)
      others.insert(other->getReport().key);
  llvm::Expected<std::vector<std::vector<Record>>> related = findRelatedRecords(
      *database, task.getFunction(), r.flops, query, kRelatedTasks, others);
  if (!related) { // a cold start does as well
    llvm::consumeError(related.takeError());
    return;
  }
  for (const std::vector<Record> &records : *related)
    task.relate(records);
}

void Session::search() {
  // Before anything is measured, so that what comes from the database does not
  // depend on how far others have come.
  for (auto &task : tasks)
    if (!task->isFinished(options.trials))
      relate(*task);
  SearchLoopHooks hooks;
  hooks.onTrial = [this](TaskTuner &task, ArrayRef<int32_t> configuration,
                         const Measurement &measurement, bool final) {
    keep(task, configuration, measurement, final);
  };
  hooks.onProgress = [this](size_t task, StringRef activity) {
    showProgress(task, activity);
  };
  hooks.mustStop = [this] {
    return isInterrupted() || databaseFailed || secondsLeft() < 0;
  };
  hooks.secondsLeft = [this] { return secondsLeft(); };
  SearchLoop loop(tasks, *pool, *searchLibrary, options, std::move(hooks),
                  interrupt);
  if (llvm::Error failed = loop.run())
    error() << llvm::toString(std::move(failed));
  report.searchSeconds = loop.getSearchSeconds();
  report.activity = pool->getActivity();
}

LogicalResult Session::writeRecordings() {
  for (auto &task : tasks) {
    auto recorder = recorders.find(task.get());
    if (recorder == recorders.end())
      continue;
    const TaskReport &r = task->getReport();
    std::string path =
        SpaceRecorder::getPath(options.record, task->getFunction().getSymName(),
                               /*isOnly=*/tasks.size() == 1);
    if (llvm::Error failed =
            recorder->second.write(path, {r.key, r.name, r.schedule,
                                          task->getSchedule().match.fingerprint,
                                          target.device, r.flops}))
      return error() << llvm::toString(std::move(failed));
  }
  return success();
}

LogicalResult Session::embed() {
  OwningOpRef<ModuleOp> spec = createSpec(module.getContext());
  for (auto &task : tasks) {
    // An interrupted or timed-out run embeds what is known to be right so far.
    if (!task->winner) {
      std::vector<Configuration> fastest = task->getFastest(1);
      if (!fastest.empty())
        task->winner = fastest.front();
    }
    if (!task->winner) {
      std::string failures;
      for (const auto &[kind, count] : task->getReport().failures)
        failures += llvm::formatv("{0}{1} {2}", failures.empty() ? "" : ", ",
                                  count, kind)
                        .str();
      if (!failures.empty())
        emitWarning(task->getFunction().getLoc())
            << "task '" << task->getReport().name
            << "' is left as it is: every candidate of schedule '"
            << task->getReport().schedule << "' failed (" << failures
            << "), the first with: " << task->getReport().firstFailure;
      continue;
    }
    if (failed(addResolvedSchedule(*spec, task->getReport().key,
                                   task->getSchedule().match, task->getSpace(),
                                   *task->winner)))
      return failure();
  }
  if (!getTaskKeys(*spec).empty())
    embedSpec(std::move(spec), module);
  return success();
}

FailureOr<TuningReport> Session::run() {
  if (failed(readOptions()) || failed(findTasks()))
    return failure();
  if (options.dryRun) {
    printDryRun();
    return report;
  }
  if (failed(openDatabase()))
    return failure();
  bool everythingKnown = llvm::all_of(tasks, [&](const auto &task) {
    return task->isFinished(options.trials);
  });
  if (!everythingKnown) {
    if (failed(startWorkers()))
      return failure();
    progress->begin(llvm::formatv("{0}, peak {1:f0} GFLOP/s; {2} tasks, up to "
                                  "{3} trials each",
                                  describeTarget(), report.peakGflops,
                                  tasks.size(), options.trials)
                        .str(),
                    options.trials, options.seconds);
    search();
    pool.reset();
  } else {
    progress->begin("everything is in the database", options.trials,
                    options.seconds);
  }
  if (failed(writeRecordings()) || failed(embed()))
    return failure();
  for (const auto &task : tasks)
    report.tasks.push_back(task->getReport());
  report.interrupted = isInterrupted();
  report.wallSeconds = monotonicSeconds() - start;
  progress->finish(report);
  if (databaseFailed)
    return failure();
  return report;
}

} // namespace

FailureOr<TuningReport>
chameleon::tuneModule(ModuleOp module, const TuningOptions &options,
                      const std::atomic<bool> *interrupt) {
  return Session(module, options, interrupt).run();
}
