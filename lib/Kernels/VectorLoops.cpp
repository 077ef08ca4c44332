//===- LowerToVectors.cpp - transform.chameleon.lower_to_vectors
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elementwise operations and reductions of any rank become loops around code on
// vectors along one loop, the vector loop. There are three forms:
//
// - the vector loop is parallel: vectors of results, which the reduction loops
//   (if any) carry in registers;
// - the vector loop is a reduction: several vectors of partial results, which
//   are combined at the end of each row;
// - an elementwise operation reads an operand along another loop than it
//   writes: squares, transposed in registers.
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace {

class VectorLowering {
public:
  VectorLowering(RewriterBase &rewriter, linalg::GenericOp generic,
                 int64_t lanes, int64_t vectors)
      : rewriter(rewriter), generic(generic), loc(generic.getLoc()),
        lanes(lanes), vectors(vectors), maps(generic.getIndexingMapsArray()) {}

  /// Why the operation cannot be lowered; empty if it can.
  std::string analyze();
  void rewrite();

private:
  using Values = SmallVector<Value>;
  using Body = function_ref<Values(ValueRange carried)>;

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(rewriter, loc, value);
  }
  Value add(Value value, int64_t offset) {
    AffineExpr sum = rewriter.getAffineDimExpr(0) + offset;
    return getValueOrCreateConstantIndexOp(
        rewriter, loc,
        affine::makeComposedFoldedAffineApply(rewriter, loc, sum,
                                              {OpFoldResult(value)}));
  }
  bool dependsOn(AffineMap map, unsigned loop) {
    return map.isFunctionOfDim(loop);
  }
  /// Is the innermost dimension of an operand indexed by `loop`?
  bool isContiguous(AffineMap map, unsigned loop) {
    return map.getNumResults() != 0 &&
           map.getResults().back() == rewriter.getAffineDimExpr(loop);
  }
  bool isReduction(unsigned loop) {
    return linalg::isReductionIterator(generic.getIteratorTypesArray()[loop]);
  }
  /// Elements below a byte are bytes in memory: no vector can be loaded.
  static bool isBoolean(Value value) {
    return getElementTypeOrSelf(value).getIntOrFloatBitWidth() < 8;
  }
  VectorType vectorOf(Type element) {
    return VectorType::get({lanes}, element);
  }

  /// `scf.for` over `loop` from `from` to `to`; `at[loop]` is its variable
  /// within `body`.
  Values forLoop(unsigned loop, Value from, Value to, int64_t step,
                 ValueRange carried, Body body);
  /// Loops of step one over all of `loops`.
  Values forLoops(ArrayRef<unsigned> loops, ValueRange carried, Body body);
  /// The vector loop: whole steps of `vectors` vectors, then single ones which
  /// may be partial.
  Values forVectors(ValueRange carried,
                    function_ref<Values(ValueRange, int64_t, bool)> body);

  Values indices(AffineMap map, int64_t offset);
  /// Operand `number` as vector from `at[vectorLoop] + offset`.
  Value read(unsigned number, int64_t offset, bool partial, Value source);
  Value write(Value vector, Value destination, unsigned number, int64_t offset,
              bool partial);
  /// The body on vectors, given the values of its arguments.
  Values compute(ValueRange arguments);

  Values lowerParallel(ValueRange carried);
  Values lowerRow(ValueRange carried);
  Values lowerSquares(ValueRange carried);

  RewriterBase &rewriter;
  linalg::GenericOp generic;
  Location loc;
  int64_t lanes, vectors;
  SmallVector<AffineMap> maps;
  SmallVector<int64_t> ranges;
  SmallVector<unsigned> parallelLoops, reductionLoops; // not the vector loop
  unsigned vectorLoop = 0;
  std::optional<unsigned> squareLoop;
  Operation *combiner = nullptr; ///< of a reduction along the vector loop
  Values extents, at;
};

} // namespace

