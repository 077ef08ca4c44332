//===- ReferenceTestBase.h - tasks to make references of
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_UNITTESTS_MEASURE_REFERENCETESTBASE_H
#define CHAMELEON_UNITTESTS_MEASURE_REFERENCETESTBASE_H

#include "../../lib/Measure/TaskProgram.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace chameleon {

class ReferenceTestBase : public testing::Test {
protected:
  ReferenceTestBase() {
    registerAll(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }
  void parse(llvm::StringRef text) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    auto made = TaskSignature::of(*module, 1);
    ASSERT_TRUE(static_cast<bool>(made)) << llvm::toString(made.takeError());
    signature = *made;
  }

  /// A product with a padded operand, a bias and a maximum.
  static constexpr llvm::StringLiteral product = R"mlir(
    func.func @task(%a: tensor<37x50xf32>, %b: tensor<52x29xf32>,
                    %bias: tensor<29xf32>, %out: tensor<37x29xf32>)
        -> tensor<37x29xf32> attributes {chameleon.task = "k",
                                       chameleon.flops = 111592 : i64,
                                       chameleon.name = "product"} {
      %zero = arith.constant 0.0 : f32
      %padded = tensor.pad %a low[0, 1] high[0, 1] {
      ^bb0(%i: index, %j: index):
        tensor.yield %zero : f32
      } : tensor<37x50xf32> to tensor<37x52xf32>
      %fill = linalg.fill ins(%zero : f32) outs(%out : tensor<37x29xf32>)
          -> tensor<37x29xf32>
      %mm = linalg.matmul
          ins(%padded, %b : tensor<37x52xf32>, tensor<52x29xf32>)
          outs(%fill : tensor<37x29xf32>) -> tensor<37x29xf32>
      %r = linalg.generic {
          indexing_maps = [affine_map<(i, j) -> (i, j)>,
                           affine_map<(i, j) -> (j)>,
                           affine_map<(i, j) -> (i, j)>],
          iterator_types = ["parallel", "parallel"]}
          ins(%mm, %bias : tensor<37x29xf32>, tensor<29xf32>)
          outs(%out : tensor<37x29xf32>) {
      ^bb0(%x: f32, %y: f32, %o: f32):
        %s = arith.addf %x, %y : f32
        %m = arith.maximumf %s, %zero : f32
        linalg.yield %m : f32
      } -> tensor<37x29xf32>
      return %r : tensor<37x29xf32>
    })mlir";

  mlir::DialectRegistry registry;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  TaskSignature signature;
};

} // namespace chameleon

#endif // CHAMELEON_UNITTESTS_MEASURE_REFERENCETESTBASE_H
