//===- TaskInputs.cpp - random data that suits a task
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskInputs.h"
#include "chameleon/Runtime/HostTensor.h"
#include "chameleon/Target/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <cmath>

using namespace chameleon;
using namespace mlir;

/// Whether a reduction multiplies: its result soon leaves every range.
static bool isProduct(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0)
    return false;
  Block *body = op.getBlock();
  return llvm::any_of(
      body->getOps<arith::MulFOp>(), [&](arith::MulFOp product) {
        return llvm::any_of(product->getOperands(), [&](Value operand) {
          auto argument = dyn_cast<BlockArgument>(operand);
          return argument && argument.getOwner() == body &&
                 argument.getArgNumber() >=
                     static_cast<unsigned>(op.getNumDpsInputs());
        });
      });
}

InputNeeds InputNeeds::of(ModuleOp payload) {
  InputNeeds needs;
  payload.walk([&](Operation *op) {
    if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
            arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op))
      needs.withoutZeros = true;
    if (isa<arith::DivFOp, arith::RemFOp, arith::FPToSIOp, arith::FPToUIOp>(
            op) ||
        isa<math::MathDialect>(op->getDialect()))
      needs.isDelicate = true;
    if (auto structured = dyn_cast<linalg::LinalgOp>(op))
      needs.isDelicate |= isProduct(structured);
    if (auto extract = dyn_cast<tensor::ExtractOp>(op))
      for (int64_t extent : extract.getTensor().getType().getShape())
        if (extent > 0)
          needs.smallestIndexed = std::min(needs.smallestIndexed, extent);
  });
  return needs;
}

/// From a value in [-1, 1).
static double shape(double value, InputKind kind) {
  constexpr double width = 1.0 / 32;
  double nearOne = 1 + (std::fabs(value) - 0.5) * width;
  switch (kind) {
  case InputKind::Uniform:
    return value;
  case InputKind::Positive:
    return 0.5 + 0.5 * std::fabs(value);
  case InputKind::NearOneBoth:
    return std::copysign(nearOne, value);
  case InputKind::NearOne:
    return nearOne;
  }
  llvm_unreachable("a kind of inputs outside its enumeration");
}

llvm::Error chameleon::fillInputs(const TaskSignature &signature,
                                  const InputNeeds &needs, InputKind kind,
                                  uint64_t seed, std::vector<char> &data) {
  bool withoutZeros = needs.withoutZeros || kind != InputKind::Uniform;
  for (auto [input, argument] : llvm::enumerate(signature.inputs())) {
    llvm::Expected<BufferType> type = getBufferType(argument.type);
    if (!type)
      return type.takeError();
    llvm::Expected<HostTensor> tensor = HostTensor::create(*type);
    if (!tensor)
      return tensor.takeError();
    tensor->fillRandom(seed + 0x9e3779b97f4a7c15 * (input + 1));
    bool isMask = argument.kind == ElementKind::I1;
    bool isStoredFloat = isa<FloatType>(argument.type.getElementType()) &&
                         !isFloat(argument.kind);
    if (isStoredFloat) // of eight bits: of all exponents, those around one
      for (int64_t i = 0; i < argument.elements; ++i) {
        uint64_t sign = (static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15) >> 63;
        tensor->set(
            i, static_cast<int8_t>(0x30 + 2 * static_cast<int>(tensor->get(i)) +
                                   static_cast<int>(sign << 7)));
      }
    else if (isFloat(argument.kind) && kind != InputKind::Uniform)
      for (int64_t i = 0; i < argument.elements; ++i)
        tensor->set(i, shape(tensor->get(i), kind));
    else if (!isFloat(argument.kind) && !isMask &&
             (withoutZeros || needs.smallestIndexed < 8))
      for (int64_t i = 0; i < argument.elements; ++i) {
        auto value = static_cast<int64_t>(tensor->get(i));
        if (withoutZeros)
          value = std::max<int64_t>(value, 1);
        tensor->set(
            i, static_cast<double>(std::min(value, needs.smallestIndexed - 1)));
      }
    memcpy(data.data() + signature.inputOffset(input), tensor->data(),
           argument.bytes());
  }
  return llvm::Error::success();
}
