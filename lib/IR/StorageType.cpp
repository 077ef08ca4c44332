//===- StorageType.cpp - what memory holds of an element type
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/StorageType.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

static unsigned wholeBits(unsigned bits) {
  return std::max<unsigned>(llvm::PowerOf2Ceil(bits), 8);
}

bool chameleon::hasStorage(Type element) {
  // f80 lies in 16 bytes, and a vector of it has none between its elements;
  // tf32 is a precision of products rather than a number in memory.
  return element.isSignlessIntOrIndexOrFloat() &&
         !isa<Float80Type, FloatTF32Type>(element);
}

Type chameleon::getStorageType(Type element) {
  auto integer = dyn_cast<IntegerType>(element);
  bool isSmallFloat =
      isa<FloatType>(element) && element.getIntOrFloatBitWidth() <= 8;
  if (!integer && !isSmallFloat)
    return element;
  unsigned bits = wholeBits(element.getIntOrFloatBitWidth());
  return integer && integer.getWidth() == bits
             ? element
             : IntegerType::get(element.getContext(), bits);
}

int64_t chameleon::getStorageBytes(Type element) {
  if (element.isIndex())
    return 8;
  return wholeBits(element.getIntOrFloatBitWidth()) / 8;
}
