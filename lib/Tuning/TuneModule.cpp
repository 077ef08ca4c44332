//===- TuneModule.cpp - the ask/measure/tell loop over a whole module
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tuning/TuneModule.h"
#include "chameleon/Database/Database.h"
#include "chameleon/Measure/WorkerPool.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/TargetDescription.h"
#include "chameleon/Tuning/Progress.h"
#include "chameleon/Tuning/RelatedTasks.h"
#include "chameleon/Tuning/SearchLibrary.h"
#include "chameleon/Tuning/SpaceRecorder.h"
#include "chameleon/Tuning/TaskScheduler.h"
#include "chameleon/Tuning/TaskTuner.h"
#include "chameleon/Tuning/TuningTask.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FormatVariadic.h"
#include <chrono>
#include <limits>
#include <map>
#include <numeric>

using namespace mlir;
using namespace chameleon;

namespace {

struct Preset {
  StringRef name;
  int64_t trials, patience;
};

/// `patience`: on recorded spaces the best is rarely found after so many trials
/// without a gain (facts/search-study.md: 30 to 40 measurements reach 95 % on
/// most spaces).
constexpr Preset kPresets[] = {
    {"quick", 32, 24}, {"default", 128, 64}, {"thorough", 512, 192}};

/// Trials between two refits of the search's models. Smaller: fewer trials to a
/// good schedule; larger: workers wait less for the slowest. Half of it at
/// first, where a refit is worth most (benchmarks/search).
constexpr int32_t kBatch = 8;
constexpr int64_t kHalfBatches = 64;
/// A task rests when its last batches took less than this share off the time of
/// the whole model: what its own timing cannot tell from noise.
constexpr double kMinimalGain = 5e-4;
/// Tasks whose defaults are compiled together at the beginning: enough to keep
/// all workers busy, few enough that a short run has results early.
constexpr size_t kDefaultsAtOnce = 8;
/// Configurations of a task that are timed against each other at the end.
constexpr size_t kFinalists = 4;
/// Only who comes so near to the best is worth timing until the noise is gone.
constexpr double kContenderSlack = 1.02;
/// A configuration slower than the best by more than this is no finalist: more
/// than the quick timing's error, less than what another minute could win.
constexpr double kFinalSlack = 1.1;
/// Tasks of the database from which a search starts warm. More: likelier that
/// one fits; the eight first trials are shared among them.
constexpr size_t kRelatedTasks = 3;
/// Seconds for the double-precision reference of a task.
constexpr double kReferenceTimeout = 300;

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Trial {
  TaskTuner *task;
  Configuration configuration;
};

std::vector<Trial> makeTrials(TaskTuner &task,
                              ArrayRef<Configuration> configurations) {
  std::vector<Trial> trials;
  for (const Configuration &configuration : configurations)
    trials.push_back({&task, configuration});
  return trials;
}

/// The state of one run of `tuneModule`.
class Session {
public:
  Session(ModuleOp module, const TuningOptions &options,
          const std::atomic<bool> *interrupt)
      : module(module), options(options), interrupt(interrupt), start(now()) {}

  FailureOr<TuningReport> run();

private:
  LogicalResult readOptions();
  LogicalResult findTasks();
  void printDryRun();
  LogicalResult openDatabase();
  LogicalResult startWorkers();
  std::vector<size_t> measureDefaults();
  /// Lends the task what the database knows of its nearest ones.
  void relate(TaskTuner &task);
  LogicalResult startSearch(TaskTuner &task);
  void search();
  void runFinals(TaskTuner &task);
  std::vector<Measurement> measure(ArrayRef<Trial> trials,
                                   const MeasurePolicy &policy, bool final);
  int64_t countAffordableTrials() const;
  MeasurePolicy makePolicy(const TaskTuner &task) const;
  LogicalResult embed();
  LogicalResult writeRecordings();
  std::string describeTarget() const;
  void showProgress(size_t current, StringRef activity);
  /// True if an earlier run did all that this one would do.
  bool isFinished(const TaskTuner &task) const {
    return task.winnerReused &&
           task.countTrials() >=
               std::min<int64_t>(
                   options.trials,
                   task.getSpace().countLegal().value_or(options.trials));
  }

