//===- TaskProgram.cpp - tasks and candidates as modules, for every runner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskProgram.h"
#include "EngineBuffers.h"
#include "chameleon/Measure/Reference.h"
#include "chameleon/Runtime/Engine.h"
#include "chameleon/Runtime/HostTensor.h"
#include "chameleon/Schedule/ScheduleLibrary.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/Compiler.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

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

//===----------------------------------------------------------------------===//
// Inputs and reference
//===----------------------------------------------------------------------===//

static llvm::Error fillInputs(const TaskSignature &signature, uint64_t seed,
                              bool positive, std::vector<char> &data) {
  for (auto [input, argument] : llvm::enumerate(signature.inputs())) {
    llvm::Expected<BufferType> type = getBufferType(argument.type);
    if (!type)
      return type.takeError();
    llvm::Expected<HostTensor> tensor = HostTensor::create(*type);
    if (!tensor)
      return tensor.takeError();
    tensor->fillRandom(seed + 0x9e3779b97f4a7c15 * (input + 1));
    if (positive && isFloat(argument.kind))
      for (int64_t i = 0; i < argument.elements; ++i)
        tensor->set(i, 0.5 + 0.5 * std::fabs(tensor->get(i)));
    memcpy(data.data() + signature.inputOffset(input), tensor->data(),
           argument.bytes());
  }
  return llvm::Error::success();
}

/// Runs `program` on the inputs in `data` and writes the references there.
/// `isWide`: its floats are doubles.
static llvm::Error computeReference(ModuleOp program, bool isWide,
                                    const TaskSignature &signature,
                                    std::vector<char> &data,
                                    ReferenceEngine engine) {
  std::vector<GuardedBuffer> buffers;
  for (auto [position, argument] : llvm::enumerate(signature.arguments)) {
    bool widened = isWide && isFloat(argument.kind);
    GuardedBuffer &buffer = buffers.emplace_back(
        argument.elements * (widened ? 8 : byteWidth(argument.kind)));
    if (position >= signature.numInputs) {
      buffer.poison(argument.kind);
    } else {
      const char *input = data.data() + signature.inputOffset(position);
      if (widened)
        for (int64_t i = 0; i < argument.elements; ++i)
          reinterpret_cast<double *>(buffer.data())[i] =
              readElement(argument.kind, input, i);
      else
        memcpy(buffer.data(), input, buffer.size());
    }
  }
  if (llvm::Error error = engine(program, signature.function, buffers))
    return error;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    const char *from = buffers[signature.numInputs + output].data();
    char *to = data.data() + signature.referenceOffset(output);
    ElementKind kind =
        isWide && isFloat(argument.kind) ? ElementKind::F64 : argument.kind;
    for (int64_t i = 0; i < argument.elements; ++i) {
      if (isFloat(kind))
        reinterpret_cast<double *>(to)[i] = readElement(kind, from, i);
      else if (kind == ElementKind::I64)
        memcpy(to + 8 * i, from + 8 * i, 8);
      else
        reinterpret_cast<int64_t *>(to)[i] =
            static_cast<int64_t>(readElement(kind, from, i));
    }
  }
  return llvm::Error::success();
}

/// How many elements of float references are not finite, and how many there
/// are.
static std::pair<int64_t, int64_t>
countNotFinite(const TaskSignature &signature, const std::vector<char> &data) {
  int64_t bad = 0, all = 0;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    if (!isFloat(argument.kind))
      continue;
    const auto *reference = reinterpret_cast<const double *>(
        data.data() + signature.referenceOffset(output));
    all += argument.elements;
    bad += std::count_if(reference, reference + argument.elements,
                         [](double value) { return !std::isfinite(value); });
  }
  return {bad, all};
}

llvm::Expected<PreparedTask>
chameleon::prepareReference(const MeasureTask &task, uint64_t seed,
                            MLIRContext *context, ReferenceEngine engine) {
  auto payload = parseModule(task.payload, "the payload", context);
  if (!payload)
    return payload.takeError();
  llvm::Expected<TaskSignature> signature =
      TaskSignature::of(**payload, task.numOutputs);
  if (!signature)
    return signature.takeError();
  PreparedTask prepared;
  prepared.data.resize(signature->totalBytes());
  std::string whyNot;
  OwningOpRef<ModuleOp> program = widenToDouble(**payload, whyNot);
  bool isWide = static_cast<bool>(program);
  if (!isWide) {
    program = (*payload)->clone();
    prepared.remark = "the reference has the task's own precision: " + whyNot;
  }
  orderLoopsAlongMemory(*program);
  // Square roots, logarithms and divisions may need positive inputs to be of
  // any use as a check.
  for (bool positive : {false, true}) {
    if (llvm::Error error =
            fillInputs(*signature, seed, positive, prepared.data))
      return error;
    OwningOpRef<ModuleOp> clone = program->clone();
    if (llvm::Error error =
            computeReference(*clone, isWide, *signature, prepared.data, engine))
      return llvm::createStringError("computing the reference: %s",
                                     llvm::toString(std::move(error)).c_str());
    if (countNotFinite(*signature, prepared.data).first == 0)
      return prepared;
  }
  auto [bad, all] = countNotFinite(*signature, prepared.data);
  if (bad == all)
    return llvm::createStringError("the reference has no finite element (does "
                                   "the task read its destination?)");
  prepared.remark +=
      llvm::formatv("{0}{1} of {2} elements of the reference are not finite; "
                    "they are hardly checked",
                    prepared.remark.empty() ? "" : "; ", bad, all);
  return prepared;
}
