//===- chameleon-worker.cpp - compiles, checks and times candidates for a tuner
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Measure/Worker.h"
#include "chameleon/Runtime/CPUEngine.h"
#include "chameleon/Transforms/Passes.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllPasses.h"

int main(int argc, char **argv) {
  chameleon::keepFreedMemory(); // as chameleon-run has it
  mlir::registerAllPasses();
  mlir::DialectRegistry registry;
  chameleon::registerAll(registry);
  return chameleon::chameleonWorkerMain(argc, argv, registry);
}
