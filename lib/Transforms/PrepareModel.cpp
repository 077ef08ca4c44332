//===- PrepareModel.cpp - simplify what front ends emit
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The work is in lib/Prepare; docs/preparation.md describes it.
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_PREPAREMODEL
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct PrepareModelPass : chameleon::impl::PrepareModelBase<PrepareModelPass> {
  void runOnOperation() override {
    if (failed(chameleon::simplifyModel(getOperation())))
      signalPassFailure();
  }
};
} // namespace
