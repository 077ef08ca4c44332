//===- FakeHooks.h - a GPU of nobody's, for tests
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_KERNELS_FAKEHOOKS_H
#define CHAMELEON_UNITTESTS_KERNELS_FAKEHOOKS_H

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Kernels/GPUHooks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

namespace chameleon {

/// Copies at once, in warps of 16 threads, without clusters.
class FakeHooks : public GPUHooks {
public:
  mlir::Attribute getSharedSpace(mlir::MLIRContext *context) const override {
    return mlir::gpu::AddressSpaceAttr::get(context,
                                            mlir::gpu::AddressSpace::Workgroup);
  }
  void startCopy(mlir::OpBuilder &b, mlir::Location loc, mlir::Value shared,
                 mlir::Value target, mlir::Value line, mlir::Value source,
                 int64_t lanes, mlir::Value count) const override {
    ++copies;
    conditions += count != nullptr;
    auto type = mlir::VectorType::get(
        {lanes}, mlir::cast<mlir::MemRefType>(line.getType()).getElementType());
    mlir::Value copied =
        mlir::vector::LoadOp::create(b, loc, type, line, source);
    mlir::vector::StoreOp::create(b, loc, copied, shared, target);
  }
  void commitCopies(mlir::OpBuilder &, mlir::Location) const override {
    ++commits;
  }
  void waitForCopies(mlir::OpBuilder &, mlir::Location,
                     int64_t) const override {
    ++waits;
  }
  void holdReads(mlir::OpBuilder &, mlir::Location) const override { ++holds; }
  mlir::Value shuffle(mlir::OpBuilder &b, mlir::Location loc,
                      mlir::Value scalar, int64_t distance) const override {
    distances.push_back(distance);
    return GPUHooks::shuffle(b, loc, scalar, distance);
  }

  mutable int copies = 0, conditions = 0, commits = 0, waits = 0, holds = 0;
  mutable std::vector<int64_t> distances;

protected:
  GPULimits getDefaultLimits() const override {
    GPULimits limits;
    limits.warpThreads = 16;
    limits.blockThreads = 128;
    limits.sharedBytes = 8192;
    limits.sharedBanks = 16;
    limits.copyBytes = 8;
    return limits;
  }
};

/// A module with a function of linalg operations.
class KernelsTest : public ::testing::Test {
protected:
  KernelsTest() {
    context.loadDialect<
        ChameleonDialect, mlir::DLTIDialect, mlir::arith::ArithDialect,
        mlir::bufferization::BufferizationDialect, mlir::func::FuncDialect,
        mlir::gpu::GPUDialect, mlir::linalg::LinalgDialect,
        mlir::math::MathDialect, mlir::memref::MemRefDialect,
        mlir::scf::SCFDialect, mlir::tensor::TensorDialect,
        mlir::vector::VectorDialect>();
  }
  /// The first structured operation with a reduction.
  mlir::linalg::LinalgOp parse(llvm::StringRef text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    mlir::linalg::LinalgOp found;
    if (module)
      module->walk([&](mlir::linalg::LinalgOp op) {
        if (!found && op.getNumReductionLoops() != 0)
          found = op;
      });
    return found;
  }
  mlir::linalg::LinalgOp parseMatmul(llvm::StringRef element) {
    std::string e = element.str();
    return parse("func.func @f(%a: tensor<32x64x" + e + ">, %b: tensor<64x32x" +
                 e + ">, %c: tensor<32x32x" + e + ">) -> tensor<32x32x" + e +
                 "> {\n %0 = linalg.matmul ins(%a, %b : tensor<32x64x" + e +
                 ">, tensor<64x32x" + e + ">) outs(%c : tensor<32x32x" + e +
                 ">) -> tensor<32x32x" + e + ">\n return %0 : tensor<32x32x" +
                 e + ">\n}");
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_KERNELS_FAKEHOOKS_H
