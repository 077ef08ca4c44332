//===- NarrowFloat64.cpp - f64 islands in f32 models
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PyTorch's layer norm accumulates its variance in double, so torch-mlir
// extends the whole tensor to f64 and truncates the result. Where an island of
// f64 begins at `extf` from f32 (or at constants) and ends at `truncf` to f32,
// it is retyped: the error measured is that of an f32 sum, and the second mean
// becomes equal to the first and goes away.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Simplify.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/EquivalenceClasses.h"

using namespace mlir;

namespace {

bool isFloat64(Type type) { return getElementTypeOrSelf(type).isF64(); }

bool mentionsFloat64(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), isFloat64) ||
         llvm::any_of(op->getResultTypes(), isFloat64);
}

/// Can this operation be retyped by changing its result types (and its
/// attribute, if it is a constant)?
bool canNarrow(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return isa<FloatAttr, DenseFPElementsAttr>(constant.getValue());
  if (isa<arith::BitcastOp>(op))
    return false;
  if (isa<arith::ExtFOp>(op))
    return getElementTypeOrSelf(op->getOperand(0)).isF32();
  if (isa<arith::TruncFOp>(op))
    return getElementTypeOrSelf(op->getResult(0)).isF32();
  if (isa<linalg::YieldOp, tensor::EmptyOp, tensor::ExpandShapeOp,
          tensor::CollapseShapeOp, tensor::ExtractSliceOp>(op))
    return true;
  if (isa<linalg::GenericOp, linalg::FillOp, linalg::BroadcastOp,
          linalg::TransposeOp>(op))
    return cast<DestinationStyleOpInterface>(op).hasPureTensorSemantics();
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         op->getNumRegions() == 0;
}

Type narrow(Type type) {
  if (!isFloat64(type))
    return type;
  Type f32 = Float32Type::get(type.getContext());
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(f32);
  return f32;
}

void narrowValue(Value value) { value.setType(narrow(value.getType())); }

void narrowOperation(Operation *op) {
  for (Value result : op->getResults())
    narrowValue(result);
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::for_each(block.getArguments(),
                     [](Value argument) { narrowValue(argument); });
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return;
  auto round = [](llvm::APFloat value) {
    bool losesInformation;
    value.convert(llvm::APFloat::IEEEsingle(),
                  llvm::APFloat::rmNearestTiesToEven, &losesInformation);
    return value;
  };
  Type f32 = Float32Type::get(op->getContext());
  if (auto scalar = dyn_cast<FloatAttr>(constant.getValue()))
    constant.setValueAttr(FloatAttr::get(f32, round(scalar.getValue())));
  else if (auto elements = dyn_cast<DenseFPElementsAttr>(constant.getValue()))
    constant.setValueAttr(
        elements.mapValues(f32, [&](const llvm::APFloat &value) {
          return round(value).bitcastToAPInt();
        }));
}

} // namespace

void chameleon::narrowFloat64Islands(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return;
  // Operations of the function's block, with their bodies, joined by the f64
  // values between them. The function itself stands for its arguments.
  llvm::EquivalenceClasses<Operation *> islands;
  llvm::SmallPtrSet<Operation *, 16> refused;
  auto getTopLevel = [&](Operation *op) {
    return op == function
               ? op
               : function.getBody().front().findAncestorOpInBlock(*op);
  };
  SmallVector<Operation *> nested;
  function.walk([&](Operation *op) {
    if (op == function || !mentionsFloat64(op))
      return;
    nested.push_back(op);
    Operation *top = getTopLevel(op);
    islands.insert(top);
    if (!canNarrow(op))
      refused.insert(top);
    for (Value operand : op->getOperands()) {
      if (!isFloat64(operand.getType()))
        continue;
      Operation *source = operand.getDefiningOp();
      if (!source)
        source = cast<BlockArgument>(operand).getOwner()->getParentOp();
      islands.unionSets(top, getTopLevel(source));
    }
  });
  if (nested.empty())
    return;
  refused.insert(function);
  islands.insert(function);
  llvm::SmallPtrSet<Operation *, 16> refusedLeaders;
  for (Operation *op : refused)
    refusedLeaders.insert(islands.getLeaderValue(op));

  IRRewriter rewriter(function.getContext());
  SmallVector<Operation *> conversions;
  for (Operation *op : nested) {
    Operation *top = getTopLevel(op);
    if (refusedLeaders.contains(islands.getLeaderValue(top)))
      continue;
    narrowOperation(op);
    if (isa<arith::ExtFOp, arith::TruncFOp>(op))
      conversions.push_back(op);
    if (isa<linalg::LinalgOp>(top))
      narrowOperation(top);
  }
  for (Operation *op : conversions)
    if (op->getOperand(0).getType() == op->getResult(0).getType())
      rewriter.replaceOp(op, op->getOperand(0));
}
