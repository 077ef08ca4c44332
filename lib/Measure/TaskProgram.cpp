//===- TaskProgram.cpp - tasks and candidates as modules, for every runner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskProgram.h"
#include "EngineBuffers.h"
#include "chameleon/Runtime/Engine.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/Compiler.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Parser/Parser.h"

using namespace chameleon;
using namespace mlir;

const llvm::StringLiteral chameleon::warmUpTask = R"mlir(
    func.func @warm(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>, %c: tensor<4x4xf32>) -> tensor<4x4xf32>
        attributes {chameleon.task = "warm"} {
      %zero = arith.constant 0.0 : f32
      %fill = linalg.fill ins(%zero : f32) outs(%c : tensor<4x4xf32>) -> tensor<4x4xf32>
      %r = linalg.matmul ins(%a, %b : tensor<4x4xf32>, tensor<4x4xf32>) outs(%fill : tensor<4x4xf32>) -> tensor<4x4xf32>
      return %r : tensor<4x4xf32>
    })mlir";
llvm::Expected<OwningOpRef<ModuleOp>>
chameleon::parseModule(llvm::StringRef text, llvm::StringRef what,
                       MLIRContext *context) {
  DiagnosticCollector diagnostics(context);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context);
  if (!module)
    return llvm::createStringError(
        "%s does not parse: %s", what.str().c_str(),
        diagnostics.message("no diagnostic").c_str());
  return module;
}

//===----------------------------------------------------------------------===//
// Candidates
//===----------------------------------------------------------------------===//

llvm::Expected<OpenTask> OpenTask::open(const MeasureTask &task,
                                        llvm::ArrayRef<char> data,
                                        const Device &device,
                                        MLIRContext *context) {
  auto payload = parseModule(task.payload, "the payload", context);
  if (!payload)
    return payload.takeError();
  llvm::Expected<TaskSignature> signature =
      TaskSignature::of(**payload, task.numOutputs);
  if (!signature)
    return signature.takeError();
  if (data.size() != signature->totalBytes())
    return llvm::createStringError(
        "the data of the task has %zu bytes, expected %zu", data.size(),
        signature->totalBytes());
  // Schedules may ask what they run on.
  if (!(**payload)->hasAttr(DLTIDialect::kTargetSystemDescAttrName))
    (**payload)->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                         device.toDLTI(context));
  return OpenTask{std::move(*payload), *signature};
}

OwningOpRef<ModuleOp> OpenTask::applyCandidate(const Candidate &candidate,
                                               Measurement &failure) const {
  OwningOpRef<ModuleOp> module = payload.get().clone();
  if (candidate.spec.empty())
    return module;
  failure.outcome = Outcome::TransformError;
  MLIRContext *context = payload.get().getContext();
  auto spec = parseModule(candidate.spec, "the spec", context);
  if (!spec) {
    failure.message = llvm::toString(spec.takeError());
    return nullptr;
  }
  DiagnosticCollector diagnostics(context);
  if (failed(applySpec(**spec, *module, /*checkHandles=*/false))) {
    failure.message =
        diagnostics.message("the schedule failed without a diagnostic");
    return nullptr;
  }
  return module;
}

llvm::Error chameleon::runOnHost(ModuleOp module, const std::string &function,
                                 llvm::MutableArrayRef<GuardedBuffer> buffers) {
  llvm::Expected<std::shared_ptr<const CPUDevice>> host =
      CPUDevice::ofHost(/*threads=*/1);
  if (!host)
    return host.takeError();
  CompileOptions options;
  options.optimization = CPUOptimization::Once;
  DiagnosticCollector diagnostics(module.getContext());
  FailureOr<Program> program =
      (*host)->createCompiler(module.getContext(), options)->compile(module);
  if (failed(program))
    return llvm::createStringError(
        "%s", diagnostics.message("lowering failed").c_str());
  auto engine = (*host)->openEngine();
  if (!engine)
    return engine.takeError();
  return runOnce(**engine, std::make_shared<Program>(std::move(*program)),
                 function, buffers);
}
