//===- GeneratorHash.h - which code generator this is
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a configuration of a schedule becomes depends on the sources that make
// machine code of it. A measurement is worth something only with them, so
// records of the tuning database and compiled programs carry their hash:
//
//   record.generator = getGeneratorHash().str();
//
// Made when Chameleon is built, of the sources listed in
// lib/Runtime/CMakeLists.txt and LLVM's version. Not of schedules, whose text a
// record has a fingerprint of.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_GENERATORHASH_H
#define CHAMELEON_RUNTIME_GENERATORHASH_H

#include "llvm/ADT/StringRef.h"

namespace chameleon {

/// 16 hexadecimal digits.
llvm::StringRef getGeneratorHash();

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_GENERATORHASH_H
