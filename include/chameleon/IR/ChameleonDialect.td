//===- ChameleonDialect.td - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_CHAMELEONDIALECT_TD
#define CHAMELEON_IR_CHAMELEONDIALECT_TD

include "mlir/IR/DialectBase.td"

def Chameleon_Dialect : Dialect {
  let name = "chameleon";
  let summary = "Discardable attributes by which Chameleon's passes and tools talk to each other";
  let description = [{
    The dialect has no operations and no types. Backends hang on it: a registry of dialects that has one's extension makes it
    known to every context that is made from the registry.
  }];
  let cppNamespace = "::chameleon";
}

#endif // CHAMELEON_IR_CHAMELEONDIALECT_TD
