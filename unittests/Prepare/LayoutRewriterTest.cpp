//===- LayoutRewriterTest.cpp - regions, and where values enter and leave them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A layout made for the test: 2 x 3 values are carried transposed. Operations
// with attribute `seed` start regions, those with `fits` join them.
//
//===----------------------------------------------------------------------===//

#include "LayoutRewriter.h"
#include "Graph.h"
#include "PrepareTestBase.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace chameleon;

namespace {

class Transposed final : public LayoutRewriter {
public:
  using LayoutRewriter::LayoutRewriter;
  int entered = 0, left = 0;

protected:
  bool isCarried(Value value) const override {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.getShape() == ArrayRef<int64_t>{2, 3};
  }
  bool isSeed(Operation *op) const override { return op->hasAttr("seed"); }
  bool canRewrite(Operation *op) const override {
    return isSeed(op) || op->hasAttr("fits");
  }
  Value rewrite(Operation *op) override {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(getCarried(operand));
    OperationState state(op->getLoc(), op->getName().getStringRef(), operands,
                         getType({3, 2}));
    return rewriter.create(state)->getResult(0);
  }
  Value enter(Value value) override {
    ++entered;
    return transpose(value, getType({3, 2}));
  }
  Value leave(Value value, RankedTensorType type) override {
    ++left;
    return transpose(value, type);
  }

private:
  RankedTensorType getType(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, rewriter.getF32Type());
  }
  Value transpose(Value value, RankedTensorType type) {
    Value empty = createEmpty(rewriter, value.getLoc(), type);
    return linalg::TransposeOp::create(rewriter, value.getLoc(), value, empty,
                                       ArrayRef<int64_t>{1, 0})
        ->getResult(0);
  }
};

using LayoutRewriterTest = PrepareTestBase;

TEST_F(LayoutRewriterTest, growsBothWaysAndCrossesTheBorderOnce) {
  auto function = parse(R"(
    func.func @f(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
      %before = arith.negf %x {fits} : tensor<2x3xf32>
      %seed = math.exp %before {seed} : tensor<2x3xf32>
      %twice = arith.addf %seed, %before {fits} : tensor<2x3xf32>
      %outside = math.tanh %seed : tensor<2x3xf32>
      %apart = arith.negf %x {fits, n = 1} : tensor<2x3xf32>
      %behind = arith.mulf %outside, %apart : tensor<2x3xf32>
      return %twice, %behind : tensor<2x3xf32>, tensor<2x3xf32>
    })");
  Transposed layout(function);
  layout.run();
  ASSERT_TRUE(succeeded(verify(*module)));
  // %x enters once; %seed (read by tanh) and %twice (returned) leave.
  EXPECT_EQ(layout.entered, 1);
  EXPECT_EQ(layout.left, 2);
  auto isRewritten = [](Operation *op) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    return type.getShape() == ArrayRef<int64_t>{3, 2};
  };
  int exps = 0, sums = 0, tanhs = 0;
  function.walk([&](Operation *op) {
    if (isa<math::ExpOp>(op))
      exps += isRewritten(op);
    if (isa<arith::AddFOp>(op))
      sums += isRewritten(op);
    if (isa<math::TanhOp>(op))
      tanhs += !isRewritten(op);
    EXPECT_FALSE(op->hasAttr("seed"));
  });
  EXPECT_EQ(exps, 1);
  EXPECT_EQ(sums, 1);
  EXPECT_EQ(tanhs, 1);
  // It fits and reads %x, but only values of the region lead further, and %x
  // has entered it without being made there: two readers, two decisions.
  EXPECT_TRUE(get(1));
}

TEST_F(LayoutRewriterTest, withoutASeedNothingHappens) {
  auto function = parse(R"(
    func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %y = arith.negf %x {fits, n = 1} : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    })");
  Transposed layout(function);
  layout.run();
  EXPECT_EQ(layout.entered + layout.left, 0);
  EXPECT_TRUE(get(1));
}

TEST_F(LayoutRewriterTest, constantsAreEnteredNotFollowed) {
  // What depends on weights alone is not pulled into the region: it enters, and
  // the transpose is hoisted with the rest.
  auto function = parse(R"(
    func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
      %w = arith.constant dense_resource<w> : tensor<2x3xf32>
      %scaled = arith.negf %w {fits, n = 1} : tensor<2x3xf32>
      %y = arith.mulf %x, %scaled {seed} : tensor<2x3xf32>
      return %y : tensor<2x3xf32>
    })");
  Transposed layout(function);
  layout.run();
  ASSERT_TRUE(succeeded(verify(*module)));
  EXPECT_EQ(layout.entered, 2);
  EXPECT_EQ(layout.left, 1);
  EXPECT_TRUE(get(1));
}

} // namespace
