//===- OptimizeModule.h - LLVM's passes, as much as each function needs
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Private to the room. A schedule has done what O3 would do: it has vectorised,
// unrolled and placed in registers. On such a function O3 costs three times as
// long as a short list of passes, for code that is as fast (ResNet-18,
// MobileNet-v2 and a BERT layer: equal within the noise).
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_LIB_TARGET_OPTIMIZEMODULE_H
#define CHAMELEON_LIB_TARGET_OPTIMIZEMODULE_H

#include "chameleon/Target/Compiler.h"

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace chameleon {

/// Runs LLVM's passes over `module`. Functions marked `optnone` stay as they
/// are.
llvm::Error optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           CPUOptimization level);

} // namespace chameleon

#endif // CHAMELEON_LIB_TARGET_OPTIMIZEMODULE_H
