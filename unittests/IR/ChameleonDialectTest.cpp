//===- ChameleonDialectTest.cpp
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace chameleon;

namespace {

/// What a backend adds.
struct Toy : mlir::DialectInterface::Base<Toy> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Toy)
  explicit Toy(mlir::Dialect *dialect) : Base(dialect) {}
};

TEST(ChameleonDialectTest, TakesExtensions) {
  mlir::DialectRegistry registry;
  registry.insert<ChameleonDialect>();
  registry.addExtension(
      +[](mlir::MLIRContext *context, ChameleonDialect *dialect) {
        dialect->addInterfaces<Toy>();
      });
  mlir::MLIRContext context(registry);
  EXPECT_NE(context.getOrLoadDialect<ChameleonDialect>()
                ->getRegisteredInterface<Toy>(),
            nullptr);
}

TEST(ChameleonDialectTest, ComesWithTheTransformOperations) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::transform::TransformDialect>();
  registerTransformOps(registry);
  mlir::MLIRContext context(registry);
  EXPECT_EQ(context.getLoadedDialect<ChameleonDialect>(), nullptr);
  context.getOrLoadDialect<mlir::transform::TransformDialect>();
  EXPECT_NE(context.getLoadedDialect<ChameleonDialect>(), nullptr);
}

} // namespace
