//===- ResolveSchedules.cpp - schedules without tuning
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/AsmParser/AsmParser.h"
#include "llvm/Support/FormatVariadic.h"

namespace chameleon {
#define GEN_PASS_DEF_RESOLVESCHEDULES
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

using namespace mlir;
using namespace chameleon;

namespace {
struct ResolveSchedulesPass
    : chameleon::impl::ResolveSchedulesBase<ResolveSchedulesPass> {
  using ResolveSchedulesBase::ResolveSchedulesBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<ChameleonDialect, transform::TransformDialect>();
  }

  /// The configuration that the option gives, else the default.
  FailureOr<Configuration> chooseConfiguration(const DesignSpace &space,
                                               func::FuncOp task) {
    if (configuration.empty())
      return space.getDefault();
    // The parser of pass options takes one pair of braces away.
    std::string text = StringRef(configuration).starts_with("{")
                           ? configuration
                           : "{" + configuration + "}";
    auto dictionary =
        dyn_cast_or_null<DictionaryAttr>(parseAttribute(text, &getContext()));
    if (!dictionary)
      return getOperation().emitError(
                 "expects a dictionary as configuration, found '")
             << configuration << "'";
    // As in seeds, what is not named has its default: what is inactive in any
    // case.
    NamedAttrList all(dictionary);
    for (const Knob &knob : space.getKnobs())
      if (!dictionary.contains(knob.name))
        all.append(knob.name, knob.options[knob.defaultOption]);
    std::optional<Configuration> chosen =
        space.fromAttr(all.getDictionary(&getContext()));
    if (!chosen)
      return task.emitError("configuration ")
             << dictionary << " does not fit the knobs "
             << space.toAttr(space.getDefault());
    if (!space.isLegal(*chosen))
      return task.emitError("configuration ") << dictionary << " is not legal";
    return *chosen;
  }

  LogicalResult addTask(ModuleOp spec, const ScheduleLibrary &library,
                        func::FuncOp task, StringRef key) {
    for (MatchedSchedule &match : library.match(task)) {
      if (!schedule.empty() && match.schedule.getSymName() != schedule)
        continue;
      FailureOr<DesignSpace> space =
          DesignSpace::create(match.schedule, task, match.matcher);
      if (failed(space))
        return failure();
      FailureOr<Configuration> chosen = chooseConfiguration(*space, task);
      if (failed(chosen))
        return failure();
      InFlightDiagnostic remark =
          task.emitRemark()
          << match.libraryName << " @" << match.schedule.getSymName() << ": "
          << llvm::formatv("{0:f0}", space->getSize()).str()
          << " configurations";
      if (std::optional<int64_t> legal = space->countLegal())
        remark << ", " << *legal << " legal";
      remark << ", default " << space->toAttr(space->getDefault());
      return addResolvedSchedule(spec, key, match, *space, *chosen);
    }
    task.emitRemark(schedule.empty() ? "no schedule applies"
                                     : "the schedule does not apply");
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    const Backend *backend = BackendRegistry::lookup(&getContext(), target);
    if (!backend) {
      module.emitError("unknown target '") << target << "'";
      return signalPassFailure();
    }
    FailureOr<ScheduleLibrary> library = ScheduleLibrary::load(
        &getContext(), llvm::to_vector_of<std::string>(libraries),
        backend->getSchedules());
    if (failed(library))
      return signalPassFailure();
    if (!schedule.empty() &&
        llvm::none_of(library->getSchedules(), [&](MatchedSchedule &match) {
          return match.schedule.getSymName() == schedule;
        })) {
      module.emitError("no library has a schedule '") << schedule << "'";
      return signalPassFailure();
    }
    OwningOpRef<ModuleOp> spec = createSpec(&getContext());
    for (auto task : module.getOps<func::FuncOp>())
      if (StringAttr key = getTaskKey(task))
        if (failed(addTask(*spec, *library, task, key)))
          return signalPassFailure();
    if (!apply)
      embedSpec(std::move(spec), module);
    else if (!getTaskKeys(*spec).empty() && failed(applySpec(*spec, module)))
      signalPassFailure();
  }
};
} // namespace
