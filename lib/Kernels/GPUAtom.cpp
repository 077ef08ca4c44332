//===- GPUAtom.cpp - the smallest product that a GPU does at once
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Kernels/GPUAtom.h"

using namespace chameleon;

const GPUAtom *chameleon::findGPUAtom(const GPUHooks &hooks, AtomTypes types,
                                      std::string &reason) {
  reason = "expects a device with a product of elements";
  for (const GPUAtom *atom : hooks.getAtoms()) {
    reason = atom->check(types);
    if (reason.empty())
      return atom;
  }
  return nullptr;
}
