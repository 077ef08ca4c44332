//===- ChameleonDialect.cpp - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/IR/Seal.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace chameleon;

#include "chameleon/IR/ChameleonDialect.cpp.inc"

void ChameleonDialect::initialize() {}

//===----------------------------------------------------------------------===//
// Readers
//===----------------------------------------------------------------------===//

bool chameleon::isTask(Operation *function) {
  return function->hasAttr(taskAttribute);
}

StringAttr chameleon::getTaskKey(Operation *function) {
  return function->getAttrOfType<StringAttr>(taskAttribute);
}

StringRef chameleon::getTaskName(Operation *function) {
  auto name = function->getAttrOfType<StringAttr>(nameAttribute);
  return name ? name.getValue() : StringRef();
}

int64_t chameleon::getTaskFlops(Operation *function) {
  auto flops = function->getAttrOfType<IntegerAttr>(flopsAttribute);
  return flops ? flops.getInt() : 0;
}

FlatSymbolRefAttr chameleon::getInitialiser(Operation *function) {
  return function->getAttrOfType<FlatSymbolRefAttr>(initAttribute);
}

FunctionType chameleon::getSignature(Operation *function) {
  auto signature = function->getAttrOfType<TypeAttr>(signatureAttribute);
  return signature ? dyn_cast<FunctionType>(signature.getValue())
                   : FunctionType();
}

bool chameleon::isConstantArgument(FunctionOpInterface function,
                                   unsigned argument) {
  return function.getArgAttr(argument, constantAttribute) != Attribute();
}

bool chameleon::isConstantArgument(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || !argument.getOwner()->isEntryBlock())
    return false;
  auto function =
      dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
  return function && isConstantArgument(function, argument.getArgNumber());
}

std::optional<int64_t>
chameleon::getConstantNumber(FunctionOpInterface function, unsigned argument) {
  auto number =
      function.getArgAttrOfType<IntegerAttr>(argument, constantAttribute);
  if (!number)
    return std::nullopt;
  return number.getInt();
}

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

static LogicalResult expect(bool holds, Operation *op, NamedAttribute attribute,
                            StringRef expected) {
  if (holds)
    return success();
  return op->emitOpError("expects '")
         << attribute.getName().getValue() << "' to be " << expected
         << ", found " << attribute.getValue();
}

static LogicalResult misplaced(Operation *op, NamedAttribute attribute,
                               StringRef expected) {
  return op->emitOpError("has '") << attribute.getName().getValue()
                                  << "', expected only on " << expected;
}

static bool isInteger64(Attribute attribute) {
  auto integer = dyn_cast<IntegerAttr>(attribute);
  return integer && integer.getType().isSignlessInteger(64);
}

static bool isTensorFunction(FunctionType type) {
  return type &&
         llvm::all_of(type.getInputs(), llvm::IsaPred<RankedTensorType>) &&
         llvm::all_of(type.getResults(), llvm::IsaPred<RankedTensorType>);
}

/// The function's type in tensors; null while it is being lowered.
static FunctionType getTensorType(FunctionOpInterface function) {
  if (FunctionType signature = getSignature(function))
    return signature;
  auto type = dyn_cast<FunctionType>(function.getFunctionType());
  return isTensorFunction(type) ? type : FunctionType();
}

static FunctionOpInterface lookUpInitialiser(Operation *function) {
  FlatSymbolRefAttr name = getInitialiser(function);
  return name ? dyn_cast_or_null<FunctionOpInterface>(
                    SymbolTable::lookupNearestSymbolFrom(function, name))
              : FunctionOpInterface();
}

static LogicalResult verifyInitialiser(FunctionOpInterface function,
                                       NamedAttribute attribute) {
  if (failed(expect(isa<FlatSymbolRefAttr>(attribute.getValue()), function,
                    attribute, "the name of a function")))
    return failure();
  FunctionOpInterface init = lookUpInitialiser(function);
  if (!init || init.isExternal())
    return function->emitOpError("names ")
           << attribute.getValue()
           << " as its initialiser, expected a function with a body in the "
              "same module";
  // Constants of a task are its initialiser's arguments, until both have moved
  // to their callers.
  FunctionType type = getTensorType(init);
  if (!isTask(function) && type && type.getNumInputs() != 0)
    return function->emitOpError("has an initialiser with ")
           << type.getNumInputs() << " arguments, expected none";
  return success();
}

