//===- CompileModel.cpp - from a module, tuned or not, to a program
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Model/Model.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/Backend.h"
#include "chameleon/Target/Signature.h"
#include "chameleon/Tasks/ApplySchedules.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace chameleon {

/// Applies the schedules that --tune-schedules embedded. The payload knows its
/// target while they run, as it did when they were measured. A task that its
/// schedule refuses stays as it is; a spec of a user's that is for no task in
/// particular is applied to the whole, and fails with it.
static LogicalResult applyEmbeddedSchedules(ModuleOp module,
                                            const Device &device) {
  OwningOpRef<ModuleOp> spec = takeEmbeddedSpec(module);
  if (!spec)
    return success();
  StringRef targetAttribute = DLTIDialect::kTargetSystemDescAttrName;
  Attribute before = module->getAttr(targetAttribute);
  module->setAttr(targetAttribute, device.toDLTI(module.getContext()));
  SmallVector<TuningTask> tasks = getTasks(module);
  LogicalResult result = success();
  if (tasks.empty() || getTaskKeys(*spec).empty())
    result = success(succeeded(applySpec(*spec, module)) &&
                     succeeded(verify(module)));
  else
    applySpecToTasks(*spec, tasks);
  if (before)
    module->setAttr(targetAttribute, before);
  else
    module->removeAttr(targetAttribute);
  return success(succeeded(result) && succeeded(hoistConstants(module)));
}

FailureOr<Program> compileModel(ModuleOp module, const Device &device,
                                const CompileModelOptions &options,
                                std::vector<CompileStep> &steps) {
  double begin = monotonicSeconds();
  if (failed(applyEmbeddedSchedules(module, device)))
    return failure();
  steps.push_back({"schedules", monotonicSeconds() - begin});
  if (options.profile)
    options.profile->instrument(module, options.function);
  std::unique_ptr<Compiler> compiler =
      device.createCompiler(module.getContext(), options.compile);
  FailureOr<Program> program = compiler->compile(module);
  if (failed(program))
    return failure();
  program->generator = device.getBackend().getGenerator();
  llvm::append_range(steps, compiler->steps());
  if (!options.function.empty() &&
      failed(checkCallable(module, options.function)))
    return failure();
  return program;
}

std::string getCodeCache() {
  llvm::SmallString<128> folder;
  if (!llvm::sys::path::cache_directory(folder))
    return "";
  llvm::sys::path::append(folder, "chameleon", "cubin");
  return llvm::sys::fs::create_directories(folder) ? "" : folder.str().str();
}

} // namespace chameleon