std::string VectorLowering::analyze() {
  if (!generic.hasPureTensorSemantics())
    return "expects tensors";
  if (generic.hasIndexSemantics())
    return "expects a body without linalg.index";
  unsigned numLoops = generic.getNumLoops(),
           numInputs = generic.getNumDpsInputs();
  if (numLoops == 0 || generic.getNumDpsInits() == 0)
    return "expects loops and results";
  for (AffineMap map : maps)
    if (!map.isProjectedPermutation())
      return "expects maps that are projected permutations";
  for (Type type : generic->getOperandTypes()) {
    Type element = getElementTypeOrSelf(type);
    if (!element.isIntOrFloat())
      return "expects integers or floats";
  }
  for (Operation &op : generic.getBody()->without_terminator())
    if (!OpTrait::hasElementwiseMappableTraits(&op) &&
        !op.hasTrait<OpTrait::ConstantLike>())
      return ("expects elementwise operations in the body, found " +
              op.getName().getStringRef())
          .str();

  for (Value result : generic.getOutputs())
    if (isBoolean(result))
      return "expects results of at least 8 bits";

  ranges = generic.getStaticLoopRanges();
  AffineMap result = maps[numInputs];
  AffineMap widest = *llvm::max_element(maps, [](AffineMap a, AffineMap b) {
    return a.getNumResults() < b.getNumResults();
  });
  auto innermost = [](AffineMap map) {
    return cast<AffineDimExpr>(map.getResults().back()).getPosition();
  };
  if (widest.getNumResults() == 0)
    return "expects an operand with dimensions";
  vectorLoop =
      generic.getNumReductionLoops() ? innermost(widest) : innermost(result);
  if (!isReduction(vectorLoop)) {
    vectorLoop = innermost(result);
    for (AffineMap map : ArrayRef(maps).drop_front(numInputs))
      if (!isContiguous(map, vectorLoop))
        return "expects results with the same contiguous dimension";
  } else {
    SmallVector<Operation *> combiners;
    if (generic.getNumDpsInits() != 1 ||
        !matchReduction(generic.getRegionOutputArgs(), 0, combiners) ||
        combiners.size() != 1 ||
        !linalg::getCombinerOpKind(combiners.front()) ||
        !arith::getNeutralElement(combiners.front()))
      return "expects one result, combined by one operation with a neutral "
             "element";
    combiner = combiners.front();
  }
  for (unsigned loop = 0; loop < numLoops; ++loop)
    if (loop != vectorLoop)
      (isReduction(loop) ? reductionLoops : parallelLoops).push_back(loop);

  // Squares: whole ones only, of what is worth transposing.
  if (generic.getNumReductionLoops() == 0 && ranges[vectorLoop] % lanes == 0 &&
      lanes > 1)
    for (auto [number, map] :
         llvm::enumerate(ArrayRef(maps).take_front(numInputs)))
      if (dependsOn(map, vectorLoop) && !isContiguous(map, vectorLoop)) {
        if (isBoolean(generic.getInputs()[number]))
          continue;
        unsigned loop = innermost(map);
        if (ranges[loop] % lanes == 0 && (!squareLoop || squareLoop == loop))
          squareLoop = loop;
      }
  return "";
}

VectorLowering::Values VectorLowering::forLoop(unsigned loop, Value from,
                                               Value to, int64_t step,
                                               ValueRange carried, Body body) {
  OpBuilder::InsertionGuard guard(rewriter);
  auto loopOp =
      scf::ForOp::create(rewriter, loc, from, to, constant(step), carried);
  rewriter.setInsertionPointToStart(loopOp.getBody());
  at[loop] = loopOp.getInductionVar();
  Values results = body(loopOp.getRegionIterArgs());
  scf::YieldOp::create(rewriter, loc, results);
  return Values(loopOp.getResults());
}

VectorLowering::Values VectorLowering::forLoops(ArrayRef<unsigned> loops,
                                                ValueRange carried, Body body) {
  if (loops.empty())
    return body(carried);
  return forLoop(loops.front(), constant(0), extents[loops.front()], 1, carried,
                 [&](ValueRange inner) {
                   return forLoops(loops.drop_front(), inner, body);
                 });
}

VectorLowering::Values VectorLowering::forVectors(
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

VectorLowering::Values VectorLowering::indices(AffineMap map, int64_t offset) {
  Values result;
  for (AffineExpr expr : map.getResults()) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    result.push_back(loop == vectorLoop && offset ? add(at[loop], offset)
                                                  : at[loop]);
  }
  return result;
}

