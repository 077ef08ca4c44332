//===- Seal.cpp - modules that are as we wrote them
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/IR/Seal.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace chameleon;

/// Of what is in the module, in one form, whatever it was read from. The
/// module's own name changes where another one has it.
static std::string hash(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (Operation &op : *module.getBody())
    op.print(stream, OpPrintingFlags().printGenericOpForm().useLocalScope());
  return llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true, 16);
}

void chameleon::sealModule(ModuleOp module) {
  module->setDiscardableAttr(
      sealAttribute, StringAttr::get(module.getContext(), hash(module)));
}

bool chameleon::isSealed(ModuleOp module) {
  auto seal =
      dyn_cast_or_null<StringAttr>(module->getDiscardableAttr(sealAttribute));
  return seal && seal.getValue() == hash(module);
}
