//===- MatchTask.cpp - the schedules that apply to a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/MatchTask.h"
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
  MatchedTask matched{task, {}, {}};
  func::FuncOp function = task.function;
  OwningOpRef<ModuleOp> payload =
      parseSourceString<ModuleOp>(printTask(task), function.getContext());
  if (!payload) {
    emitError(function.getLoc())
        << "task '" << task.name << "' does not parse back";
    return matched;
  }
  payload->getOperation()->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                                   targetFacts);
  matched.payload = printModule(*payload);
  auto payloadFunction = *payload->getOps<func::FuncOp>().begin();

  std::string reason = "no schedule matches";
  for (MatchedSchedule &match : library.match(payloadFunction)) {
    // A user's schedule that cannot work is an error on the schedule; the next
    // one that matches may still do.
    FailureOr<DesignSpace> space =
        DesignSpace::create(match.schedule, payloadFunction, match.matcher);
    if (failed(space)) {
      reason = "no schedule that matches has a legal configuration";
      continue;
    }
    std::string name =
        match.libraryName + "@" + match.schedule.getSymName().str();
    matched.schedules.push_back({match, *space, std::move(name)});
    return matched;
  }
  emitRemark(function.getLoc())
      << "task '" << task.name << "' is left as it is: " << reason;
  return matched;
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
