//===- Access.cpp - where an iteration reads or writes a tensor
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/Access.h"
#include "chameleon/IR/StorageType.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace chameleon;

/// `expr` as sum(coefficients * loops) + constant.
static bool getLinear(AffineExpr expr, unsigned loops,
                      SmallVectorImpl<int64_t> &coefficients,
                      int64_t &constant) {
  if (!expr.isPureAffine())
    return false;
  bool isLinear = true;
  expr.walk([&](AffineExpr part) {
    isLinear &= part.getKind() != AffineExprKind::FloorDiv &&
                part.getKind() != AffineExprKind::CeilDiv &&
                part.getKind() != AffineExprKind::Mod &&
                part.getKind() != AffineExprKind::SymbolId;
  });
  if (!isLinear)
    return false;
  MLIRContext *context = expr.getContext();
  auto valueAt = [&](int loop) {
    SmallVector<AffineExpr> point(loops, getAffineConstantExpr(0, context));
    if (loop >= 0)
      point[loop] = getAffineConstantExpr(1, context);
    return cast<AffineConstantExpr>(
               simplifyAffineExpr(expr.replaceDims(point), 0, 0))
        .getValue();
  };
  constant = valueAt(-1);
  coefficients.clear();
  for (unsigned loop = 0; loop < loops; ++loop)
    coefficients.push_back(valueAt(loop) - constant);
  return true;
}

void Access::setShape(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> pitches = computeStrides(shape);
  offset = 0;
  strides.assign(strides.size(), 0);
  for (auto [index, pitch] : llvm::zip_equal(indices, pitches)) {
    for (auto [stride, coefficient] :
         llvm::zip_equal(strides, index.coefficients))
      stride += coefficient * pitch;
    offset += index.constant * pitch;
  }
}

std::optional<Access> chameleon::getAccess(Value tensor, AffineMap map,
                                           unsigned loops) {
  Access access;
  access.strides.assign(loops, 0);
  auto pad = tensor.getDefiningOp<tensor::PadOp>();
  if (pad) {
    Value padding = pad.getConstantPaddingValue();
    if (!padding || !pad.getLow().empty() || !pad.getHigh().empty() ||
        pad.getNofold() || !matchPattern(padding, m_Constant(&access.padding)))
      pad = {};
  }
  access.tensor = pad ? pad.getSource() : tensor;
  auto type = dyn_cast<RankedTensorType>(access.tensor.getType());
  if (!type || !type.hasStaticShape() || !hasStorage(type.getElementType()))
    return std::nullopt;
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    SmallVector<int64_t> coefficients;
    int64_t constant;
    if (!getLinear(expr, loops, coefficients, constant))
      return std::nullopt;
    if (pad) {
      constant -= pad.getStaticLow()[dim];
      if (pad.getStaticLow()[dim] != 0 || pad.getStaticHigh()[dim] != 0)
        access.bounds.push_back({coefficients, constant, type.getDimSize(dim)});
    }
    access.indices.push_back({coefficients, constant});
  }
  access.setShape(type.getShape());
  return access;
}

std::optional<Access> chameleon::getComputedAccess(Value tensor, AffineMap map,
                                                   unsigned loops) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || !type.hasStaticShape() || !hasStorage(type.getElementType()) ||
      map.getNumSymbols() != 0)
    return std::nullopt;
  Access access;
  access.tensor = tensor;
  access.strides.assign(loops, 0);
  access.computed = map;
  return access;
}

bool chameleon::isZero(Attribute constant) {
  if (auto number = dyn_cast<FloatAttr>(constant))
    return number.getValue().isZero();
  auto number = dyn_cast<IntegerAttr>(constant);
  return number && number.getValue().isZero();
}

SmallVector<Run> Access::getRuns(ArrayRef<int64_t> sizes,
                                 const Group &group) const {
  SmallVector<Run> runs; // innermost first
  for (unsigned loop : llvm::reverse(group)) {
    Run run{sizes[loop], strides[loop], {}};
    for (const Bound &bound : bounds)
      run.bounds.push_back(bound.coefficients[loop]);
    if (!runs.empty() && !run.isBounded() && !runs.back().isBounded() &&
        run.stride == runs.back().stride * runs.back().size)
      runs.back().size *= run.size;
    else
      runs.push_back(run);
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

int64_t Access::getLanes(ArrayRef<int64_t> sizes, const Group &group,
                         ArrayRef<const Group *> others) const {
  SmallVector<Run> runs = getRuns(sizes, group);
  if (runs.empty() || runs.back().stride != 1 || runs.back().isBounded())
    return 1;
  int64_t bytes = getStorageBytes(getElementType());
  int64_t lanes = std::max<int64_t>(16 / bytes, 1);
  auto limit = [&](int64_t value) {
    while (value % lanes != 0)
      lanes /= 2;
  };
  // The last vector of a line may end in the zeros behind it.
  if (slack == 0 || group.size() != 1)
    limit(runs.back().size);
  limit(offset);
  for (const Run &run : ArrayRef<Run>(runs).drop_back())
    limit(run.stride);
  for (const Group *other : others)
    for (unsigned loop : *other)
      limit(strides[loop]);
  return lanes;
}
