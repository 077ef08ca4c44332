//===- Compiler.cpp - from a module to a program, for every target
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/Compiler.h"

using namespace chameleon;

Compiler::~Compiler() = default;
