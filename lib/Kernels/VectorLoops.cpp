//===- VectorLoops.cpp - elementwise operations and reductions on vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elementwise operations and reductions of any rank become loops around code on
// vectors along one loop, the vector loop.
//
//===----------------------------------------------------------------------===//

#include "VectorLoopsKernel.h"
#include "chameleon/IR/StorageType.h"
#include "chameleon/Kernels/NeutralElement.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace chameleon;

/// Without divisions and remainders, of whose tiles nobody knows the extent.
static bool isLinear(AffineMap map) {
  bool isLinear = map.getNumSymbols() == 0;
  map.walkExprs([&](AffineExpr expr) {
    isLinear &= expr.isPureAffine() &&
                expr.getKind() != AffineExprKind::FloorDiv &&
                expr.getKind() != AffineExprKind::CeilDiv &&
                expr.getKind() != AffineExprKind::Mod;
  });
  return isLinear;
}

template <typename T>
static std::string toText(T value) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  value.print(stream);
  return text;
}

static std::string notLinear(AffineMap map) {
  return "expects operands at linear indices and results along loops, found " +
         toText(map);
}

/// What holds for an operation and its tiles, and, without `ofTiles`, what
/// holds for a whole operation alone.
static std::string checkForm(linalg::LinalgOp op, bool ofTiles) {
  if (!op.hasPureTensorSemantics())
    return "expects tensors";
  if (ofTiles && op.hasIndexSemantics())
    return "expects a body without linalg.index";
  if (op.getNumDpsInits() == 0)
    return "expects results";
  for (auto [number, map] : llvm::enumerate(op.getIndexingMapsArray()))
    if (number < op.getNumDpsInputs()
            ? (ofTiles ? !isLinear(map) : map.getNumSymbols() != 0)
            : !map.isProjectedPermutation(/*allowZeroInResults=*/true))
      return notLinear(map);
  for (Type type : op->getOperandTypes())
    if (!hasStorage(getElementTypeOrSelf(type)))
      return "expects integers, floats or indices, found " + toText(type);
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (OpTrait::hasElementwiseMappableTraits(&inner) ||
        inner.hasTrait<OpTrait::ConstantLike>() ||
        (!ofTiles && isa<linalg::IndexOp>(inner)))
      continue;
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner);
        extract && !ofTiles && hasStorage(extract.getType()))
      continue;
    return ("expects elementwise operations in the body, found " +
            inner.getName().getStringRef())
        .str();
  }
  return "";
}

std::string chameleon::checkVectorForm(linalg::LinalgOp op) {
  return checkForm(op, /*ofTiles=*/true);
}

/// The loop along the innermost dimension of an operand.
static std::optional<unsigned> getInnermost(AffineMap map) {
  if (map.getNumResults() != 0)
    if (auto dim = dyn_cast<AffineDimExpr>(map.getResults().back()))
      return dim.getPosition();
  return std::nullopt;
}

/// The operation that alone adds to the only result, or null.
static Operation *findCombiner(linalg::GenericOp generic) {
  SmallVector<Operation *> combiners;
  if (generic.getNumDpsInits() != 1 ||
      !matchReduction(generic.getRegionOutputArgs(), 0, combiners) ||
      combiners.size() != 1 || !linalg::getCombinerOpKind(combiners.front()) ||
      !findNeutralElement(combiners.front()))
    return nullptr;
  return combiners.front();
}

