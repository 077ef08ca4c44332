//===- chameleon-plugin.cpp - Chameleon as a plug-in of stock mlir-opt
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   mlir-opt --load-dialect-plugin=ChameleonPlugin.so --transform-interpreter
//   tuned.mlir mlir-opt --load-pass-plugin=ChameleonPlugin.so
//   --pass-pipeline='builtin.module(prepare-model)' model.mlir
//
// The first brings `transform.chameleon.*` and the backends, the second the
// passes. Stock
// mlir-opt knows the passes of a plug-in only in
// --pass-pipeline, not as flags.
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/CPUDevice.h"
#include "chameleon/Target/NVVMDevice.h"
#include "chameleon/TransformOps/ChameleonTransformOps.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Chameleon", LLVM_VERSION_STRING,
          [](mlir::DialectRegistry *registry) {
            chameleon::registerTransformOps(*registry);
            chameleon::registerCPUBackend(*registry);
            chameleon::registerNVVMBackend(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "Chameleon", LLVM_VERSION_STRING,
          [] { chameleon::registerChameleonPasses(); }};
}
