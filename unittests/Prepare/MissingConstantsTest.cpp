//===- MissingConstantsTest.cpp - seeded data for weights that have none
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Prepare/Prepare.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;

namespace {

constexpr llvm::StringLiteral source = R"mlir(
  func.func @main(%x: tensor<1x3x6x6xf32>) -> (tensor<8xf32>, tensor<8x3x3x3xf32>, tensor<4xi64>, tensor<2xf32>) {
    %variance = arith.constant dense_resource<variance> : tensor<8xf32>
    %weight = arith.constant dense_resource<weight> : tensor<8x3x3x3xf32>
    %index = arith.constant dense_resource<index> : tensor<4xi64>
    %known = arith.constant dense_resource<known> : tensor<2xf32>
    %eps = arith.constant 1.0e-5 : f32
    %e = tensor.empty() : tensor<8xf32>
    %sum = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
        ins(%variance : tensor<8xf32>) outs(%e : tensor<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %s = arith.addf %in, %eps : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    %root = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
        ins(%sum : tensor<8xf32>) outs(%e : tensor<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %s = math.rsqrt %in : f32
      linalg.yield %s : f32
    } -> tensor<8xf32>
    return %root, %weight, %index, %known : tensor<8xf32>, tensor<8x3x3x3xf32>, tensor<4xi64>, tensor<2xf32>
  }
  {-# dialect_resources: { builtin: { known: "0x040000000000803F00000040" } } #-}
)mlir";

/// A context of its own: resources live in the context, not in the module.
struct Model {
  Model() {
    context.loadDialect<arith::ArithDialect, func::FuncDialect,
                        linalg::LinalgDialect, math::MathDialect,
                        tensor::TensorDialect>();
    module = parseSourceString<ModuleOp>(source, &context);
  }

  template <typename T>
  std::vector<T> get(llvm::StringRef key) {
    std::vector<T> values;
    module->walk([&](arith::ConstantOp constant) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
      if (!resource || resource.getRawHandle().getKey() != key)
        return;
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
        values = blob->getDataAs<T>().vec();
    });
    return values;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

TEST(MissingConstants, OnlyWhatIsMissingIsFilled) {
  Model model;
  ASSERT_TRUE(model.module);
  EXPECT_TRUE(model.get<float>("weight").empty());
  FailureOr<int64_t> filled = chameleon::fillMissingConstants(*model.module, 1);
  ASSERT_TRUE(succeeded(filled));
  EXPECT_EQ(*filled, 3);
  EXPECT_EQ(model.get<float>("known"), (std::vector<float>{1, 2}));
  EXPECT_EQ(model.get<int64_t>("index"), (std::vector<int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(*chameleon::fillMissingConstants(*model.module, 1), 0);
}

TEST(MissingConstants, RangesFollowTheUse) {
  Model model;
  ASSERT_TRUE(succeeded(chameleon::fillMissingConstants(*model.module, 1)));
  std::vector<float> weight = model.get<float>("weight");
  ASSERT_EQ(weight.size(), 8u * 27);
  float largest = 0, smallest = 0;
  for (float value : weight) {
    largest = std::max(largest, value);
    smallest = std::min(smallest, value);
  }
  float bound = 1.0f / std::sqrt(27.0f);
  EXPECT_LE(largest, bound);
  EXPECT_GE(smallest, -bound);
  EXPECT_GT(largest, 0.8f * bound);
  EXPECT_LT(smallest, -0.8f * bound);
  std::vector<float> variance = model.get<float>("variance");
  ASSERT_EQ(variance.size(), 8u);
  for (float value : variance)
    EXPECT_GE(value, 0.5f) << "its square root is taken";
}

TEST(MissingConstants, ValuesDependOnTheSeedAndTheNameAlone) {
  Model first, second, other, prepared;
  ASSERT_TRUE(succeeded(chameleon::fillMissingConstants(*first.module, 1)));
  ASSERT_TRUE(succeeded(chameleon::fillMissingConstants(*second.module, 1)));
  ASSERT_TRUE(succeeded(chameleon::fillMissingConstants(*other.module, 2)));
  EXPECT_EQ(first.get<float>("weight"), second.get<float>("weight"));
  EXPECT_NE(first.get<float>("weight"), other.get<float>("weight"));

  ASSERT_TRUE(succeeded(chameleon::simplifyModel(*prepared.module)));
  ASSERT_TRUE(succeeded(chameleon::hoistConstants(*prepared.module)));
  ASSERT_TRUE(succeeded(chameleon::fillMissingConstants(*prepared.module, 1)));
  EXPECT_EQ(first.get<float>("weight"), prepared.get<float>("weight"));
  EXPECT_EQ(first.get<float>("variance"), prepared.get<float>("variance"));
}

} // namespace
