//===- AssignLayouts.cpp - give each convolution the layout that its target
// likes
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
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_ASSIGNLAYOUTS
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct AssignLayoutsPass
    : chameleon::impl::AssignLayoutsBase<AssignLayoutsPass> {
  using AssignLayoutsBase::AssignLayoutsBase;

  void runOnOperation() override {
    if (failed(
            chameleon::assignLayouts(getOperation(), {layout, channelBlock})))
      return signalPassFailure();
    getOperation().walk([&](mlir::Operation *op) {
      numPacks += mlir::isa<mlir::linalg::PackOp>(op);
      numUnpacks += mlir::isa<mlir::linalg::UnPackOp>(op);
    });
  }
};
} // namespace
