//===- ChameleonDialect.cpp - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/ChameleonDialect.h"

#include "chameleon/IR/ChameleonDialect.cpp.inc"

void chameleon::ChameleonDialect::initialize() {}
