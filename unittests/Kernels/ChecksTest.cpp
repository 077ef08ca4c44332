//===- ChecksTest.cpp - what a check says is what the lowering does
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeHooks.h"
#include "chameleon/Kernels/CPUContraction.h"
#include "chameleon/Kernels/GPUContraction.h"
#include "chameleon/Kernels/GPULoops.h"
#include "chameleon/Kernels/VectorLoops.h"
#include "chameleon/Kernels/Winograd.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"

using namespace mlir;
using namespace chameleon;

namespace {

class ChecksTest : public KernelsTest {
protected:
  ChecksTest() { context.loadDialect<affine::AffineDialect>(); }

  std::string print() {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream);
    return text;
  }
  /// The reason of the check, which is also the lowering's.
  std::string
  compare(std::function<std::string(linalg::LinalgOp)> check,
          std::function<std::string(IRRewriter &, linalg::LinalgOp)> lower,
          linalg::LinalgOp op) {
    std::string before = print(), reason = check(op);
    EXPECT_EQ(print(), before);
    IRRewriter rewriter(&context);
    EXPECT_EQ(lower(rewriter, op), reason);
    EXPECT_EQ(reason.empty(), print() != before);
    return reason;
  }
  std::string onGPU(linalg::LinalgOp op, GPUContractionParameters p) {
    auto analyze = [&](linalg::LinalgOp op) {
      return std::get<KernelTask>(KernelTask::analyze(op));
    };
    return compare(
        [&](linalg::LinalgOp op) {
          return checkGPUContraction(analyze(op), p, hooks);
        },
        [&](IRRewriter &rewriter, linalg::LinalgOp op) {
          SmallVector<Operation *> launches;
          return lowerGPUContraction(rewriter, analyze(op), p, hooks, launches);
        },
        op);
  }
  std::string onCPU(linalg::LinalgOp op) {
    return compare(
        checkCPUContraction,
        [](IRRewriter &rewriter, linalg::LinalgOp op) {
          CPUContractionResult result;
          return lowerCPUContraction(rewriter, op, {4, 16, 64, 1, 1}, result);
        },
        op);
  }
  std::string onVectors(linalg::LinalgOp op) {
    return compare(
        [](linalg::LinalgOp op) { return checkVectorLoops(op, {8, 2}); },
        [](IRRewriter &rewriter, linalg::LinalgOp op) {
          return lowerToVectorLoops(rewriter, op, {8, 2});
        },
        op);
  }
  linalg::LinalgOp parseReduction(llvm::StringRef element,
                                  llvm::StringRef operation) {
    std::string e = element.str(), o = operation.str();
    return parse("func.func @f(%a: tensor<8x1x40x" + e + ">, %c: tensor<8x1x" +
                 e + ">) -> tensor<8x1x" + e +
                 "> {\n %0 = linalg.reduce ins(%a : tensor<8x1x40x" + e +
                 ">) outs(%c : tensor<8x1x" + e + ">) dimensions = [2] (%x: " +
                 e + ", %y: " + e + ") {\n %s = " + o + " %x, %y : " + e +
                 "\n linalg.yield %s : " + e + " }\n return %0 : tensor<8x1x" +
                 e + ">\n}");
  }

  FakeHooks hooks;
};

TEST_F(ChecksTest, contractionsOfAGPU) {
  GPUContractionParameters p{16, 16, 8, 1, 1, 2, 2, 2, 4, 0, 1, 1};
  EXPECT_EQ(onGPU(parseMatmul("f32"), p), "");
  EXPECT_EQ(onGPU(parseMatmul("f64"), p), "");
  // Whatever can be brought to 32 or 64 bits.
  for (StringRef element : {"f16", "bf16", "i1", "i8", "i32", "i64"})
    EXPECT_EQ(onGPU(parseMatmul(element), p), "") << element.str();
  // The real bytes of an element: what f32 can, f64 cannot.
  p.stages = 6;
  EXPECT_EQ(onGPU(parseMatmul("f32"), p), "");
  EXPECT_NE(onGPU(parseMatmul("f64"), p), "");
}

TEST_F(ChecksTest, contractionsOfACPU) {
  EXPECT_EQ(onCPU(parseMatmul("f32")), "");
  EXPECT_EQ(onCPU(parseMatmul("i8")), "");
  EXPECT_EQ(onCPU(parseReduction("f32", "arith.addf")),
            "expects a contraction on tensors");
}

TEST_F(ChecksTest, loopsOnVectors) {
  EXPECT_EQ(onVectors(parseReduction("f32", "arith.addf")), "");
  EXPECT_EQ(onVectors(parseMatmul("f32")), "");
  // Without a neutral element, and to a row of one: one element after another.
  EXPECT_EQ(onVectors(parseReduction("f32", "arith.subf")), "");
  // Nothing is left of a copy that was made general for the check.
  linalg::LinalgOp op = parseMatmul("complex<f32>");
  std::string before = print();
  EXPECT_TRUE(llvm::StringRef(checkVectorLoops(op, {8, 2}))
                  .starts_with("expects integers, floats or indices, found "));
  EXPECT_EQ(print(), before);
}

TEST_F(ChecksTest, windowsThatWinogradCannot) {
  linalg::LinalgOp op = parseMatmul("f32");
  EXPECT_EQ(checkWinograd(op), "expects a linalg.generic on tensors, a "
                               "convolution with blocks of channels");
  IRRewriter rewriter(&context);
  Operation *copy = nullptr;
  EXPECT_EQ(lowerWinograd(rewriter, op, {4, 2, 2}, copy), checkWinograd(op));
  EXPECT_EQ(lowerWinograd(rewriter, op, {3, 2, 2}, copy),
            "expects 2 or 4 outputs, found 3");
}

} // namespace