void VectorLoopsKernel::chooseVectorLoop() {
  unsigned numInputs = generic.getNumDpsInputs();
  ArrayRef<AffineMap> inputs = ArrayRef(maps).take_front(numInputs),
                      results = ArrayRef(maps).drop_front(numInputs);
  // Vectors of results.
  std::optional<unsigned> along = getInnermost(results[0]);
  if (along && !llvm::all_of(results, [&](AffineMap map) {
        return isContiguous(map, *along);
      }))
    along.reset();
  // Vectors of partial results, which become one.
  AffineMap widest;
  for (AffineMap map : maps)
    if (getInnermost(map) &&
        (!widest || map.getNumResults() > widest.getNumResults()))
      widest = map;
  std::optional<unsigned> row;
  Operation *combines = findCombiner(generic);
  if (widest && isReduction(*getInnermost(widest)) && combines)
    row = getInnermost(widest);
  bool readsVectors =
      along && llvm::all_of(inputs, [&](AffineMap map) {
        return !dependsOn(map, *along) || isContiguous(map, *along);
      });
  bool isShort =
      row && !ShapedType::isDynamic(ranges[*row]) && ranges[*row] < lanes;
  if (along && (!row || readsVectors || isShort)) {
    vectorLoop = *along;
  } else if (row) {
    vectorLoop = *row;
    combiner = combines;
  } else {
    // One element after another: a loop of one iteration that nothing depends
    // on.
    vectorLoop = ranges.size();
    ranges.push_back(1);
    lanes = vectors = 1;
  }
}

std::string VectorLoopsKernel::analyze() {
  if (std::string reason = checkForm(generic, /*ofTiles=*/false);
      !reason.empty())
    return reason;
  unsigned numLoops = generic.getNumLoops(),
           numInputs = generic.getNumDpsInputs();
  ranges = generic.getStaticLoopRanges();
  bool isTile = llvm::any_of(ranges, ShapedType::isDynamic);
  for (auto [number, map] : llvm::enumerate(maps))
    if (number < numInputs ? isTile && !isLinear(map)
                           : !map.isProjectedPermutation())
      return notLinear(map);
  chooseVectorLoop();
  bool isElementwise = generic.getNumReductionLoops() == 0;
  for (unsigned loop = 0; loop < numLoops; ++loop)
    if (loop != vectorLoop)
      (isReduction(loop) ? reductionLoops : parallelLoops).push_back(loop);

  // Squares: whole ones only, of what is worth transposing.
  if (isElementwise && ranges[vectorLoop] % lanes == 0 && lanes > 1)
    for (auto [number, map] :
         llvm::enumerate(ArrayRef(maps).take_front(numInputs)))
      if (dependsOn(map, vectorLoop) && !isContiguous(map, vectorLoop)) {
        std::optional<unsigned> loop = getInnermost(map);
        if (loop && isContiguous(map, *loop) && ranges[*loop] % lanes == 0 &&
            (!squareLoop || squareLoop == loop))
          squareLoop = loop;
      }
  return "";
}

VectorLoopsKernel::Values VectorLoopsKernel::forLoop(unsigned loop, Value from,
                                                     Value to, int64_t step,
                                                     ValueRange carried,
                                                     Body body) {
  OpBuilder::InsertionGuard guard(rewriter);
  auto loopOp =
      scf::ForOp::create(rewriter, loc, from, to, constant(step), carried);
  rewriter.setInsertionPointToStart(loopOp.getBody());
  at[loop] = loopOp.getInductionVar();
  Values results = body(loopOp.getRegionIterArgs());
  scf::YieldOp::create(rewriter, loc, results);
  return Values(loopOp.getResults());
}

VectorLoopsKernel::Values VectorLoopsKernel::forLoops(ArrayRef<unsigned> loops,
                                                      ValueRange carried,
                                                      Body body) {
  if (loops.empty())
    return body(carried);
  return forLoop(loops.front(), constant(0), extents[loops.front()], 1, carried,
                 [&](ValueRange inner) {
                   return forLoops(loops.drop_front(), inner, body);
                 });
}

