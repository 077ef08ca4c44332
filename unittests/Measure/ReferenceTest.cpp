//===- ReferenceTest.cpp - tasks become double precision, or say why not
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Reference.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace chameleon;

namespace {

class Reference : public testing::Test {
protected:
  Reference() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        linalg::LinalgDialect, math::MathDialect,
                        tensor::TensorDialect>();
  }
  OwningOpRef<ModuleOp> parse(llvm::StringRef text) {
    return parseSourceString<ModuleOp>(text, &context);
  }
  std::string print(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }
  MLIRContext context;
};

TEST_F(Reference, EveryFloatBecomesADouble) {
  auto module = parse(R"mlir(
    func.func @task(%a: tensor<2x3xf16>, %i: tensor<2xi32>, %out: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {chameleon.task = "k"} {
      %bias = arith.constant dense<[0.1, 0.2, 0.3]> : tensor<3xf32>
      %splat = arith.constant dense<0.5> : tensor<3xbf16>
      %eps = arith.constant 1.0e-5 : f32
      %r = linalg.generic {indexing_maps = [affine_map<(m, n) -> (m, n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (n)>, affine_map<(m, n) -> (m, n)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%a, %bias, %splat : tensor<2x3xf16>, tensor<3xf32>, tensor<3xbf16>) outs(%out : tensor<2x3xf32>) {
      ^bb0(%x: f16, %y: f32, %z: bf16, %o: f32):
        %wide = arith.extf %x : f16 to f32
        %zw = arith.extf %z : bf16 to f32
        %s = arith.addf %wide, %y : f32
        %t = arith.mulf %s, %zw : f32
        %u = math.sqrt %t : f32
        %v = arith.addf %u, %eps : f32
        %narrow = arith.truncf %v : f32 to f16
        %back = arith.extf %narrow : f16 to f32
        linalg.yield %back : f32
      } -> tensor<2x3xf32>
      return %r : tensor<2x3xf32>
    })mlir");
  ASSERT_TRUE(module);
  std::string before = print(*module), whyNot;
  OwningOpRef<ModuleOp> wide = widenToDouble(*module, whyNot);
  ASSERT_TRUE(wide) << whyNot;
  EXPECT_TRUE(succeeded(verify(*wide)));
  std::string text = print(*wide);
  for (llvm::StringRef gone : {"f32", "f16", "extf", "truncf"})
    EXPECT_FALSE(llvm::StringRef(text).contains(gone)) << gone.str() << " in\n"
                                                       << text;
  EXPECT_TRUE(llvm::StringRef(text).contains("tensor<2xi32>")) << text;
  // The value of the constant is that of the f32, not of the decimal number.
  EXPECT_TRUE(llvm::StringRef(text).contains("9.9999997473787516E-6")) << text;
  EXPECT_EQ(before, print(*module)) << "the payload is left alone";
}

TEST_F(Reference, BitcastsSayWhyNot) {
  auto module = parse(R"mlir(
    func.func @task(%a: tensor<4xf32>, %out: tensor<4xi32>) -> tensor<4xi32> attributes {chameleon.task = "k"} {
      %r = arith.bitcast %a : tensor<4xf32> to tensor<4xi32>
      return %r : tensor<4xi32>
    })mlir");
  ASSERT_TRUE(module);
  std::string whyNot;
  EXPECT_FALSE(widenToDouble(*module, whyNot));
  EXPECT_TRUE(llvm::StringRef(whyNot).contains("arith.bitcast")) << whyNot;
}

TEST_F(Reference, ColumnsOfTheOutputAreInnermost) {
  auto module = parse(R"mlir(
    func.func @task(%a: tensor<4x8xf64>, %b: tensor<8x16xf64>, %c: tensor<4x16xf64>) -> tensor<4x16xf64> {
      %r = linalg.matmul ins(%a, %b : tensor<4x8xf64>, tensor<8x16xf64>) outs(%c : tensor<4x16xf64>) -> tensor<4x16xf64>
      return %r : tensor<4x16xf64>
    })mlir");
  ASSERT_TRUE(module);
  orderLoopsAlongMemory(*module);
  ASSERT_TRUE(succeeded(verify(*module)));
  SmallVector<linalg::GenericOp> generics;
  module->walk([&](linalg::GenericOp op) { generics.push_back(op); });
  ASSERT_EQ(1u, generics.size());
  EXPECT_EQ((SmallVector<int64_t>{4, 8, 16}),
            generics[0].getStaticLoopRanges());
  EXPECT_EQ(utils::IteratorType::reduction,
            generics[0].getIteratorTypesArray()[1]);
}

TEST_F(Reference, UnitDimensionsAreNoLoops) {
  auto module = parse(R"mlir(
    func.func @task(%a: tensor<4x8x1xf64>, %b: tensor<4x1xf64>) -> tensor<4x1xf64> {
      %r = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k, n)>, affine_map<(m, n, k) -> (m, n)>],
          iterator_types = ["parallel", "parallel", "reduction"]} ins(%a : tensor<4x8x1xf64>) outs(%b : tensor<4x1xf64>) {
      ^bb0(%x: f64, %o: f64):
        %s = arith.addf %x, %o : f64
        linalg.yield %s : f64
      } -> tensor<4x1xf64>
      return %r : tensor<4x1xf64>
    })mlir");
  ASSERT_TRUE(module);
  orderLoopsAlongMemory(*module);
  module->walk([&](linalg::GenericOp op) {
    EXPECT_EQ((SmallVector<int64_t>{1, 8, 4}), op.getStaticLoopRanges());
  });
}

} // namespace
