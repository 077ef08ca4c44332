//===- Nesting.h - how deep the brackets of a text go
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   if (isNestedDeeper(record.configuration, 64)) return std::nullopt;
//
// The parsers of LLVM and MLIR descend recursively and without a limit, so text
// that others may have written (a database, a saved program, a worker's answer)
// could end the process by its stack. Of JSON and of MLIR: what is quoted does
// not count, nor does the arrow `->` close anything.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_RUNTIME_NESTING_H
#define CHAMELEON_RUNTIME_NESTING_H

#include "llvm/ADT/StringRef.h"

namespace chameleon {

/// Whether more than `most` brackets are open somewhere in the text.
bool isNestedDeeper(llvm::StringRef text, unsigned most);

} // namespace chameleon

#endif // CHAMELEON_RUNTIME_NESTING_H