VectorLoopsKernel::Values VectorLoopsKernel::forVectors(
    ValueRange carried, function_ref<Values(ValueRange, int64_t, bool)> body) {
  int64_t step = lanes * vectors;
  int64_t extent = ranges[vectorLoop];
  bool dynamic = ShapedType::isDynamic(extent);
  AffineExpr whole = rewriter.getAffineDimExpr(0).floorDiv(step) * step;
  Value middle = getValueOrCreateConstantIndexOp(
      rewriter, loc,
      affine::makeComposedFoldedAffineApply(
          rewriter, loc, whole,
          {dynamic ? OpFoldResult(extents[vectorLoop])
                   : OpFoldResult(rewriter.getIndexAttr(extent))}));
  Values results(carried);
  if (dynamic || extent >= step)
    results =
        forLoop(vectorLoop, constant(0), middle, step, results,
                [&](ValueRange inner) { return body(inner, vectors, false); });
  if (dynamic || extent % step != 0)
    results = forLoop(vectorLoop, middle, extents[vectorLoop], lanes, results,
                      [&](ValueRange inner) {
                        return body(inner, 1, dynamic || extent % lanes != 0);
                      });
  return results;
}

VectorLoopsKernel::Values VectorLoopsKernel::indices(AffineMap map,
                                                     int64_t offset) {
  Values result;
  for (AffineExpr expr : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      unsigned loop = dim.getPosition();
      result.push_back(loop == vectorLoop && offset ? add(at[loop], offset)
                                                    : at[loop]);
      continue;
    }
    SmallVector<OpFoldResult> position;
    for (Value index : at)
      position.push_back(index ? OpFoldResult(index)
                               : OpFoldResult(rewriter.getIndexAttr(0)));
    AffineExpr vector = rewriter.getAffineDimExpr(vectorLoop);
    result.push_back(getValueOrCreateConstantIndexOp(
        rewriter, loc,
        affine::makeComposedFoldedAffineApply(
            rewriter, loc,
            AffineMap::get(position.size(), 0,
                           expr.replace(vector, vector + offset)),
            position)));
  }
  return result;
}

Value VectorLoopsKernel::read(unsigned number, int64_t offset, bool partial,
                              Value source) {
  AffineMap map = maps[number];
  Type element = getElementTypeOrSelf(source);
  if (!dependsOn(map, vectorLoop)) {
    Value scalar = source;
    if (isa<RankedTensorType>(source.getType()))
      scalar =
          tensor::ExtractOp::create(rewriter, loc, source, indices(map, 0));
    return vector::BroadcastOp::create(rewriter, loc, vectorOf(element),
                                       scalar);
  }
  if (isContiguous(map, vectorLoop)) {
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(element));
    return vector::TransferReadOp::create(rewriter, loc, vectorOf(element),
                                          source, indices(map, offset), zero,
                                          ArrayRef<bool>{!partial});
  }
  // One element at a time; beyond the end the last one, which does not count.
  Values scalars;
  Value last = partial ? add(extents[vectorLoop], -1) : Value();
  Value start = at[vectorLoop];
  for (int64_t lane = 0; lane < lanes; ++lane) {
    at[vectorLoop] = add(start, offset + lane);
    if (partial)
      at[vectorLoop] =
          arith::MinSIOp::create(rewriter, loc, at[vectorLoop], last);
    scalars.push_back(
        tensor::ExtractOp::create(rewriter, loc, source, indices(map, 0)));
  }
  at[vectorLoop] = start;
  return vector::FromElementsOp::create(rewriter, loc, vectorOf(element),
                                        scalars);
}

Value VectorLoopsKernel::write(Value vector, Value destination, unsigned number,
                               int64_t offset, bool partial) {
  if (!dependsOn(maps[number], vectorLoop)) {
    Value element = vector::ExtractOp::create(rewriter, loc, vector, 0);
    return tensor::InsertOp::create(rewriter, loc, element, destination,
                                    indices(maps[number], offset))
        .getResult();
  }
  return vector::TransferWriteOp::create(rewriter, loc, vector, destination,
                                         indices(maps[number], offset),
                                         ArrayRef<bool>{!partial})
      .getResult();
}

Value VectorLoopsKernel::existing() {
  Value rest =
      arith::SubIOp::create(rewriter, loc, extents[vectorLoop], at[vectorLoop]);
  return vector::CreateMaskOp::create(rewriter, loc,
                                      vectorOf(rewriter.getI1Type()), rest);
}

