//===- GraphTest.cpp - what the patterns ask a model's graph
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "PrepareTestBase.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace chameleon;

namespace {

class GraphTest : public PrepareTestBase {
protected:
  void parseModel() {
    parse(R"(
      #id = affine_map<(a, b) -> (a, b)>
      #row = affine_map<(a, b) -> (a)>
      func.func @f(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2xf32>, tensor<2x4xf32>) {
        %w = arith.constant {n = 0} dense_resource<w> : tensor<2x4xf32>
        %three = arith.constant 3.0 : f32
        %zero = arith.constant 0.0 : f32
        %e = tensor.empty() {n = 1} : tensor<2x4xf32>
        %scaled = linalg.generic {n = 2, indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%w : tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
        ^bb0(%a: f32, %o: f32):
          %r = arith.mulf %a, %three : f32
          linalg.yield %r : f32
        } -> tensor<2x4xf32>
        %sum = linalg.generic {n = 3, indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %scaled : tensor<2x4xf32>, tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
        ^bb0(%a: f32, %b: f32, %o: f32):
          %r = arith.addf %a, %b : f32
          %s = math.exp %r : f32
          linalg.yield %s : f32
        } -> tensor<2x4xf32>
        %re = tensor.empty() : tensor<2xf32>
        %rf = linalg.fill {n = 4} ins(%zero : f32) outs(%re : tensor<2xf32>) -> tensor<2xf32>
        %rows = linalg.generic {n = 5, indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]} ins(%sum : tensor<2x4xf32>) outs(%rf : tensor<2xf32>) {
        ^bb0(%a: f32, %o: f32):
          %r = arith.addf %a, %o : f32
          linalg.yield %r : f32
        } -> tensor<2xf32>
        %le = tensor.empty() : tensor<8xf32>
        %lf = linalg.fill ins(%three : f32) outs(%le : tensor<8xf32>) -> tensor<8xf32>
        %reshaped = tensor.expand_shape %lf [[0, 1]] output_shape [2, 4] {n = 6} : tensor<8xf32> into tensor<2x4xf32>
        %swapped = linalg.generic {n = 7, indexing_maps = [#id, affine_map<(a, b) -> (a, b)>], iterator_types = ["parallel", "parallel"]} ins(%sum : tensor<2x4xf32>) outs(%e : tensor<2x4xf32>) {
        ^bb0(%a: f32, %o: f32):
          linalg.yield %a : f32
        } -> tensor<2x4xf32>
        return %sum, %rows, %swapped : tensor<2x4xf32>, tensor<2xf32>, tensor<2x4xf32>
      })");
  }
};

TEST_F(GraphTest, knowsWhatDependsOnConstantsAlone) {
  parseModel();
  // Weights without data count, through operations and what their bodies read.
  EXPECT_TRUE(isConstantDerived(get(0)->getResult(0)));
  EXPECT_TRUE(isConstantDerived(get(1)->getResult(0)));
  EXPECT_TRUE(isConstantDerived(get(2)->getResult(0)));
  EXPECT_FALSE(isConstantDerived(get(3)->getResult(0)));
  EXPECT_FALSE(isConstantDerived(
      module->lookupSymbol<func::FuncOp>("f").getArgument(0)));
}

TEST_F(GraphTest, tellsElementwiseOperationsFromAnchors) {
  parseModel();
  EXPECT_TRUE(isAllParallel(get(3)));
  EXPECT_TRUE(isElementwise(getGeneric(3)));
  EXPECT_FALSE(isAnchor(get(3)));
  EXPECT_FALSE(isAllParallel(get(5)));
  EXPECT_FALSE(isElementwise(getGeneric(5)));
  EXPECT_TRUE(isAnchor(get(5)));
  EXPECT_FALSE(isAnchor(get(0)));
}

TEST_F(GraphTest, findsTheOnlyOperationOfABody) {
  parseModel();
  ASSERT_TRUE(getOnlyBodyOperation(getGeneric(2)));
  EXPECT_TRUE(isa<arith::MulFOp>(getOnlyBodyOperation(getGeneric(2))));
  EXPECT_FALSE(getOnlyBodyOperation(getGeneric(3)));
  EXPECT_FALSE(getOnlyBodyOperation(getGeneric(7)));
}

TEST_F(GraphTest, seesFillsThroughReshapes) {
  parseModel();
  Value three = getFillValue(get(6)->getResult(0));
  ASSERT_TRUE(three);
  EXPECT_TRUE(getFloatConstant(three)->isExactlyValue(3));
  EXPECT_FALSE(isZeroFilled(get(6)->getResult(0)));
  EXPECT_TRUE(isZeroFilled(get(4)->getResult(0)));
  EXPECT_FALSE(getFillValue(get(1)->getResult(0)));
  EXPECT_FALSE(getFloatConstant(get(0)->getResult(0)));
}

TEST_F(GraphTest, buildsOperationsThatVerify) {
  parseModel();
  OpBuilder builder(get(3));
  Location location = get(3)->getLoc();
  auto type = RankedTensorType::get({2, 4}, builder.getF32Type());
  Value zero = createZero(builder, location, type);
  EXPECT_TRUE(isZeroFilled(zero));
  Value doubled = createElementwise(
      builder, location, type, get(0)->getResult(0),
      builder.getMultiDimIdentityMap(2),
      [](OpBuilder &nested, Location at, ValueRange arguments) -> Value {
        EXPECT_EQ(arguments.size(), 1u);
        return arith::AddFOp::create(nested, at, arguments[0], arguments[0]);
      });
  EXPECT_TRUE(isElementwise(doubled.getDefiningOp<linalg::GenericOp>()));
  EXPECT_TRUE(succeeded(verify(*module)));
}

TEST_F(GraphTest, givesEachOperationItsOwnDestination) {
  parseModel();
  auto function = module->lookupSymbol<func::FuncOp>("f");
  Value shared = get(1)->getResult(0);
  ASSERT_FALSE(shared.hasOneUse());
  separateDestinations(function);
  Operation *empties[] = {
      getGeneric(2).getDpsInits()[0].getDefiningOp(),
      getGeneric(3).getDpsInits()[0].getDefiningOp(),
      getGeneric(7).getDpsInits()[0].getDefiningOp(),
  };
  for (Operation *empty : empties) {
    EXPECT_TRUE(isa<tensor::EmptyOp>(empty));
    EXPECT_TRUE(empty->hasOneUse());
  }
  // Right before its user, the fill too.
  EXPECT_EQ(empties[1]->getNextNode(), get(3));
  Operation *fill = getGeneric(5).getDpsInits()[0].getDefiningOp();
  EXPECT_TRUE(isa<linalg::FillOp>(fill));
  EXPECT_EQ(fill->getNextNode(), get(5));
}

TEST_F(GraphTest, cleaningUpDropsWhatNobodyReads) {
  parseModel();
  auto function = module->lookupSymbol<func::FuncOp>("f");
  ASSERT_TRUE(get(6)->use_empty());
  cleanUp(function);
  bool reshaped = false;
  function.walk([&](tensor::ExpandShapeOp) { reshaped = true; });
  EXPECT_FALSE(reshaped);
  EXPECT_TRUE(get(3));
}

} // namespace
