//===- Bufferize.h - from tensors to buffers, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. Functions of static tensors become functions of buffers
// that return nothing: results are trailing arguments, which are written. A
// temporary is one `memref.alloc`.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_BUFFERIZE_H
#define CHAMELEON_LIB_TARGET_BUFFERIZE_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"

namespace chameleon {

/// A step of this room inside a pipeline. The steps are not registered: only
/// the pipelines as a whole have names.
template <typename OpT>
class StepPass
    : public mlir::PassWrapper<StepPass<OpT>, mlir::OperationPass<OpT>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(StepPass)
  using Step = llvm::LogicalResult (*)(OpT);
  StepPass(llvm::StringRef name, Step step) : name(name), step(step) {}

  llvm::StringRef getName() const override { return name; }
  void getDependentDialects(mlir::DialectRegistry &registry) const override {
    registry.insert<mlir::affine::AffineDialect, mlir::arith::ArithDialect,
                    mlir::bufferization::BufferizationDialect,
                    mlir::gpu::GPUDialect, mlir::linalg::LinalgDialect,
                    mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
                    mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                    mlir::tensor::TensorDialect, mlir::vector::VectorDialect>();
  }
  void runOnOperation() override {
    if (failed(step(this->getOperation())))
      this->signalPassFailure();
  }

private:
  llvm::StringRef name;
  Step step;
};

/// A step that cannot fail.
template <typename OpT, void (*function)(OpT)>
std::unique_ptr<mlir::Pass> step(llvm::StringRef name) {
  return std::make_unique<StepPass<OpT>>(name, [](OpT operation) {
    function(operation);
    return llvm::success();
  });
}

/// Canonicalization of code whose loops are still operations: it has no blocks
/// to simplify, which would take a twentieth of a candidate's compilation.
inline std::unique_ptr<mlir::Pass> createCanonicalizer() {
  return mlir::createCanonicalizerPass(
      mlir::GreedyRewriteConfig().setRegionSimplificationLevel(
          mlir::GreedySimplifyRegionLevel::Disabled));
}

/// Adds the passes of this file; buffers are still allocated where they are
/// needed, though outside of loops. `serial`: parallel loops become ordinary
/// ones first, so that those in them are no exception.
void buildBufferization(mlir::OpPassManager &passes, bool serial = false);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_BUFFERIZE_H
