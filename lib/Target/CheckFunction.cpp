//===- CheckFunction.cpp - what no target lowers
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckFunction.h"
#include "chameleon/IR/CountBytes.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;

namespace chameleon {

/// What an argument or result should be instead, or nothing.
static StringRef expectedInstead(Type type, bool isResult) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (shaped && !(shaped.hasRank() && shaped.hasStaticShape()))
    return "a static shape";
  if (isUncountable(type))
    return "fewer bytes than 63 bits count";
  auto buffer = dyn_cast<MemRefType>(type);
  if (!buffer)
    return "";
  if (isResult)
    return "a tensor, or a buffer as an argument";
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(buffer.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset) || ShapedType::isDynamicShape(strides))
    return "a static offset and static strides";
  return "";
}

LogicalResult checkFunction(func::FuncOp function) {
  auto checkTypes = [&](StringRef what, TypeRange types) -> LogicalResult {
    for (auto [index, type] : llvm::enumerate(types))
      if (StringRef expected = expectedInstead(type, what == "result");
          !expected.empty())
        return function.emitError(what)
               << " " << index << " of function '" << function.getName()
               << "' has type " << type << ", expected " << expected;
    return success();
  };
  if (failed(checkTypes("argument", function.getArgumentTypes())) ||
      failed(checkTypes("result", function.getResultTypes())))
    return failure();
  WalkResult result = function.walk([](Operation *op) {
    // Destinations are appended to the arguments of functions, which only
    // calls by name follow.
    if (isa<func::ConstantOp, func::CallIndirectOp>(op)) {
      op->emitError("takes a function as a value, expected 'func.call'");
      return WalkResult::interrupt();
    }
    for (Type type : op->getResultTypes())
      if (isUncountable(type)) {
        op->emitError("a result has type ")
            << type << ", expected fewer bytes than 63 bits count";
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

} // namespace chameleon
