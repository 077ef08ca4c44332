//===- ElementTypes.cpp - which elements a target computes with
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementTypes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace chameleon {

static bool isNumber(Type element) {
  return element.isIntOrIndexOrFloat() && !isa<FloatTF32Type>(element);
}

static bool isCPUElement(Type element) {
  if (auto complex = dyn_cast<ComplexType>(element))
    return isNumber(complex.getElementType());
  if (auto vector = dyn_cast<VectorType>(element))
    return isNumber(vector.getElementType());
  return isNumber(element);
}

static bool isGPUElement(Type element) {
  return isNumber(element) && !isa<Float80Type, Float128Type>(element);
}

/// The type of what computations see: an element of a tensor or vector, or the
/// type itself if it is one of numbers. Null for handles and the like.
static Type getComputed(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.getElementType();
  return isa<ComplexType, FloatType, IntegerType>(type) ? type : Type();
}

static LogicalResult checkElements(ModuleOp module,
                                   bool (*isSupported)(Type element),
                                   StringRef expected) {
  auto findUnsupported = [&](TypeRange types) {
    for (Type type : types)
      if (Type element = getComputed(type); element && !isSupported(element))
        return element;
    return Type();
  };
  auto refuse = [&](Operation *op, Type element) {
    return op->emitOpError("computes with elements of type ")
           << element << ", expected " << expected;
  };
  for (auto function : module.getOps<func::FuncOp>()) {
    Type element = findUnsupported(function.getArgumentTypes());
    if (!element)
      element = findUnsupported(function.getResultTypes());
    if (element)
      return function.emitError("function '")
             << function.getName() << "' has elements of type " << element
             << ", expected " << expected;
    WalkResult result = function.walk([&](Operation *op) {
      if (Type element = findUnsupported(op->getResultTypes())) {
        (void)refuse(op, element);
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return success();
}

LogicalResult checkCPUElements(ModuleOp module) {
  return checkElements(module, isCPUElement,
                       "integers, indices and floats, or complex numbers and "
                       "vectors of these");
}

LogicalResult checkGPUElements(ModuleOp module) {
  return checkElements(module, isGPUElement,
                       "integers, indices and floats of at most 64 bits");
}

} // namespace chameleon
