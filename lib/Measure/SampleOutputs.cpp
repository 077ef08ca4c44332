//===- SampleOutputs.cpp - a task cut down to some elements of its results
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SampleOutputs.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"
#include <random>

using namespace chameleon;
using namespace mlir;

/// Of each result: more find rarer faults, and each is compiled.
static constexpr int tilesOfOutput = 8;
/// Of a tile: along memory, and along the dimension before.
static constexpr int64_t tileWidth = 8, tileHeight = 2;

int64_t OutputTile::countElements() const {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

int64_t OutputTile::locate(int64_t i, ArrayRef<int64_t> shape) const {
  int64_t position = 0, stride = 1;
  for (size_t dim = sizes.size(); dim-- > 0;) {
    position += (offsets[dim] + i % sizes[dim]) * stride;
    i /= sizes[dim];
    stride *= shape[dim];
  }
  return position;
}

std::vector<OutputTile> chameleon::chooseTiles(const TaskSignature &signature,
                                               uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<OutputTile> tiles;
  for (auto [output, argument] : llvm::enumerate(signature.outputs())) {
    ArrayRef<int64_t> shape = argument.type.getShape();
    SmallVector<OutputTile> chosen;
    for (int count = 0; count < tilesOfOutput; ++count) {
      OutputTile tile;
      tile.output = output;
      for (auto [dim, extent] : llvm::enumerate(shape)) {
        size_t fromEnd = shape.size() - 1 - dim;
        int64_t wanted = fromEnd == 0   ? tileWidth
                         : fromEnd == 1 ? tileHeight
                                        : 1;
        int64_t size = std::min(wanted, extent), room = extent - size;
        tile.sizes.push_back(size);
        tile.offsets.push_back(
            count == 0   ? 0
            : count == 1 ? room
                         : static_cast<int64_t>(random() % (room + 1)));
      }
      if (llvm::none_of(chosen, [&](const OutputTile &other) {
            return other.offsets == tile.offsets;
          }))
        chosen.push_back(std::move(tile));
    }
    tiles.insert(tiles.end(), chosen.begin(), chosen.end());
  }
  return tiles;
}

double chameleon::countIterations(ModuleOp module) {
  double total = 0;
  module.walk([&](linalg::LinalgOp op) {
    double iterations = 1;
    for (int64_t range : op.getStaticLoopRanges())
      iterations *= static_cast<double>(std::max<int64_t>(range, 1));
    total += iterations;
  });
  return total;
}

/// An elementwise operation that makes `value` of the type, from a narrower
/// float.
static Value extend(OpBuilder &builder, Value value, RankedTensorType type) {
  Location loc = value.getLoc();
  Value init = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                       type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, type, value, init,
             ArrayRef<AffineMap>{identity, identity}, loops,
             [&](OpBuilder &body, Location loc, ValueRange arguments) {
               Value wide = arith::ExtFOp::create(
                   body, loc, type.getElementType(), arguments[0]);
               linalg::YieldOp::create(body, loc, wide);
             })
      .getResult(0);
}

/// Inputs are of the task's own types and destinations are made inside; what
/// uses them does not notice.
static void takeOnlyInputs(func::FuncOp function,
                           const TaskSignature &signature) {
  Block &entry = function.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&entry);
  for (auto [position, argument] : llvm::enumerate(signature.arguments)) {
    BlockArgument value = entry.getArgument(position);
    auto wide = cast<RankedTensorType>(value.getType());
    if (position >= signature.numInputs) {
      value.replaceAllUsesWith(tensor::EmptyOp::create(
          builder, value.getLoc(), wide.getShape(), wide.getElementType()));
      continue;
    }
    if (wide == argument.type)
      continue;
    value.setType(argument.type);
    Value extended = extend(builder, value, wide);
    value.replaceAllUsesExcept(extended, extended.getDefiningOp());
  }
  entry.eraseArguments(signature.numInputs,
                       signature.arguments.size() - signature.numInputs);
}

/// What there was for the whole.
static void eraseDead(func::FuncOp function) {
  bool changed = true;
  while (std::exchange(changed, false))
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op)) {
        op.erase();
        changed = true;
      }
}

/// Pulls slices up as far as they go.
static void pullSlices(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  bool changed = true;
  while (std::exchange(changed, false)) {
    SmallVector<tensor::ExtractSliceOp> slices;
    for (auto slice :
         function.getBody().front().getOps<tensor::ExtractSliceOp>())
      slices.push_back(slice);
    for (tensor::ExtractSliceOp slice : slices) {
      auto producer = dyn_cast<OpResult>(slice.getSource());
      if (!producer || slice->use_empty())
        continue;
      rewriter.setInsertionPoint(slice);
      Value small;
      if (producer.getDefiningOp<tensor::EmptyOp>()) {
        small = tensor::EmptyOp::create(rewriter, slice.getLoc(),
                                        slice.getType().getShape(),
                                        slice.getType().getElementType());
      } else if (isa<TilingInterface>(producer.getOwner())) {
        FailureOr<TilingResult> tiled =
            tensor::replaceExtractSliceWithTiledProducer(rewriter, slice,
                                                         producer);
        if (failed(tiled) || tiled->tiledValues.size() != 1 ||
            tiled->tiledValues[0].getType() != slice.getType())
          continue;
        small = tiled->tiledValues[0];
      } else {
        continue;
      }
      rewriter.replaceOp(slice, small);
      changed = true;
    }
  }
}

OwningOpRef<ModuleOp> chameleon::cutToTiles(ModuleOp wide,
                                            const TaskSignature &signature,
                                            ArrayRef<OutputTile> tiles,
                                            double mostIterations) {
  OwningOpRef<ModuleOp> module = wide.clone();
  auto function = module->lookupSymbol<func::FuncOp>(signature.function);
  if (!function || !llvm::hasSingleElement(function.getBody()))
    return nullptr;
  Operation *terminator = function.getBody().front().getTerminator();
  if (terminator->getNumOperands() != signature.outputs().size())
    return nullptr;
  takeOnlyInputs(function, signature);
  OpBuilder builder(terminator);
  SmallVector<Value> slices;
  for (const OutputTile &tile : tiles) {
    auto attributes = [&](ArrayRef<int64_t> values) {
      return getAsIndexOpFoldResult(builder.getContext(), values);
    };
    slices.push_back(tensor::ExtractSliceOp::create(
        builder, terminator->getLoc(), terminator->getOperand(tile.output),
        attributes(tile.offsets), attributes(tile.sizes),
        SmallVector<OpFoldResult>(tile.sizes.size(), builder.getIndexAttr(1))));
  }
  terminator->setOperands(slices);
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();
  function->setDiscardableAttrs(ArrayRef<NamedAttribute>()); // no task any more
  function.setType(
      builder.getFunctionType(function.getBody().front().getArgumentTypes(),
                              llvm::to_vector(TypeRange(ValueRange(slices)))));
  pullSlices(function);
  eraseDead(function);
  ScopedDiagnosticHandler quiet(wide.getContext(),
                                [](Diagnostic &) { return success(); });
  if (failed(verify(*module)) || countIterations(*module) > mostIterations)
    return nullptr;
  return module;
}