Value VectorLoopsKernel::gather(tensor::ExtractOp extract, IRMapping &mapping,
                                const DenseSet<Value> &varying, int64_t offset,
                                bool partial) {
  Value source = extract.getTensor();
  VectorType type = vectorOf(extract.getType());
  // Of all lanes, beyond the end any that exists.
  Values positions;
  for (Value index : extract.getIndices()) {
    Value position = mapping.lookupOrDefault(index);
    if (partial && isa<VectorType>(position.getType())) {
      Value first = arith::ConstantOp::create(
          rewriter, loc, rewriter.getZeroAttr(position.getType()));
      position =
          arith::SelectOp::create(rewriter, loc, existing(), position, first);
    }
    positions.push_back(position);
  }
  auto inLane = [&](int64_t lane) {
    Values result;
    for (Value position : positions)
      result.push_back(
          isa<VectorType>(position.getType())
              ? vector::ExtractOp::create(rewriter, loc, position, lane)
                    .getResult()
              : position);
    return result;
  };
  auto indices = extract.getIndices();
  if (llvm::none_of(indices,
                    [&](Value index) { return varying.contains(index); })) {
    Value element = tensor::ExtractOp::create(rewriter, loc, source, inLane(0));
    return vector::BroadcastOp::create(rewriter, loc, type, element);
  }
  auto last = indices.back().getDefiningOp<linalg::IndexOp>();
  if (last && last.getDim() == vectorLoop &&
      llvm::none_of(indices.drop_back(),
                    [&](Value index) { return varying.contains(index); })) {
    // A row of the source.
    Values start = inLane(0);
    start.back() = add(at[vectorLoop], offset);
    Value zero = arith::ConstantOp::create(
        rewriter, loc, rewriter.getZeroAttr(extract.getType()));
    return vector::TransferReadOp::create(rewriter, loc, type, source, start,
                                          zero, ArrayRef<bool>{!partial});
  }
  Values elements;
  for (int64_t lane = 0; lane < lanes; ++lane)
    elements.push_back(
        tensor::ExtractOp::create(rewriter, loc, source, inLane(lane)));
  return vector::FromElementsOp::create(rewriter, loc, type, elements);
}

VectorLoopsKernel::Values
VectorLoopsKernel::compute(ValueRange arguments, int64_t offset, bool partial) {
  IRMapping mapping;
  Block *body = generic.getBody();
  mapping.map(body->getArguments(), arguments);
  // Values that differ between lanes.
  DenseSet<Value> varying;
  for (auto [argument, map] : llvm::zip(body->getArguments(), maps))
    if (dependsOn(map, vectorLoop) ||
        argument.getArgNumber() >= generic.getNumDpsInputs())
      varying.insert(argument);
  auto asVector = [&](Value value) -> Value {
    Value mapped = mapping.lookupOrDefault(value);
    if (isa<VectorType>(mapped.getType()))
      return mapped;
    Value broadcast = vector::BroadcastOp::create(
        rewriter, loc, vectorOf(mapped.getType()), mapped);
    mapping.map(value, broadcast);
    return broadcast;
  };
  for (Operation &op : body->without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>()) {
      rewriter.clone(op, mapping);
      continue;
    }
    if (auto index = dyn_cast<linalg::IndexOp>(op)) {
      Value position = at[index.getDim()];
      if (index.getDim() == vectorLoop) {
        varying.insert(index);
        VectorType type = vectorOf(rewriter.getIndexType());
        Value start = vector::BroadcastOp::create(rewriter, loc, type,
                                                  add(position, offset)),
              steps = vector::StepOp::create(rewriter, loc, type);
        position = arith::AddIOp::create(rewriter, loc, start, steps);
      }
      mapping.map(index, position);
      continue;
    }
    if (llvm::any_of(op.getOperands(),
                     [&](Value value) { return varying.contains(value); }))
      varying.insert_range(op.getResults());
    if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
      mapping.map(extract, gather(extract, mapping, varying, offset, partial));
      continue;
    }
    for (Value operand : op.getOperands())
      asVector(operand);
    Operation *clone = rewriter.clone(op, mapping);
    for (OpResult result : clone->getResults())
      result.setType(vectorOf(result.getType()));
  }
  Values results;
  for (Value value : body->getTerminator()->getOperands())
    results.push_back(asVector(value));
  return results;
}

