//===- ChameleonTransformOps.cpp - the extension of the transform dialect
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "Signature.h"
#include "Simplify.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SMT/IR/SMTDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtension.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "chameleon/TransformOps/ChameleonTransformOps.cpp.inc"

namespace {
class ChameleonExtension
    : public transform::TransformDialectExtension<ChameleonExtension> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ChameleonExtension)
  ChameleonExtension() {
    declareDependentDialect<chameleon::ChameleonDialect>();
    // What transform.chameleon.constrain is a spelling of.
    declareDependentDialect<smt::SMTDialect>();
    // What the operations below create in the payload.
    declareGeneratedDialect<affine::AffineDialect>();
    declareGeneratedDialect<arith::ArithDialect>();
    declareGeneratedDialect<bufferization::BufferizationDialect>();
    declareGeneratedDialect<gpu::GPUDialect>();
    declareGeneratedDialect<linalg::LinalgDialect>();
    declareGeneratedDialect<math::MathDialect>();
    declareGeneratedDialect<memref::MemRefDialect>();
    declareGeneratedDialect<scf::SCFDialect>();
    declareGeneratedDialect<tensor::TensorDialect>();
    declareGeneratedDialect<vector::VectorDialect>();
    addDialectDataInitializer<chameleon::SimplifyPatterns>(
        [](chameleon::SimplifyPatterns &) {});
    registerTransformOps<
#define GET_OP_LIST
#include "chameleon/TransformOps/ChameleonTransformOps.cpp.inc"
        >();
  }
};
} // namespace

void chameleon::registerTransformOps(DialectRegistry &registry) {
  transform::registerSMTExtension(registry);
  registry.addExtensions<ChameleonExtension>();
}

DiagnosedSilenceableFailure
chameleon::getIntegerParam(transform::TransformState &state,
                           transform::TransformOpInterface op, Value param,
                           StringRef name, int64_t minimum, int64_t &value) {
  ArrayRef<Attribute> attributes = state.getParams(param);
  if (attributes.size() != 1)
    return emitDefiniteFailure(op) << "expects one value for parameter '"
                                   << name << "', found " << attributes.size();
  auto integer = dyn_cast<IntegerAttr>(attributes.front());
  if (!integer || integer.getValue().getSignificantBits() > 64 ||
      integer.getValue().getSExtValue() < minimum)
    return emitDefiniteFailure(op)
           << "expects an integer of at least " << minimum << " for parameter '"
           << name << "', found " << attributes.front();
  value = integer.getValue().getSExtValue();
  return DiagnosedSilenceableFailure::success();
}

DiagnosedSilenceableFailure
chameleon::getLoop(transform::TransformOpInterface op, Operation *target,
                   scf::ForOp &loop) {
  loop = dyn_cast<scf::ForOp>(target);
  if (loop)
    return DiagnosedSilenceableFailure::success();
  DiagnosedSilenceableFailure failure = emitSilenceableFailure(op)
                                        << "expects an scf.for, found "
                                        << target->getName();
  failure.attachNote(target->getLoc()) << "when applied to this op";
  return failure;
}
