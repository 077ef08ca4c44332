//===- MatchTask.cpp - the schedules that apply to a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/MatchTask.h"
#include "CollectedErrors.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace chameleon;

static std::string printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, OpPrintingFlags()
                            .useLocalScope()
                            .enableDebugInfo(false)
                            .assumeVerified());
  return text;
}

/// What no schedule is made for.
static std::optional<std::string> reasonAgainst(func::FuncOp task) {
  std::optional<std::string> reason;
  task.walk([&](linalg::LinalgOp op) {
    for (Value operand : op->getOperands()) {
      auto type = dyn_cast<ShapedType>(operand.getType());
      if (type && type.hasStaticShape() && type.getNumElements() == 0)
        reason = llvm::formatv("expected extents above zero, found {0}", type);
    }
  });
  return reason;
}

MatchedTask chameleon::matchTask(const TuningTask &task,
                                 const ScheduleLibrary &library,
                                 Attribute targetFacts) {
  MatchedTask matched{task, {}, {}, {}};
  func::FuncOp function = task.function;
  OwningOpRef<ModuleOp> payload =
      parseSourceString<ModuleOp>(printTask(task), function.getContext());
  if (!payload) {
    matched.refused.push_back({"", "the task does not parse back"});
    return matched;
  }
  payload->getOperation()->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                                   targetFacts);
  matched.payload = printModule(*payload);
  auto payloadFunction = *payload->getOps<func::FuncOp>().begin();

  if (std::optional<std::string> reason = reasonAgainst(payloadFunction)) {
    matched.refused.push_back({"", *reason});
    return matched;
  }
  auto nameOf = [](const MatchedSchedule &match) {
    transform::NamedSequenceOp schedule = match.schedule;
    return match.libraryName + "@" + schedule.getSymName().str();
  };
  auto refuse = [&](const MatchedSchedule &match, StringRef reason) {
    RefusedSchedule refused{nameOf(match), reason.str()};
    // Several matchers may lead to one schedule.
    if (!llvm::is_contained(matched.refused, refused))
      matched.refused.push_back(std::move(refused));
  };
  for (MatchedSchedule &match : library.match(payloadFunction, refuse)) {
    std::string name = nameOf(match);
    if (match.isFallback() && !matched.schedules.empty())
      break;
    // Several matchers may accept the task for one schedule: the first wins.
    if (llvm::any_of(matched.schedules, [&](const TaskSchedule &schedule) {
          return schedule.name == name;
        }))
      continue;
    CollectedErrors errors(function.getContext());
    FailureOr<DesignSpace> space =
        DesignSpace::create(match.schedule, payloadFunction, match.matcher);
    if (succeeded(space))
      matched.schedules.push_back({match, *space, std::move(name)});
    else
      matched.refused.push_back({std::move(name), errors.take()});
  }
  return matched;
}

std::string chameleon::describe(ArrayRef<RefusedSchedule> refused) {
  llvm::SmallSetVector<StringRef, 4> reasons;
  SmallVector<std::string> all;
  for (const RefusedSchedule &one : refused)
    all.push_back(one.name.empty()
                      ? one.reason
                      : "schedule '" + one.name + "': " + one.reason);
  // One schedule by two matchers is refused twice.
  for (const std::string &one : all)
    reasons.insert(one);
  return llvm::join(reasons, "; ");
}

void chameleon::remarkLeftAsItIs(const TuningTask &task, StringRef reason) {
  func::FuncOp function = task.function;
  emitRemark(function.getLoc())
      << "task '" << task.name << "' is left as it is: " << reason;
}

void chameleon::remarkOnRefusals(const MatchedTask &matched) {
  if (matched.schedules.empty())
    return remarkLeftAsItIs(matched.task, matched.refused.empty()
                                              ? "no schedule matches"
                                              : describe(matched.refused));
  SmallVector<RefusedSchedule, 0> users;
  llvm::copy_if(matched.refused, std::back_inserter(users),
                [](const RefusedSchedule &one) {
                  return !StringRef(one.name).starts_with("builtin:");
                });
  if (users.empty())
    return;
  func::FuncOp function = matched.task.function;
  emitRemark(function.getLoc())
      << "task '" << matched.task.name
      << "' does without one of its schedules: " << describe(users);
}

std::string chameleon::printSpec(StringRef taskKey,
                                 const TaskSchedule &schedule,
                                 ArrayRef<int32_t> configuration) {
  MLIRContext *context =
      transform::NamedSequenceOp(schedule.match.schedule)->getContext();
  OwningOpRef<ModuleOp> spec = createSpec(context);
  if (failed(addResolvedSchedule(*spec, taskKey, schedule.match, schedule.space,
                                 configuration)))
    return "";
  return printModule(*spec);
}
