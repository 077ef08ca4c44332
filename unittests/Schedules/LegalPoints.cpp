//===- LegalPoints.cpp - tries legal points of every schedule that matches
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LegalPoints.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/LowerToCPU.h"
#include "chameleon/Target/LowerToNVVM.h"
#include "chameleon/Target/NVVMDevice.h"
#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/Tasks/TuningTask.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/JSON.h"
#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace chameleon;
using namespace chameleon::testing;
using namespace mlir;

namespace {

/// Keeps the first error from the context's diagnostics, lets none through.
class FirstError {
public:
  explicit FirstError(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == DiagnosticSeverity::Error &&
              text.empty())
            text = diagnostic.str();
          return success();
        }) {}
  std::string text;

private:
  ScopedDiagnosticHandler handler;
};

/// The default, the seeds, and up to `count` points drawn at random.
std::vector<Configuration> drawPoints(const DesignSpace &space, int64_t count,
                                      uint32_t seed) {
  constexpr int64_t fewPoints = 4096, mostTries = 20000;
  std::mt19937 random(seed);
  std::vector<Configuration> points{space.getDefault()};
  auto add = [&](const Configuration &point) {
    if (!llvm::is_contained(points, point))
      points.push_back(point);
  };
  for (const Configuration &point : space.getSeeds())
    add(point);
  size_t wanted = points.size() + count;
  if (std::optional<std::vector<Configuration>> all =
          space.countLegal().value_or(fewPoints + 1) <= fewPoints
              ? space.listLegal(fewPoints)
              : std::nullopt) {
    llvm::shuffle(all->begin(), all->end(), random);
    for (const Configuration &point : *all)
      if (points.size() < wanted)
        add(point);
    return points;
  }
  // Uniform draws where there are enough legal points, walks from one legal
  // point to another where there are not.
  ArrayRef<Knob> knobs = space.getKnobs();
  Configuration walk = space.getDefault();
  for (int64_t tries = 0; tries < mostTries && points.size() < wanted;
       ++tries) {
    Configuration uniform, step = walk;
    for (const Knob &knob : knobs)
      uniform.push_back(random() % knob.options.size());
    if (space.isLegal(uniform))
      add(uniform);
    for (int changes = 1 + random() % 3; changes > 0; --changes) {
      size_t knob = random() % knobs.size();
      step[knob] = random() % knobs[knob].options.size();
    }
    if (space.isLegal(step)) {
      walk = step;
      add(step);
    }
  }
  return points;
}

std::string toText(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  attribute.print(stream);
  return text;
}

llvm::json::Object toJson(const LegalityFinding &finding) {
  return llvm::json::Object{{"task", llvm::json::fixUTF8(finding.task)},
                            {"schedule", finding.schedule},
                            {"outcome", finding.outcome},
                            {"message", llvm::json::fixUTF8(finding.message)},
                            {"configuration", finding.configuration},
                            {"points", finding.points},
                            {"failures", finding.failures},
                            {"lowered", finding.lowered}};
}

LegalityFinding fromJson(const llvm::json::Object &object) {
  auto text = [&](StringRef key) {
    return object.getString(key).value_or("").str();
  };
  auto number = [&](StringRef key) {
    return object.getInteger(key).value_or(0);
  };
  return {text("task"),       text("schedule"),      text("outcome"),
          text("message"),    text("configuration"), number("points"),
          number("failures"), number("lowered")};
}

} // namespace

struct LegalPoints::Impl {
  Impl(llvm::StringRef text, unsigned threads)
      : context(makeRegistry(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    DeviceOptions options;
    options.threads = threads;
    auto parsed = BackendRegistry::parse(&context, text, options);
    if (!parsed)
      llvm::report_fatal_error(parsed.takeError());
    device = std::move(*parsed);
    FailureOr<ScheduleLibrary> loaded = ScheduleLibrary::load(
        &context, {}, device->getBackend().getSchedules());
    if (succeeded(loaded))
      library = *loaded;
  }

  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerAll(registry);
    return registry;
  }

  using Report = llvm::function_ref<void(const LegalityFinding &)>;
  void checkHere(const LegalityCase &legalityCase, const LegalityEffort &effort,
                 Report report);
  void checkTask(const TuningTask &task, const LegalityEffort &effort,
                 Report report);
  std::string lower(ModuleOp module);

  MLIRContext context;
  std::shared_ptr<const Device> device;
  std::optional<ScheduleLibrary> library;
};

/// Returns what went wrong, or nothing.
std::string LegalPoints::Impl::lower(ModuleOp module) {
  FirstError error(&context);
  PassManager passes(&context);
  LowerToNVVMOptions gpu;
  auto *chip = dynamic_cast<const NVVMDevice *>(device.get());
  if (chip) {
    gpu.chip = chip->chip;
    buildLowerToNVVMPipeline(passes, gpu);
  } else {
    buildLowerToCPUPipeline(passes,
                            LowerToCPUOptions{device->getThreads() > 1});
  }
  if (failed(passes.run(module)))
    return error.text.empty() ? "lowering failed" : error.text;
  if (!chip)
    return "";
  llvm::Expected<NVVMProgram> program = translateToPTX(module, gpu);
  return program ? "" : llvm::toString(program.takeError());
}

