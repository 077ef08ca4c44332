//===- CountBytes.cpp - whether the size of a type can be counted
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/CountBytes.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

using namespace mlir;

bool chameleon::isUncountable(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  if (!shaped || !shaped.hasStaticShape())
    return false;
  Type element = shaped.getElementType();
  // An index has 64 bits, and what has no width of its own is no larger than
  // two of them.
  int64_t bytes = element.isIntOrFloat() ? getStorageBytes(element) : 16;
  for (int64_t size : shaped.getShape())
    if (llvm::MulOverflow(bytes, std::max<int64_t>(size, 1), bytes))
      return true;
  return false;
}
