//===- ToyWorker.cpp - a worker that knows the toy
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ToyBackend.h"
#include "chameleon/Measure/Worker.h"
#include "chameleon/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  chameleon::registerAll(registry);
  chameleon::registerBackend<chameleon::toy::ToyBackend>(registry);
  return chameleon::chameleonWorkerMain(argc, argv, registry);
}
