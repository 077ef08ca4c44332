//===- PrepareForTarget.cpp - a module as a target likes it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/IR/WidenHalf.h"
#include "chameleon/Prepare/Prepare.h"
#include "chameleon/Target/ScalarOperands.h"

using namespace mlir;
using namespace chameleon;

LogicalResult chameleon::prepareForTarget(ModuleOp module,
                                          const Device &device) {
  if (device.widensHalf())
    for (auto function : module.getOps<func::FuncOp>())
      widenHalfPrecision(function);
  if (failed(simplifyModel(module)) ||
      failed(assignLayouts(module, device.getLayout())) ||
      failed(hoistConstants(module)))
    return failure();
  for (auto function : module.getOps<func::FuncOp>())
    readScalarsFromTensors(function);
  return success();
}
