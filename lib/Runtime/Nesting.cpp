//===- Nesting.cpp - how deep the brackets of a text go
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Runtime/Nesting.h"

bool chameleon::isNestedDeeper(llvm::StringRef text, unsigned most) {
  unsigned depth = 0;
  bool isQuoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (isQuoted && c == '\\')
      ++i;
    else if (c == '"')
      isQuoted = !isQuoted;
    else if (isQuoted || (c == '>' && i > 0 && text[i - 1] == '-'))
      continue;
    else if (llvm::StringRef("([{<").contains(c) && ++depth > most)
      return true;
    else if (llvm::StringRef(")]}>").contains(c) && depth > 0)
      --depth;
  }
  return false;
}
