//===- PrepareTestBase.h - a module from text for tests of lib/Prepare
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_PREPARE_PREPARETESTBASE_H
#define CHAMELEON_UNITTESTS_PREPARE_PREPARETESTBASE_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace chameleon {

class PrepareTestBase : public testing::Test {
protected:
  PrepareTestBase() {
    context.loadDialect<mlir::arith::ArithDialect, mlir::func::FuncDialect,
                        mlir::linalg::LinalgDialect, mlir::math::MathDialect,
                        mlir::tensor::TensorDialect>();
  }

  /// Parses a module and returns its first function.
  mlir::func::FuncOp parse(llvm::StringRef text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    return *module->getOps<mlir::func::FuncOp>().begin();
  }

  /// The operation that was given this number as attribute `n`.
  mlir::Operation *get(int64_t number) {
    mlir::Operation *found = nullptr;
    module->walk([&](mlir::Operation *op) {
      auto attribute = op->getAttrOfType<mlir::IntegerAttr>("n");
      if (attribute && attribute.getInt() == number)
        found = op;
    });
    EXPECT_TRUE(found) << number;
    return found;
  }
  mlir::linalg::GenericOp getGeneric(int64_t number) {
    return mlir::cast<mlir::linalg::GenericOp>(get(number));
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_PREPARE_PREPARETESTBASE_H
