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
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace chameleon;

static std::string printModule(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream,
                OpPrintingFlags().useLocalScope().enableDebugInfo(false));
  return text;
}

MatchedTask chameleon::matchTask(const TuningTask &task,
                                 const ScheduleLibrary &library,
                                 Attribute targetFacts) {
  MatchedTask matched{task, {}, {}, {}};
  func::FuncOp function = task.function;
  OwningOpRef<ModuleOp> payload =
      parseSourceString<ModuleOp>(printTask(task), function.getContext());
  if (!payload) {
    matched.refused.push_back({"any", "the task does not parse back"});
    return matched;
  }
  payload->getOperation()->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                                   targetFacts);
  matched.payload = printModule(*payload);
  auto payloadFunction = *payload->getOps<func::FuncOp>().begin();

  for (MatchedSchedule &match : library.match(payloadFunction)) {
    std::string name =
        match.libraryName + "@" + match.schedule.getSymName().str();
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
  std::string text;
  for (const RefusedSchedule &one : refused)
    text += (text.empty() ? "schedule '" : "; schedule '") + one.name +
            "': " + one.reason;
  return text;
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
