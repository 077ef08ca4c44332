//===- RegisterAll.cpp - dialects, extensions and translations in one place
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/NVVMDevice.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

void chameleon::registerAll(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<ChameleonDialect>();
  registerTransformOps(registry);
  registerCPUBackend(registry);
  registerNVVMBackend(registry);
}
