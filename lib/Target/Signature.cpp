//===- Signature.cpp - how the functions of a module are called
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Signature.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace chameleon {

static std::string text(Type type) {
  std::string result;
  llvm::raw_string_ostream(result) << "'" << type << "'";
  return result;
}

static std::optional<ElementType> getElementType(Type type) {
  // Integers of other widths lie in the next wider one; booleans have a name
  // of their own.
  if (type.isSignlessInteger() && !type.isInteger(1))
    type = getStorageType(type);
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return elementTypeFromString(name);
}

llvm::Expected<BufferType> getBufferType(RankedTensorType type) {
  if (!type.hasStaticShape())
    return llvm::createStringError(
        "tensor type %s is dynamic, expected a static shape",
        text(type).c_str());
  std::optional<ElementType> element = getElementType(type.getElementType());
  if (!element)
    return llvm::createStringError(
        "element type %s is not supported, expected %s",
        text(type.getElementType()).c_str(), listElementTypes().c_str());
  return BufferType{*element, type.getShape().vec()};
}

static FunctionType getSignature(FunctionOpInterface function) {
  auto attribute = function->getAttrOfType<TypeAttr>(signatureAttribute);
  return attribute ? dyn_cast<FunctionType>(attribute.getValue())
                   : FunctionType();
}

/// Whether all types are those of buffers.
static llvm::Error readTypes(ArrayRef<Type> types,
                             std::vector<BufferType> &buffers) {
  for (Type type : types) {
    llvm::Expected<BufferType> buffer =
        getBufferType(cast<RankedTensorType>(type));
    if (!buffer)
      return buffer.takeError();
    buffers.push_back(*buffer);
  }
  return llvm::Error::success();
}

static llvm::Expected<Program::Function>
readSignature(FunctionOpInterface function, FunctionType type) {
  Program::Function result;
  result.name = function.getName().str();
  if (llvm::Error error = readTypes(type.getResults(), result.results))
    return error;
  // The destinations of a task are its last arguments; those of other functions
  // come after its arguments.
  ArrayRef<Type> arguments = type.getInputs();
  if (function->hasAttr(taskAttribute))
    arguments = arguments.drop_back(result.results.size());
  if (llvm::Error error = readTypes(arguments, result.arguments))
    return error;
  for (unsigned index = 0; index < arguments.size(); ++index) {
    auto constant =
        function.getArgAttrOfType<IntegerAttr>(index, constantAttribute);
    result.constants.push_back(constant ? constant.getInt() : -1);
  }
  if (auto initialiser =
          function->getAttrOfType<FlatSymbolRefAttr>(initAttribute))
    result.initialiser = initialiser.getValue().str();
  return result;
}

std::vector<Program::Function> readSignatures(ModuleOp lowered) {
  std::vector<Program::Function> functions;
  for (auto function : lowered.getOps<FunctionOpInterface>()) {
    FunctionType type = getSignature(function);
    if (function.isExternal() || !type)
      continue;
    if (llvm::Expected<Program::Function> found = readSignature(function, type))
      functions.push_back(std::move(*found));
    else
      llvm::consumeError(found.takeError());
  }
  return functions;
}

/// A function that can be called; emits why not.
static FailureOr<Program::Function> findCallable(ModuleOp lowered,
                                                 StringRef name) {
  auto function = dyn_cast_or_null<FunctionOpInterface>(
      SymbolTable::lookupSymbolIn(lowered, name));
  if (!function || function.isExternal()) {
    auto diagnostic = lowered.emitError("no function '") << name << "'";
    std::string known;
    for (auto other : lowered.getOps<FunctionOpInterface>())
      if (!other.isExternal() && other->hasAttr(signatureAttribute))
        known += (known.empty() ? "'" : ", '") + other.getName().str() + "'";
    return diagnostic << ", expected one of "
                      << (known.empty()
                              ? "none: the module has no function of tensors"
                              : known);
  }
  FunctionType type = getSignature(function);
  if (!type)
    return function.emitError("function '")
           << name
           << "' does not take and return tensors alone, expected "
              "'chameleon.signature'";
  llvm::Expected<Program::Function> signature = readSignature(function, type);
  if (!signature)
    return emitError(lowered.getLoc()) << llvm::toString(signature.takeError());
  return std::move(*signature);
}

LogicalResult checkCallable(ModuleOp lowered, StringRef name) {
  Location location = lowered.getLoc();
  FailureOr<Program::Function> function = findCallable(lowered, name);
  if (failed(function))
    return failure();
  std::vector<BufferType> constants;
  if (!function->initialiser.empty()) {
    FailureOr<Program::Function> initialiser =
        findCallable(lowered, function->initialiser);
    if (failed(initialiser))
      return failure();
    if (!initialiser->arguments.empty())
      return emitError(location)
             << "initialiser '" << initialiser->name << "' has "
             << initialiser->arguments.size() << " arguments, expected none";
    constants = std::move(initialiser->results);
  }
  for (auto [index, constant] : llvm::enumerate(function->constants))
    if (constant >= 0 && (constant >= static_cast<int64_t>(constants.size()) ||
                          constants[constant] != function->arguments[index]))
      return emitError(location)
             << "argument " << index << " of function '" << name
             << "' takes result " << constant
             << " of its initialiser, which has no such result of type "
             << "'tensor<" << function->arguments[index].str() << ">'";
  return success();
}

} // namespace chameleon