Value VectorLowering::read(unsigned number, int64_t offset, bool partial,
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
  if (isContiguous(map, vectorLoop) && !isBoolean(source)) {
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

Value VectorLowering::write(Value vector, Value destination, unsigned number,
                            int64_t offset, bool partial) {
  return vector::TransferWriteOp::create(rewriter, loc, vector, destination,
                                         indices(maps[number], offset),
                                         ArrayRef<bool>{!partial})
      .getResult();
}

VectorLowering::Values VectorLowering::compute(ValueRange arguments) {
  IRMapping mapping;
  Block *body = generic.getBody();
  mapping.map(body->getArguments(), arguments);
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

VectorLowering::Values VectorLowering::lowerParallel(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  unsigned numResults = generic.getNumDpsInits();
  auto block = [&](ValueRange destinations, int64_t count, bool partial) {
    Values accumulators;
    for (int64_t vector = 0; vector < count; ++vector)
      for (unsigned i = 0; i < numResults; ++i)
        accumulators.push_back(
            read(numInputs + i, vector * lanes, partial, destinations[i]));
    accumulators = forLoops(reductionLoops, accumulators, [&](ValueRange sums) {
      Values results;
      for (int64_t vector = 0; vector < count; ++vector) {
        Values arguments;
        for (unsigned i = 0; i < numInputs; ++i)
          arguments.push_back(
              read(i, vector * lanes, partial, generic.getInputs()[i]));
        llvm::append_range(arguments,
                           sums.slice(vector * numResults, numResults));
        llvm::append_range(results, compute(arguments));
      }
      return results;
    });
    Values results(destinations);
    for (int64_t vector = 0; vector < count; ++vector)
      for (unsigned i = 0; i < numResults; ++i)
        results[i] = write(accumulators[vector * numResults + i], results[i],
                           numInputs + i, vector * lanes, partial);
    return results;
  };
  return forLoops(parallelLoops, carried,
                  [&](ValueRange inner) { return forVectors(inner, block); });
}

VectorLowering::Values VectorLowering::lowerRow(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  Type element = getElementTypeOrSelf(carried[0]);
  auto combine = [&](Value left, Value right) {
    IRMapping mapping;
    mapping.map(combiner->getOperand(0), left);
    mapping.map(combiner->getOperand(1), right);
    Operation *clone = rewriter.clone(*combiner, mapping);
    clone->getResult(0).setType(left.getType());
    return clone->getResult(0);
  };
  auto block = [&](ValueRange sums, int64_t count, bool partial) {
    Values results(sums);
    for (int64_t vector = 0; vector < count; ++vector) {
      Values arguments;
      for (unsigned i = 0; i < numInputs; ++i)
        arguments.push_back(
            read(i, vector * lanes, partial, generic.getInputs()[i]));
      arguments.push_back(sums[vector]);
      Value sum = compute(arguments)[0];
      if (partial) {
        Value rest = arith::SubIOp::create(rewriter, loc, extents[vectorLoop],
                                           at[vectorLoop]);
        Value mask = vector::CreateMaskOp::create(
            rewriter, loc, vectorOf(rewriter.getI1Type()), rest);
        sum = arith::SelectOp::create(rewriter, loc, mask, sum, sums[vector]);
      }
      results[vector] = sum;
    }
    return results;
  };
  return forLoops(parallelLoops, carried, [&](ValueRange inner) -> Values {
    TypedAttr neutral = *arith::getNeutralElement(combiner);
    Value start = arith::ConstantOp::create(
        rewriter, loc,
        DenseElementsAttr::get(vectorOf(element),
                               ArrayRef<Attribute>(neutral)));
    Values sums = forLoops(
        reductionLoops, Values(vectors, start),
        [&](ValueRange partial) { return forVectors(partial, block); });
    while (sums.size() > 1) {
      Values halves;
      for (size_t i = 0; i + 1 < sums.size(); i += 2)
        halves.push_back(combine(sums[i], sums[i + 1]));
      if (sums.size() % 2)
        halves.push_back(sums.back());
      sums = halves;
    }
    vector::CombiningKind kind = *linalg::getCombinerOpKind(combiner);
    Value scalar =
        isa<FloatType>(element)
            ? vector::ReductionOp::create(rewriter, loc, kind, sums[0],
                                          arith::FastMathFlags::reassoc)
            : vector::ReductionOp::create(rewriter, loc, kind, sums[0]);
    Values position = indices(maps[numInputs], 0);
    Value before = tensor::ExtractOp::create(rewriter, loc, inner[0], position);
    return {tensor::InsertOp::create(rewriter, loc, combine(before, scalar),
                                     inner[0], position)};
  });
}

VectorLowering::Values VectorLowering::lowerSquares(ValueRange carried) {
  unsigned numInputs = generic.getNumDpsInputs();
  unsigned square = *squareLoop;
  SmallVector<unsigned> outer(parallelLoops);
  llvm::erase(outer, square);
  auto block = [&](ValueRange destinations) {
    Value row = at[square], column = at[vectorLoop];
    // What is read along the other loop, transposed.
    SmallVector<Value> transposed(numInputs);
    for (unsigned i = 0; i < numInputs; ++i) {
      if (!dependsOn(maps[i], vectorLoop) || !isContiguous(maps[i], square) ||
          isBoolean(generic.getInputs()[i]))
        continue;
      Value source = generic.getInputs()[i];
      Type element = getElementTypeOrSelf(source);
      Value zero = arith::ConstantOp::create(rewriter, loc,
                                             rewriter.getZeroAttr(element));
      Value lines = arith::ConstantOp::create(
          rewriter, loc,
          rewriter.getZeroAttr(VectorType::get({lanes, lanes}, element)));
      for (int64_t lane = 0; lane < lanes; ++lane) {
        Value line = vector::TransferReadOp::create(
            rewriter, loc, vectorOf(element), source, indices(maps[i], lane),
            zero, ArrayRef<bool>{true});
        lines = vector::InsertOp::create(rewriter, loc, line, lines, lane);
      }
      transposed[i] = vector::TransposeOp::create(rewriter, loc, lines,
                                                  ArrayRef<int64_t>{1, 0});
    }
    Values results(destinations);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      at[square] = add(row, lane);
      at[vectorLoop] = column;
      Values arguments;
      for (unsigned i = 0; i < numInputs; ++i)
        arguments.push_back(
            transposed[i]
                ? vector::ExtractOp::create(rewriter, loc, transposed[i], lane)
                      .getResult()
                : read(i, 0, false, generic.getInputs()[i]));
      for (auto [i, destination] : llvm::enumerate(destinations))
        arguments.push_back(read(numInputs + i, 0, false, destination));
      for (auto [i, value] : llvm::enumerate(compute(arguments)))
        results[i] = write(value, results[i], numInputs + i, 0, false);
    }
    return results;
  };
  return forLoops(outer, carried, [&](ValueRange inner) {
    return forLoop(square, constant(0), extents[square], lanes, inner,
                   [&](ValueRange rows) {
                     return forLoop(vectorLoop, constant(0),
                                    extents[vectorLoop], lanes, rows, block);
                   });
  });
}

void VectorLowering::rewrite() {
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

DiagnosedSilenceableFailure chameleon::transform_ops::LowerToVectorsOp::apply(
    transform::TransformRewriter &rewriter,
    transform::TransformResults &results, transform::TransformState &state) {
  int64_t lanes, vectors;
  DiagnosedSilenceableFailure valid =
      getIntegerParam(state, *this, getLanes(), "lanes", 1, lanes);
  if (valid.succeeded())
    valid = getIntegerParam(state, *this, getVectors(), "vectors", 1, vectors);
  if (!valid.succeeded())
    return valid;
  for (Operation *target : state.getPayloadOps(getTarget())) {
    auto fail = [&](const Twine &message) {
      DiagnosedSilenceableFailure failure = emitSilenceableError() << message;
      failure.attachNote(target->getLoc()) << "when applied to this op";
      return failure;
    };
    auto linalgOp = dyn_cast<linalg::LinalgOp>(target);
    if (!linalgOp)
      return fail("expects a linalg operation, found " +
                  target->getName().getStringRef());
    auto generic = dyn_cast<linalg::GenericOp>(target);
    rewriter.setInsertionPoint(target);
    if (!generic) {
      FailureOr<linalg::GenericOp> general =
          linalg::generalizeNamedOp(rewriter, linalgOp);
      if (failed(general))
        return fail("cannot generalize the operation");
      generic = *general;
    }
    // Loops of one iteration would hide which dimension is contiguous.
    linalg::ControlDropUnitDims control;
    control.rankReductionStrategy =
        linalg::ControlDropUnitDims::RankReductionStrategy::ExtractInsertSlice;
    rewriter.setInsertionPoint(generic);
    FailureOr<linalg::DropUnitDimsResult> dropped =
        linalg::dropUnitDims(rewriter, generic, control);
    if (succeeded(dropped)) {
      rewriter.replaceOp(generic, dropped->replacements);
      generic = cast<linalg::GenericOp>(dropped->resultOp.getOperation());
    }
    VectorLowering lowering(rewriter, generic, lanes, vectors);
    if (std::string reason = lowering.analyze(); !reason.empty())
      return fail(reason);
    lowering.rewrite();
  }
  return DiagnosedSilenceableFailure::success();
}

void chameleon::transform_ops::LowerToVectorsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  transform::consumesHandle(getTargetMutable(), effects);
  transform::onlyReadsHandle(getLanesMutable(), effects);
  transform::onlyReadsHandle(getVectorsMutable(), effects);
  transform::modifiesPayload(effects);
}