static LogicalResult verifyFunctionAttribute(FunctionOpInterface function,
                                             NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  if (name == initAttribute)
    return verifyInitialiser(function, attribute);
  if (name == taskAttribute) {
    auto key = dyn_cast<StringAttr>(value);
    return expect(key && !key.empty(), function, attribute,
                  "a string that is not empty");
  }
  if (name == signatureAttribute) {
    auto type = dyn_cast<TypeAttr>(value);
    return expect(type &&
                      isTensorFunction(dyn_cast<FunctionType>(type.getValue())),
                  function, attribute, "the type of a function of tensors");
  }
  if (name == distinctAttribute)
    return expect(isa<UnitAttr>(value), function, attribute, "a unit");
  if (!isTask(function))
    return misplaced(function, attribute, "tasks");
  if (name == nameAttribute)
    return expect(isa<StringAttr>(value), function, attribute, "a string");
  assert(name == flopsAttribute);
  return expect(isInteger64(value) && cast<IntegerAttr>(value).getInt() >= 0,
                function, attribute, "an i64 of at least 0");
}

LogicalResult
ChameleonDialect::verifyOperationAttribute(Operation *op,
                                           NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (llvm::is_contained({taskAttribute, nameAttribute, flopsAttribute,
                          initAttribute, signatureAttribute, distinctAttribute},
                         name))
    return function ? verifyFunctionAttribute(function, attribute)
                    : misplaced(op, attribute, "functions");
  if (name.starts_with(factAttributePrefix))
    return function ? success() : misplaced(op, attribute, "functions");

  if (llvm::is_contained({anchorAttribute, epilogueAttribute, rootAttribute},
                         name))
    return function ? misplaced(op, attribute, "the operations of a task")
                    : expect(isa<UnitAttr>(value), op, attribute, "a unit");
  if (name == matchesAttribute)
    return expect(isa<IntegerAttr>(value), op, attribute, "an integer");

  if (llvm::is_contained({seedsAttribute, defaultsAttribute, fallbackAttribute,
                          scheduleAttribute, configurationAttribute},
                         name) &&
      op->getName().getStringRef() != "transform.named_sequence")
    return misplaced(op, attribute, "transform.named_sequence");
  if (name == seedsAttribute) {
    auto seeds = dyn_cast<ArrayAttr>(value);
    return expect(seeds && llvm::all_of(seeds, llvm::IsaPred<DictionaryAttr>),
                  op, attribute, "an array of dictionaries");
  }
  if (name == fallbackAttribute)
    return expect(isa<UnitAttr>(value), op, attribute, "a unit");
  if (name == scheduleAttribute)
    return expect(isa<StringAttr>(value), op, attribute, "a string");
  if (name == configurationAttribute || name == defaultsAttribute)
    return expect(isa<DictionaryAttr>(value), op, attribute, "a dictionary");

  if (name == sealAttribute)
    return isa<ModuleOp>(op)
               ? expect(isa<StringAttr>(value), op, attribute, "a string")
               : misplaced(op, attribute, "modules");
  if (name == constantAttribute)
    return misplaced(op, attribute, "arguments of functions");
  return op->emitOpError("has '")
         << name << "', which the dialect 'chameleon' does not know";
}

LogicalResult
ChameleonDialect::verifyRegionArgAttribute(Operation *op, unsigned regionIndex,
                                           unsigned argumentIndex,
                                           NamedAttribute attribute) {
  if (attribute.getName() != constantAttribute)
    return op->emitOpError("has '")
           << attribute.getName().getValue() << "' on argument "
           << argumentIndex << ", expected only '" << constantAttribute << "'";
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return misplaced(op, attribute, "arguments of functions");
  if (isa<UnitAttr>(attribute.getValue()))
    return success();
  if (failed(expect(isInteger64(attribute.getValue()), op, attribute,
                    "a unit or an i64")))
    return failure();

  int64_t number = cast<IntegerAttr>(attribute.getValue()).getInt();
  FunctionOpInterface init = lookUpInitialiser(op);
  if (!init)
    return op->emitOpError("takes constant ")
           << number << " as argument " << argumentIndex
           << ", expected an initialiser named by '" << initAttribute << "'";
  FunctionType constants = getTensorType(init);
  if (!constants)
    return success();
  if (number < 0 || number >= static_cast<int64_t>(constants.getNumResults()))
    return op->emitOpError("takes constant ")
           << number << " as argument " << argumentIndex
           << ", expected one of the " << constants.getNumResults()
           << " results of @" << init.getName();
  FunctionType type = getTensorType(function);
  if (!type || argumentIndex >= type.getNumInputs() ||
      type.getInput(argumentIndex) == constants.getResult(number))
    return success();
  return op->emitOpError("takes constant ")
         << number << " as argument " << argumentIndex << " of type "
         << type.getInput(argumentIndex) << ", expected "
         << constants.getResult(number) << ", the type in @" << init.getName();
}

LogicalResult ChameleonDialect::verifyRegionResultAttribute(
    Operation *op, unsigned regionIndex, unsigned resultIndex,
    NamedAttribute attribute) {
  return op->emitOpError("has '")
         << attribute.getName().getValue() << "' on result " << resultIndex
         << ", expected no attribute of the dialect there";
}
