//===- PrepareForTarget.cpp - a module as a target likes it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/Prepare/Prepare.h"

using namespace mlir;
using namespace chameleon;

LogicalResult chameleon::prepareForTarget(ModuleOp module,
                                          const Device &device) {
  return success(succeeded(simplifyModel(module)) &&
                 succeeded(assignLayouts(module, device.getLayout())) &&
                 succeeded(hoistConstants(module)));
}
