//===- PrepareForTarget.cpp - a module as a target likes it
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Tasks/PrepareForTarget.h"
#include "chameleon/Prepare/Prepare.h"
#include <algorithm>

using namespace mlir;
using namespace chameleon;

LogicalResult chameleon::prepareForTarget(ModuleOp module,
                                          const TargetDescription &target) {
  LayoutOptions layout;
  switch (target.kind) {
  case TargetDescription::Kind::CPU:
    layout.kind = LayoutOptions::Kind::NCHWc;
    layout.channelBlock = std::clamp<int64_t>(target.vectorBits / 32, 4, 16);
    break;
  case TargetDescription::Kind::NVVM:
    layout.kind = LayoutOptions::Kind::NHWC;
    break;
  }
  return success(succeeded(simplifyModel(module)) &&
                 succeeded(assignLayouts(module, layout)) &&
                 succeeded(hoistConstants(module)));
}
