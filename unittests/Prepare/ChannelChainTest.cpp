//===- ChannelChainTest.cpp - links over the channels and their sum
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"
#include "PrepareTestBase.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace chameleon;

namespace {

class ChannelChainTest : public PrepareTestBase {
protected:
  /// `body` computes %r from %a (the image) and %v (the operand with `map`).
  std::optional<ChannelOperation> getLink(const std::string &body,
                                          const std::string &operand,
                                          const std::string &map) {
    parse(R"(
      #id = affine_map<(n, c, h, w) -> (n, c, h, w)>
      #v = affine_map<(n, c, h, w) -> )" +
          map + R"(>
      func.func @f(%x: tensor<1x4x5x5xf32>, %argument: tensor<4xf32>) -> tensor<1x4x5x5xf32> {
        %weights = arith.constant dense_resource<w> : )" +
          operand + R"(
        %scalar = arith.constant 3.0 : f32
        %e = tensor.empty() : tensor<1x4x5x5xf32>
        %y = linalg.generic {n = 1, indexing_maps = [#id, #v, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
            ins(%x, %weights : tensor<1x4x5x5xf32>, )" +
          operand + R"() outs(%e : tensor<1x4x5x5xf32>) {
        ^bb0(%a: f32, %v: f32, %o: f32):
          %r = )" +
          body + R"( : f32
          linalg.yield %r : f32
        } -> tensor<1x4x5x5xf32>
        return %y : tensor<1x4x5x5xf32>
      })");
    return getChannelOperation(get(1)->getOperand(0));
  }
};

using Kind = ChannelOperation::Kind;

TEST_F(ChannelChainTest, aVectorOverTheChannelsIsALink) {
  auto link = getLink("arith.mulf %v, %a", "tensor<4xf32>", "(c)");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->kind, Kind::Mul);
  EXPECT_EQ(link->dimension, 1);
  EXPECT_EQ(link->generic, get(1));
  EXPECT_TRUE(link->vector);
  EXPECT_FALSE(link->scalar);
  // As torch-mlir writes it, with unit dimensions.
  link = getLink("arith.divf %a, %v", "tensor<4x1x1xf32>", "(c, 0, 0)");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->kind, Kind::Div);
  EXPECT_EQ(link->dimension, 1);
}

TEST_F(ChannelChainTest, aCapturedConstantIsALink) {
  auto link = getLink("arith.subf %a, %scalar", "tensor<4xf32>", "(c)");
  ASSERT_TRUE(link);
  EXPECT_EQ(link->kind, Kind::Sub);
  EXPECT_TRUE(link->scalar);
  EXPECT_FALSE(link->vector);
}

TEST_F(ChannelChainTest, otherOperationsAreNone) {
  // v - a and v / a are not of the form x kind v.
  EXPECT_FALSE(getLink("arith.subf %v, %a", "tensor<4xf32>", "(c)"));
  EXPECT_FALSE(getLink("arith.divf %v, %a", "tensor<4xf32>", "(c)"));
  EXPECT_FALSE(getLink("arith.maximumf %a, %v", "tensor<4xf32>", "(c)"));
  EXPECT_FALSE(getLink("arith.addf %a, %a", "tensor<4xf32>", "(c)"));
  // Two dimensions that vary; none.
  EXPECT_FALSE(getLink("arith.addf %a, %v", "tensor<4x5xf32>", "(c, h)"));
  EXPECT_FALSE(getLink("arith.addf %a, %v", "tensor<1xf32>", "(0)"));
}

TEST_F(ChannelChainTest, anArgumentIsNoConstant) {
  parse(R"(
    #id = affine_map<(n, c) -> (n, c)>
    func.func @f(%x: tensor<2x4xf32>, %v: tensor<4xf32>) -> tensor<2x4xf32> {
      %e = tensor.empty() : tensor<2x4xf32>
      %y = linalg.generic {n = 1, indexing_maps = [#id, affine_map<(n, c) -> (c)>, #id], iterator_types = ["parallel", "parallel"]}
          ins(%x, %v : tensor<2x4xf32>, tensor<4xf32>) outs(%e : tensor<2x4xf32>) {
      ^bb0(%a: f32, %b: f32, %o: f32):
        %r = arith.addf %a, %b : f32
        linalg.yield %r : f32
      } -> tensor<2x4xf32>
      return %y : tensor<2x4xf32>
    })");
  EXPECT_FALSE(getChannelOperation(get(1)->getOperand(0)));
}

TEST_F(ChannelChainTest, aChainSumsUpToOneScaleAndOneShift) {
  // ((x - 3) * v): scale v, shift -3 * v.
  auto link = getLink("arith.mulf %a, %v", "tensor<4xf32>", "(c)");
  ASSERT_TRUE(link);
  ChannelOperation minusThree = *link;
  minusThree.kind = Kind::Sub;
  minusThree.vector = {};
  module->walk([&](arith::ConstantOp constant) {
    if (constant.getType().isF32())
      minusThree.scalar = constant;
  });
  OpBuilder builder(link->generic);
  AffineChain chain(builder, link->generic->getLoc(), 4, builder.getF32Type());
  EXPECT_FALSE(chain.getScale());
  EXPECT_FALSE(chain.getShift());
  chain.append(minusThree);
  EXPECT_FALSE(chain.getScale());
  auto shift = chain.getShift().getDefiningOp<linalg::GenericOp>();
  ASSERT_TRUE(shift);
  EXPECT_TRUE(isa<arith::SubFOp>(shift.getBody()->front()));
  chain.append(*link);
  EXPECT_EQ(chain.getScale(), link->vector);
  auto scaled = chain.getShift().getDefiningOp<linalg::GenericOp>();
  ASSERT_TRUE(scaled);
  EXPECT_TRUE(isa<arith::MulFOp>(scaled.getBody()->front()));
  EXPECT_EQ(scaled.getDpsInputs()[0], shift.getResult(0));
  EXPECT_TRUE(succeeded(verify(*module)));
}

} // namespace
