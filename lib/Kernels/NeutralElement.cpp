//===- NeutralElement.cpp - what a reduction may start from
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/NeutralElement.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

/// The extreme numbers of an index are those of its 64 bits.
static std::optional<APInt> findExtreme(Operation *combiner) {
  constexpr unsigned width = IndexType::kInternalStorageBitWidth;
  return TypeSwitch<Operation *, std::optional<APInt>>(combiner)
      .Case<arith::MaxSIOp>(
          [](auto) { return APInt::getSignedMinValue(width); })
      .Case<arith::MinSIOp>(
          [](auto) { return APInt::getSignedMaxValue(width); })
      .Case<arith::MaxUIOp>([](auto) { return APInt::getMinValue(width); })
      .Case<arith::MinUIOp>([](auto) { return APInt::getMaxValue(width); })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<TypedAttr> chameleon::findNeutralElement(Operation *combiner) {
  if (combiner->getNumResults() == 1 &&
      combiner->getResult(0).getType().isIndex())
    if (std::optional<APInt> extreme = findExtreme(combiner))
      return TypedAttr(
          Builder(combiner->getContext())
              .getIntegerAttr(combiner->getResult(0).getType(), *extreme));
  return arith::getNeutralElement(combiner);
}