  InFlightDiagnostic error() { return emitError(module.getLoc()); }
  bool isInterrupted() const { return interrupt && *interrupt; }
  bool isOutOfTime() const {
    return options.seconds > 0 && now() - start > options.seconds;
  }
  bool mustStop() const {
    return isInterrupted() || isOutOfTime() || databaseFailed;
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
  double measuringSeconds = 0; ///< wall clock inside the worker pool
  int64_t measuredTrials = 0;
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
  FailureOr<SmallVector<TuningTask>> extracted = extractTasks(module);
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
  for (const TuningTask &task : *extracted)
    if (std::unique_ptr<TaskTuner> tuner =
            TaskTuner::create(task, *library, facts))
      tasks.push_back(std::move(tuner));
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
    task->reuse(*records);
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
  // After the worker was started: LibTorch brings threads, and loads while the
  // worker warms up.
  llvm::Expected<SearchLibrary> loaded =
      SearchLibrary::load(options.searchLibrary);
  if (!loaded)
    return error() << llvm::toString(loaded.takeError());
  searchLibrary = *loaded;
  if (!llvm::is_contained(searchLibrary->strategies(), options.strategy))
    return error() << "unknown strategy '" << options.strategy
                   << "', expected one of "
                   << llvm::join(searchLibrary->strategies(), ", ");
  report.peakGflops = target.peakGflops();
  return success();
}

MeasurePolicy Session::makePolicy(const TaskTuner &task) const {
  MeasurePolicy policy;
  double best = task.getReport().bestSeconds,
         baseline = task.getReport().baselineSeconds;
  policy.tolerance = options.tolerance;
  policy.compileTimeout =
      options.compileTimeout > 0 ? options.compileTimeout : 10;
  // Ten times slower than the default is hopeless; a first call also pays for
  // page faults and the check.
  policy.runTimeout = options.runTimeout > 0 ? options.runTimeout
                      : baseline > 0         ? std::max(2.0, 50 * baseline)
                                             : 60;
  policy.giveUpAbove = best > 0 ? 2 * best : 0;
  policy.contendersBelow = best > 0 ? kContenderSlack * best : 0;
  return policy;
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

std::vector<Measurement> Session::measure(ArrayRef<Trial> trials,
                                          const MeasurePolicy &policy,
                                          bool final) {
  std::vector<Candidate> candidates;
  for (const Trial &trial : trials)
    candidates.push_back(trial.task->makeCandidate(trial.configuration, final));
  auto onResult = [&](size_t i, const Measurement &measurement) {
    report.compileSeconds += measurement.compileSeconds;
    report.measureSeconds += measurement.measureSeconds;
    if (!options.record.empty() && !final)
      recorders.try_emplace(trials[i].task, trials[i].task->getSpace())
          .first->second.add(trials[i].configuration, measurement);
    if (!database || databaseFailed ||
        measurement.outcome == Outcome::WorkerLost)
      return;
    // On disk as soon as it is known: a killed tuner loses the candidates in
    // flight and nothing else.
    if (llvm::Error failed = database->add(trials[i].task->makeRecord(
            trials[i].configuration, measurement, final, targetKey))) {
      databaseFailed = true;
      error() << llvm::toString(std::move(failed));
    }
  };
  double before = now();
  std::vector<Measurement> results =
      pool->measure(candidates, policy, onResult, interrupt);
  measuringSeconds += now() - before;
  measuredTrials += static_cast<int64_t>(trials.size());
  return results;
}

/// How many trials fit into the seconds that are left, at the pace so far; at
/// least one.
int64_t Session::countAffordableTrials() const {
  if (options.seconds <= 0 || measuringSeconds <= 0)
    return kBatch;
  double left = options.seconds - (now() - start),
         pace = measuringSeconds / static_cast<double>(measuredTrials);
  return std::clamp<int64_t>(static_cast<int64_t>(left / pace), 1, kBatch);
}

/// Checks and times the default of every task before any is searched: however
/// early the run ends, all tasks have a schedule that is known to be right. The
/// tasks where most work is done come first. Returns the indices of those that
/// cannot be tuned.
std::vector<size_t> Session::measureDefaults() {
  std::vector<size_t> order(tasks.size()), failed;
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](size_t a, size_t b) {
    auto work = [&](size_t i) {
      return tasks[i]->getReport().flops * tasks[i]->getReport().count;
    };
    return work(a) > work(b);
  });
  ArrayRef<size_t> rest(order);
  while (!rest.empty() && !mustStop()) {
    std::vector<Trial> defaults;
    std::vector<size_t> measured;
    for (size_t i : rest.take_front(kDefaultsAtOnce)) {
      if (mustStop())
        break;
      TaskTuner &task = *tasks[i];
      if (isFinished(task))
        continue;
      showProgress(i, "measuring the defaults");
      if (llvm::Error error = pool->addTask(task.getMeasureTask(),
                                            kReferenceTimeout, interrupt)) {
        failed.push_back(i);
        if (isInterrupted())
          llvm::consumeError(std::move(error));
        else
          emitWarning(task.getFunction().getLoc())
              << "task '" << task.getReport().name
              << "' is left as it is: " << llvm::toString(std::move(error));
        continue;
      }
      if (task.isMeasured(task.getSpace().getDefault()))
        continue;
      defaults.push_back({&task, task.getSpace().getDefault()});
      measured.push_back(i);
    }
    rest = rest.drop_front(std::min(rest.size(), kDefaultsAtOnce));
    if (defaults.empty())
      continue;
    std::vector<Measurement> results =
        measure(defaults, makePolicy(*defaults.front().task), /*final=*/false);
    for (auto [trial, index, result] :
         llvm::zip_equal(defaults, measured, results)) {
      trial.task->tell(trial.configuration, result);
      showProgress(index, "measuring the defaults");
    }
  }
  return failed;
}

void Session::relate(TaskTuner &task) {
  if (!database || databaseFailed || !options.record.empty())
    return;
  const TaskReport &r = task.getReport();
  Record query;
  query.taskKey = r.key;
  query.targetKey = targetKey;
  query.schedule = r.schedule;
  query.fingerprint = task.getSchedule().fingerprint;
  llvm::Expected<std::vector<std::vector<Record>>> related = findRelatedRecords(
      *database, task.getFunction(), r.flops, query, kRelatedTasks);
  if (!related) { // a cold start does as well
    llvm::consumeError(related.takeError());
    return;
  }
  for (const std::vector<Record> &records : *related)
    task.relate(records);
}

LogicalResult Session::startSearch(TaskTuner &task) {
  double before = now();
  ChameleonSearchOptions searchOptions = searchLibrary->SearchDefaultOptions();
  searchOptions.strategy = options.strategy.c_str();
  searchOptions.seed = options.seed;
  searchOptions.batch = kBatch;
  relate(task);
  llvm::Error failed = task.startSearch(*searchLibrary, searchOptions);
  report.searchSeconds += now() - before;
  if (failed)
    return emitWarning(task.getFunction().getLoc())
           << "task '" << task.getReport().name
           << "' is not searched: " << llvm::toString(std::move(failed));
  return success();
}

void Session::search() {
  std::vector<TaskProgress> states(tasks.size());
  for (auto [state, task] : llvm::zip(states, tasks)) {
    state.weight = static_cast<double>(task->getReport().count);
    state.finished = isFinished(*task);
  }
  for (size_t i : measureDefaults())
    states[i].finished = true;
  TaskSchedulerOptions scheduling;
  // An explicit number of trials is meant.
  scheduling.minimalGain = options.patience < options.trials ? kMinimalGain : 0;
  std::vector<bool> started(tasks.size());
  while (!mustStop()) {
    std::optional<size_t> picked = pickTask(states, scheduling);
    if (!picked)
      break;
    TaskTuner &task = *tasks[*picked];
    TaskProgress &state = states[*picked];
    if (!started[*picked]) {
      started[*picked] = true;
      if (failed(startSearch(task))) {
        state.finished = true;
        continue;
      }
    }
    double before = now();
    int64_t room = std::min<int64_t>(
        options.trials - task.countTrials(),
        task.countTrials() < kHalfBatches ? kBatch / 2 : kBatch);
    std::vector<Configuration> batch;
    if (room > 0) {
      llvm::Expected<std::vector<Configuration>> asked = task.ask(
          static_cast<int32_t>(std::min(countAffordableTrials(), room)));
      if (asked)
        batch = std::move(*asked);
      else // What was measured so far decides.
        emitWarning(task.getFunction().getLoc())
            << "task '" << task.getReport().name << "' is searched no further: "
            << llvm::toString(asked.takeError());
    }
    report.searchSeconds += now() - before;
    if (!batch.empty()) {
      std::vector<Measurement> results =
          measure(makeTrials(task, batch), makePolicy(task), /*final=*/false);
      before = now();
      for (auto [configuration, measurement] : llvm::zip(batch, results))
        task.tell(configuration, measurement);
      report.searchSeconds += now() - before;
      if (llvm::all_of(results,
                       [](const Measurement &m) {
                         return m.outcome == Outcome::WorkerLost;
                       }) &&
          !isInterrupted()) {
        error() << "the worker was lost: " << results.front().message;
        return;
      }
    }
    state.best.push_back(task.getReport().bestSeconds);
    state.trials = task.countTrials();
    state.finished = batch.empty() || state.trials >= options.trials ||
                     task.countTrialsWithoutGain() >= options.patience ||
                     (options.patience < options.trials && task.isConverged());
    if (state.finished && !mustStop())
      runFinals(task);
    showProgress(*picked, "tuning " + task.getReport().name);
  }
  // Those that rest have had their last trial, too.
  for (size_t i = 0; i < tasks.size() && !mustStop(); ++i)
    if (started[i] && !states[i].finished)
      runFinals(*tasks[i]);
}

void Session::runFinals(TaskTuner &task) {
  std::vector<Configuration> finalists =
      task.getFastest(kFinalists, kFinalSlack);
  const Configuration &standard = task.getSpace().getDefault();
  bool rightDefault = task.getReport().baselineSeconds > 0;
  if (finalists.empty())
    return;
  // The default first and last, so that a gain is a gain over the same minutes.
  if (rightDefault) {
    llvm::erase(finalists, standard);
    finalists.insert(finalists.begin(), standard);
  }
  MeasurePolicy policy = makePolicy(task);
  policy.interleaved = true;
  policy.giveUpAbove = policy.contendersBelow = 0;
  policy.minimum = 0.1;
  std::vector<Measurement> results =
      measure(makeTrials(task, finalists), policy, /*final=*/true);
  double best = 0;
  for (auto [configuration, measurement] : llvm::zip(finalists, results)) {
    if (measurement.outcome != Outcome::Ok)
      continue;
    if (rightDefault && configuration == standard)
      task.getReport().baselineSeconds = measurement.seconds;
    if (best == 0 || measurement.seconds < best) {
      best = measurement.seconds;
      task.winner = configuration;
      task.winnerReused = false;
    }
  }
  if (best > 0)
    task.getReport().bestSeconds = best;
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
    if (llvm::Error failed = recorder->second.write(
            path, {r.key, r.name, r.schedule, task->getSchedule().fingerprint,
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
                                   task->getSchedule(), task->getSpace(),
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
  bool everythingKnown =
      llvm::all_of(tasks, [&](const auto &task) { return isFinished(*task); });
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
  report.wallSeconds = now() - start;
  progress->finish(report);
  if (databaseFailed)
    return failure();
  return report;
}

} // namespace

LogicalResult chameleon::prepareForTarget(ModuleOp module,
                                          const TargetDescription &target) {
  LayoutOptions layout;
  switch (target.kind) {
  case TargetDescription::Kind::CPU:
    layout.kind = LayoutOptions::Kind::NCHWc;
    layout.channelBlock = std::clamp<int64_t>(target.vectorBits / 32, 4, 16);
    break;
  case TargetDescription::Kind::NVVM:
    layout.kind = LayoutOptions::Kind::NHWC;
    break;
  }
  return success(succeeded(simplifyModel(module)) &&
                 succeeded(assignLayouts(module, layout)) &&
                 succeeded(hoistConstants(module)));
}

std::string chameleon::databaseTargetKey(const TargetDescription &target) {
  return target.key() + " llvm-" LLVM_VERSION_STRING;
}

FailureOr<TuningReport>
chameleon::tuneModule(ModuleOp module, const TuningOptions &options,
                      const std::atomic<bool> *interrupt) {
  return Session(module, options, interrupt).run();
}