void LegalPoints::Impl::checkTask(const TuningTask &task,
                                  const LegalityEffort &effort, Report report) {
  OwningOpRef<ModuleOp> payload =
      parseSourceString<ModuleOp>(printTask(task), &context);
  LegalityFinding finding;
  finding.task = task.name;
  if (!payload) {
    finding.outcome = "Crash";
    finding.message = "the task does not parse back";
    return report(finding);
  }
  (*payload)->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                      device->toDLTI(&context));
  auto function = *payload->getOps<func::FuncOp>().begin();
  auto nameOf = [](MatchedSchedule match) {
    return match.libraryName + "@" + match.schedule.getSymName().str();
  };
  SmallVector<MatchedSchedule> matches = library->match(
      function, [&](const MatchedSchedule &match, StringRef reason) {
        LegalityFinding refused;
        refused.task = task.name;
        refused.schedule = nameOf(match);
        refused.outcome = "Refused";
        refused.message = reason.str();
        report(refused);
      });
  if (matches.empty()) {
    finding.outcome = "Unmatched";
    return report(finding);
  }
  for (MatchedSchedule &match : matches) {
    finding = {};
    finding.task = task.name;
    finding.schedule = nameOf(match);
    finding.outcome = "Fine";
    FailureOr<DesignSpace> space = failure();
    {
      FirstError error(&context);
      space = DesignSpace::create(match.schedule, function, match.matcher);
      if (failed(space)) {
        finding.outcome = "Space";
        finding.message = error.text;
        report(finding);
        continue;
      }
    }
    for (const Configuration &point : drawPoints(*space, effort.points, 7)) {
      ++finding.points;
      auto fail = [&](StringRef outcome, const std::string &message) {
        if (finding.failures++ == 0) {
          finding.outcome = outcome.str();
          finding.message = message;
          finding.configuration = toText(space->toAttr(point));
        }
      };
      // What a crash of this point is reported with.
      LegalityFinding crash = finding;
      crash.outcome = "Crash";
      crash.message.clear();
      crash.failures = 1;
      crash.configuration = toText(space->toAttr(point));
      report(crash);
      OwningOpRef<ModuleOp> module = payload.get().clone();
      OwningOpRef<ModuleOp> spec = createSpec(&context);
      std::string message;
      {
        FirstError error(&context);
        if (failed(
                addResolvedSchedule(*spec, task.key, match, *space, point)) ||
            failed(applySpec(*spec, *module)) || failed(verify(*module)))
          message =
              error.text.empty() ? "failed without a diagnostic" : error.text;
      }
      if (!message.empty()) {
        fail("Transform", message);
        continue;
      }
      if (finding.lowered < effort.lowered) {
        ++finding.lowered;
        if (std::string lowered = lower(*module); !lowered.empty())
          fail("Lowering", lowered);
      }
    }
    report(finding);
  }
}

void LegalPoints::Impl::checkHere(const LegalityCase &legalityCase,
                                  const LegalityEffort &effort, Report report) {
  LegalityFinding finding;
  finding.outcome = "Crash";
  FirstError error(&context);
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(legalityCase.module, &context);
  FailureOr<SmallVector<TuningTask>> tasks = failure();
  if (module && succeeded(prepareForTarget(*module, *device)))
    tasks = extractTasks(*module, device->joinsRows());
  if (failed(tasks)) {
    finding.message = "not prepared: " + error.text;
    return report(finding);
  }
  for (const TuningTask &task : *tasks)
    checkTask(task, effort, report);
}

LegalPoints::LegalPoints(const std::string &text, unsigned threads) {
  impl = std::make_unique<Impl>(text, threads);
}

LegalPoints::~LegalPoints() = default;

std::vector<LegalityFinding>
LegalPoints::check(const LegalityCase &legalityCase,
                   const LegalityEffort &effort) const {
  int ends[2];
  if (pipe(ends) != 0)
    llvm::report_fatal_error("no pipe");
  pid_t child = fork();
  if (child < 0)
    llvm::report_fatal_error("no child process");
  if (child == 0) {
    close(ends[0]);
    alarm(effort.seconds);
    llvm::raw_fd_ostream stream(ends[1], /*shouldClose=*/true);
    impl->checkHere(legalityCase, effort, [&](const LegalityFinding &finding) {
      stream << llvm::json::Value(toJson(finding)) << "\n";
      stream.flush();
    });
    stream.close();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof(buffer))) > 0;)
    text.append(buffer, count);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  bool died = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

  // A point that was begun is followed by something else unless the child died
  // of it.
  SmallVector<StringRef> lines;
  StringRef(text).split(lines, '\n', -1, /*KeepEmpty=*/false);
  std::vector<LegalityFinding> findings;
  for (auto [position, line] : llvm::enumerate(lines)) {
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
    if (!value) {
      llvm::consumeError(value.takeError());
      continue;
    }
    LegalityFinding finding = fromJson(*value->getAsObject());
    bool isBegun = finding.outcome == "Crash" && finding.message.empty();
    if (!isBegun || (died && position + 1 == lines.size()))
      findings.push_back(finding);
  }
  if (died) {
    if (findings.empty() || findings.back().outcome != "Crash")
      findings.push_back({"", "", "Crash", "", "", 0, 1, 0});
    findings.back().message =
        WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
            ? "no end after " + std::to_string(effort.seconds) + " s"
        : WIFSIGNALED(status)
            ? "signal " + std::to_string(WTERMSIG(status))
            : "exit status " + std::to_string(WEXITSTATUS(status));
  }
  return findings;
}
