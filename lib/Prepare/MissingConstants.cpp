//===- MissingConstants.cpp - seeded data for weights that have none
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// torch-mlir elides large weights: the handle stays, the blob is missing. Such
// a model tunes as it is, but translation to LLVM IR stops at it. The values
// depend on the seed and the handle's name alone, so that a model and its
// prepared form agree.
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/StorageType.h"
#include "chameleon/Prepare/Prepare.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"
#include <cmath>

using namespace mlir;

namespace {

/// Does the value reach a square root through arithmetic that keeps its sign
/// (an epsilon added, a conversion)?
bool reachesSquareRoot(Value value, llvm::DenseSet<Value> &visited) {
  if (!visited.insert(value).second)
    return false;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isa<math::SqrtOp, math::RsqrtOp>(user))
      return true;
    Value next;
    if (auto generic = dyn_cast<linalg::GenericOp>(user))
      next = generic.getMatchingBlockArgument(&use);
    else if (auto yield = dyn_cast<linalg::YieldOp>(user))
      next = use.getOperandNumber() < yield->getParentOp()->getNumResults()
                 ? yield->getParentOp()->getResult(use.getOperandNumber())
                 : Value();
    else if (isa<arith::AddFOp, arith::ExtFOp, arith::TruncFOp,
                 tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user))
      next = user->getResult(0);
    if (next && reachesSquareRoot(next, visited))
      return true;
  }
  return false;
}

/// SplitMix64: small, and the same everywhere.
class Random {
public:
  explicit Random(uint64_t state) : state(state) {}

  /// Uniform in [0, 1).
  double next() {
    uint64_t word = state += 0x9E3779B97F4A7C15;
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
    return static_cast<double>((word ^ (word >> 31)) >> 11) * 0x1p-53;
  }

private:
  uint64_t state;
};

/// Writes one element, little endian as blobs are.
void store(MutableArrayRef<char> bytes, const llvm::APInt &bits) {
  for (auto [index, byte] : llvm::enumerate(bytes))
    byte = static_cast<char>(bits.extractBitsAsZExtValue(8, 8 * index));
}

} // namespace

FailureOr<int64_t> chameleon::fillMissingConstants(ModuleOp module,
                                                   uint64_t seed) {
  int64_t filled = 0;
  llvm::StringMap<unsigned> elided; ///< by type
  WalkResult result = module.walk([&](arith::ConstantOp constant) {
    auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
    if (!resource || resource.getRawHandle().getBlob())
      return WalkResult::advance();
    auto type = cast<ShapedType>(resource.getType());
    Type element = type.getElementType();
    if (!type.hasStaticShape() || !element.isIntOrFloat()) {
      constant.emitError("constant without data of type ")
          << type << " found, expected elements that are integers or floats";
      return WalkResult::interrupt();
    }
    int64_t width = getStorageBytes(element);
    int64_t elements = type.getNumElements();
    AsmResourceBlob blob = HeapAsmResourceBlob::allocate(
        width * elements, alignof(std::max_align_t));
    MutableArrayRef<char> data = blob.getMutableData();
    std::fill(data.begin(), data.end(), 0);

    // MLIR elides data of every constant under one name.
    StringRef key = resource.getRawHandle().getKey();
    std::string name = key.str();
    bool isShared = key == "__elided__";
    if (isShared) {
      llvm::raw_string_ostream stream(name);
      stream << type;
      stream << elided[name]++;
    }

    // Weights are (features, inputs…): fan-in is what one feature sums over. A
    // vector counts as one feature.
    int64_t fanIn = type.getRank() > 1 && type.getDimSize(0) > 0
                        ? elements / type.getDimSize(0)
                        : elements;
    double bound =
        fanIn > 0 ? 1.0 / std::sqrt(static_cast<double>(fanIn)) : 1.0;
    llvm::DenseSet<Value> visited;
    bool positive = reachesSquareRoot(constant.getResult(), visited);
    if (auto floatType = dyn_cast<FloatType>(element)) {
      positive |=
          !APFloat::semanticsHasSignedRepr(floatType.getFloatSemantics());
      Random random(seed ^ llvm::xxh3_64bits(name));
      for (int64_t index = 0; index < elements; ++index) {
        double uniform = random.next();
        llvm::APFloat value(positive ? 0.5 + uniform
                                     : bound * (2 * uniform - 1));
        bool losesInformation;
        value.convert(floatType.getFloatSemantics(),
                      llvm::APFloat::rmNearestTiesToEven, &losesInformation);
        store(data.slice(index * width, width),
              value.bitcastToAPInt().zext(8 * width));
      }
    }
    if (isShared)
      constant.setValueAttr(
          DenseResourceElementsAttr::get(type, "filled", std::move(blob)));
    else
      resource.getRawHandle().getResource()->setBlob(std::move(blob));
    ++filled;
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  return filled;
}