void VectorLoopsKernel::rewrite() {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(generic);
  at.resize(ranges.size());
  for (auto [loop, range] : llvm::enumerate(ranges)) {
    if (!ShapedType::isDynamic(range)) {
      extents.push_back(constant(range));
      continue;
    }
    for (auto [operand, map] : llvm::zip(generic->getOperands(), maps))
      if (std::optional<unsigned> dim =
              map.getResultPosition(rewriter.getAffineDimExpr(loop))) {
        extents.push_back(
            tensor::DimOp::create(rewriter, loc, operand, *dim).getResult());
        break;
      }
  }
  Values carried(generic.getOutputs());
  rewriter.replaceOp(generic, combiner     ? lowerRow(carried)
                              : squareLoop ? lowerSquares(carried)
                                           : lowerParallel(carried));
}

//===----------------------------------------------------------------------===//
// Entry points
//===----------------------------------------------------------------------===//

/// The operation in its general form, without loops of one iteration, which
/// would hide which dimension is contiguous; null if it has none.
static linalg::GenericOp makeGeneral(RewriterBase &rewriter,
                                     linalg::LinalgOp op) {
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  rewriter.setInsertionPoint(op);
  if (!generic) {
    FailureOr<linalg::GenericOp> general =
        linalg::generalizeNamedOp(rewriter, op);
    if (failed(general))
      return {};
    generic = *general;
  }
  linalg::ControlDropUnitDims control;
  control.rankReductionStrategy =
      linalg::ControlDropUnitDims::RankReductionStrategy::ExtractInsertSlice;
  rewriter.setInsertionPoint(generic);
  FailureOr<linalg::DropUnitDimsResult> dropped =
      linalg::dropUnitDims(rewriter, generic, control);
  if (failed(dropped))
    return generic;
  rewriter.replaceOp(generic, dropped->replacements);
  return cast<linalg::GenericOp>(dropped->resultOp.getOperation());
}

/// A single element is as well computed by plain code.
static bool isSingle(linalg::GenericOp generic) {
  return generic.getNumLoops() == 0;
}

static constexpr StringLiteral notGeneral = "cannot generalize the operation";

std::string chameleon::checkVectorLoops(linalg::LinalgOp op,
                                        const VectorLoopParameters &p) {
  // On a copy, which is made general.
  OwningOpRef<ModuleOp> scratch = ModuleOp::create(op.getLoc());
  IRRewriter rewriter(op->getContext());
  rewriter.setInsertionPointToStart(scratch->getBody());
  auto function =
      func::FuncOp::create(rewriter, op.getLoc(), "check",
                           rewriter.getFunctionType(op->getOperandTypes(), {}));
  IRMapping mapping;
  mapping.map(op->getOperands(), function.addEntryBlock()->getArguments());
  rewriter.setInsertionPointToStart(&function.front());
  auto copy = cast<linalg::LinalgOp>(rewriter.clone(*op, mapping));
  linalg::GenericOp generic = makeGeneral(rewriter, copy);
  if (!generic)
    return notGeneral.str();
  if (isSingle(generic))
    return "";
  return VectorLoopsKernel(rewriter, generic, p.lanes, p.vectors).analyze();
}

std::string chameleon::lowerToVectorLoops(RewriterBase &rewriter,
                                          linalg::LinalgOp op,
                                          const VectorLoopParameters &p) {
  linalg::GenericOp generic = makeGeneral(rewriter, op);
  if (!generic)
    return notGeneral.str();
  if (isSingle(generic))
    return "";
  VectorLoopsKernel kernel(rewriter, generic, p.lanes, p.vectors);
  std::string reason = kernel.analyze();
  if (reason.empty())
    kernel.rewrite();
  return reason;
}
