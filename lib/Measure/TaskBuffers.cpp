//===- TaskBuffers.cpp - the arguments of a task's function in memory
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskBuffers.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <cstring>

using namespace chameleon;

static std::string print(mlir::Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

llvm::Expected<TaskSignature> TaskSignature::of(mlir::ModuleOp payload,
                                                int64_t numOutputs) {
  mlir::func::FuncOp task;
  for (auto function : payload.getOps<mlir::func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    if (task)
      return llvm::createStringError(
          "expected one public function, found '%s' and '%s'",
          task.getName().str().c_str(), function.getName().str().c_str());
    task = function;
  }
  if (!task)
    return llvm::createStringError("expected one public function, found none");
  if (!isTask(task))
    return llvm::createStringError(
        "function '%s' has no attribute chameleon.task",
        task.getName().str().c_str());
  TaskSignature signature;
  signature.function = task.getName().str();
  if (numOutputs < 1 ||
      numOutputs > static_cast<int64_t>(task.getNumArguments()))
    return llvm::createStringError(
        "function '%s' has %u arguments, %lld of them outputs",
        signature.function.c_str(), task.getNumArguments(),
        static_cast<long long>(numOutputs));
  signature.numInputs = task.getNumArguments() - numOutputs;
  for (auto [position, type] : llvm::enumerate(task.getArgumentTypes())) {
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    if (!tensor)
      return llvm::createStringError(
          "argument %u of function '%s' is %s, expected a tensor",
          static_cast<unsigned>(position), signature.function.c_str(),
          print(type).c_str());
    llvm::Expected<BufferType> buffer = getBufferType(tensor);
    if (!buffer)
      return llvm::createStringError(
          "argument %u of function '%s': %s", static_cast<unsigned>(position),
          signature.function.c_str(),
          llvm::toString(buffer.takeError()).c_str());
    signature.arguments.push_back(
        {tensor, buffer->element, tensor.getNumElements()});
  }
  return signature;
}

static size_t alignUp(size_t bytes) { return (bytes + 63) / 64 * 64; }

size_t TaskSignature::inputOffset(size_t input) const {
  size_t offset = 0;
  for (const Argument &argument : llvm::ArrayRef(arguments).take_front(input))
    offset += alignUp(argument.bytes());
  return offset;
}

size_t TaskSignature::referenceOffset(size_t output) const {
  size_t offset = inputOffset(numInputs);
  for (const Argument &argument : outputs().take_front(output))
    offset += alignUp(argument.elements * 8);
  return offset;
}

static uint64_t hashOf(const GuardedBuffer &buffer) {
  return llvm::xxh3_64bits(llvm::StringRef(buffer.data(), buffer.size()));
}

TaskBuffers::TaskBuffers(const TaskSignature &signature,
                         llvm::ArrayRef<char> data)
    : signature(signature), data(data) {
  for (const TaskSignature::Argument &argument : signature.arguments)
    buffers.emplace_back(argument.bytes());
  for (GuardedBuffer &buffer : buffers)
    addresses.push_back(buffer.data());
  for (size_t input = 0; input < signature.numInputs; ++input) {
    memcpy(buffers[input].data(), data.data() + signature.inputOffset(input),
           buffers[input].size());
    inputHashes.push_back(hashOf(buffers[input]));
  }
  poisonOutputs();
}

void TaskBuffers::poisonOutputs() {
  for (auto [buffer, argument] :
       llvm::zip_equal(outputs(), signature.outputs()))
    buffer.poison(argument.kind);
}

std::string TaskBuffers::findFault(double tolerance, double &relativeError) {
  std::string fault;
  auto say = [&](const auto &text) {
    if (fault.empty())
      fault = std::string(text);
  };
  for (size_t input = 0; input < signature.numInputs; ++input)
    if (hashOf(buffers[input]) != inputHashes[input]) {
      say(llvm::formatv("input {0} was overwritten", input).str());
      memcpy(buffers[input].data(), data.data() + signature.inputOffset(input),
             buffers[input].size());
    }
  for (auto [position, buffer] : llvm::enumerate(buffers))
    if (!buffer.guardsIntact()) {
      bool isInput = position < signature.numInputs;
      say(llvm::formatv("wrote outside its destination, beside {0} {1}",
                        isInput ? "input" : "output",
                        isInput ? position : position - signature.numInputs)
              .str());
      buffer.restoreGuards();
    }
  relativeError = 0;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    const void *values = outputs()[output].data(),
               *reference = data.data() + signature.referenceOffset(output);
    Comparison comparison =
        isFloat(argument.kind)
            ? compareFloats(argument.kind, values,
                            static_cast<const double *>(reference),
                            argument.elements)
            : compareIntegers(argument.kind, values,
                              static_cast<const int64_t *>(reference),
                              argument.elements);
    relativeError = std::max(relativeError, comparison.relativeError);
    double allowed = getTolerance(argument.kind, tolerance);
    if (!(comparison.relativeError <= allowed))
      say(llvm::formatv(
              "output {0}: {1} (relative error {2:e2}, tolerance {3:e2})",
              output, describe(comparison), comparison.relativeError, allowed)
              .str());
  }
  return fault;
}
