//===- HoistConstants.cpp - outline computation on weights alone
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
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace chameleon {
#define GEN_PASS_DEF_HOISTCONSTANTS
#include "chameleon/Transforms/Passes.h.inc"
} // namespace chameleon

namespace {
struct HoistConstantsPass
    : chameleon::impl::HoistConstantsBase<HoistConstantsPass> {
  using HoistConstantsBase::HoistConstantsBase;

  void runOnOperation() override {
    if (failed(chameleon::hoistConstants(getOperation())))
      return signalPassFailure();
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      for (unsigned argument = 0; argument < function.getNumArguments();
           ++argument)
        if (chameleon::isConstantArgument(function, argument))
          ++numConstants;
  }
};
} // namespace
