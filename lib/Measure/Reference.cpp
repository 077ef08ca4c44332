//===- Reference.cpp - a task in double precision, by a path of its own
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Reference.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

static bool isNarrow(Type type) {
  auto floatType = dyn_cast<FloatType>(type);
  return floatType && !floatType.isF64();
}

static APFloat widen(APFloat value) {
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value;
}

static DenseElementsAttr widen(DenseElementsAttr values) {
  Type wide = Float64Type::get(values.getContext());
  return cast<DenseFPElementsAttr>(values).mapValues(
      wide, [](const APFloat &value) { return widen(value).bitcastToAPInt(); });
}

OwningOpRef<ModuleOp> chameleon::widenToDouble(ModuleOp payload,
                                               std::string &whyNot) {
  Type wide = Float64Type::get(payload.getContext());
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FloatType type) -> std::optional<Type> {
    return isNarrow(type) ? wide : type;
  });
  replacer.addReplacement([&](FloatAttr attribute) -> std::optional<Attribute> {
    if (!isNarrow(attribute.getType()))
      return attribute;
    return FloatAttr::get(wide, widen(attribute.getValue()));
  });
  replacer.addReplacement(
      [&](DenseElementsAttr attribute)
          -> std::optional<std::pair<Attribute, WalkResult>> {
        if (!isNarrow(attribute.getElementType()))
          return std::make_pair(attribute, WalkResult::skip());
        return std::make_pair(widen(attribute), WalkResult::skip());
      });
  // Weights from a resource: read as what they are first.
  replacer.addReplacement(
      [&](DenseResourceElementsAttr attribute)
          -> std::optional<std::pair<Attribute, WalkResult>> {
        AsmResourceBlob *blob = attribute.getRawHandle().getBlob();
        bool splat = false;
        if (!isNarrow(attribute.getElementType()) || !blob ||
            !DenseElementsAttr::isValidRawBuffer(attribute.getType(),
                                                 blob->getData(), splat))
          return std::make_pair(attribute, WalkResult::skip());
        auto dense = DenseElementsAttr::getFromRawBuffer(attribute.getType(),
                                                         blob->getData());
        return std::make_pair(widen(dense), WalkResult::skip());
      });

  OwningOpRef<ModuleOp> result = payload.clone();
  replacer.recursivelyReplaceElementsIn(*result, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  result->walk([](Operation *op) {
    if (isa<arith::ExtFOp, arith::TruncFOp>(op) &&
        op->getOperand(0).getType() == op->getResult(0).getType()) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  });

  ScopedDiagnosticHandler handler(payload.getContext(),
                                  [&](Diagnostic &diagnostic) {
                                    if (whyNot.empty())
                                      whyNot = diagnostic.str();
                                    return success();
                                  });
  if (failed(verify(*result)))
    return nullptr;
  return result;
}

/// The loop that runs along the memory of the output, if it may become the
/// innermost.
static std::optional<unsigned> loopAlongOutput(linalg::GenericOp op) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  // Unit dimensions are no loops.
  for (AffineExpr expression : llvm::reverse(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expression);
    if (!dim)
      return std::nullopt;
    if (ranges[dim.getPosition()] != 1 &&
        iterators[dim.getPosition()] == utils::IteratorType::parallel)
      return dim.getPosition();
  }
  return std::nullopt;
}

void chameleon::orderLoopsAlongMemory(ModuleOp module) {
  SmallVector<linalg::LinalgOp> ops;
  module->walk([&](linalg::LinalgOp op) { ops.push_back(op); });
  IRRewriter rewriter(module.getContext());
  for (linalg::LinalgOp op : ops) {
    rewriter.setInsertionPoint(op);
    auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
    if (!generic) {
      FailureOr<linalg::GenericOp> generalized =
          linalg::generalizeNamedOp(rewriter, op);
      if (failed(generalized))
        continue;
      generic = *generalized;
    }
    std::optional<unsigned> innermost = loopAlongOutput(generic);
    unsigned loops = generic.getNumLoops();
    if (!innermost || *innermost + 1 == loops)
      continue;
    SmallVector<unsigned> order;
    for (unsigned loop = 0; loop < loops; ++loop)
      if (loop != *innermost)
        order.push_back(loop);
    order.push_back(*innermost);
    rewriter.setInsertionPoint(generic);
    (void)linalg::interchangeGenericOp(rewriter, generic, order);
  }
}
