//===- ChameleonDialect.td - the words that Chameleon writes into IR
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_IR_CHAMELEONDIALECT_TD
#define CHAMELEON_IR_CHAMELEONDIALECT_TD

include "mlir/IR/OpBase.td"

def Chameleon_Dialect : Dialect {
  let name = "chameleon";
  let summary = "Attributes by which Chameleon's passes, schedules and tools talk to each other";
  let description = [{
    The dialect has no operations and no types, only discardable attributes, and is where backends are registered. Its
    verifier knows every attribute below, and refuses others of its name. (The operations `transform.chameleon.*` are an
    extension of the transform dialect.)

    On functions (`func.func`, and what they are lowered to):

    | attribute | value | meaning |
    |---|---|---|
    | `chameleon.task` | string | the function is a task, in destination style; the key of its structure |
    | `chameleon.name` | string | of a task: what people call it, `matmul 64x64x64 +add` |
    | `chameleon.flops` | integer, not negative | of a task: floating-point operations a call |
    | `chameleon.init` | symbol | the initialiser, a function beside it that runs once at load and computes its constants |
    | `chameleon.signature` | type of a function of ranked tensors | of a lowered function: what it took and returned |
    | `chameleon.distinct` | unit | of a kernel: its buffers do not overlap |
    | `chameleon.fact.N` | any | what a schedule asked of the task, while its constraints are read |

    On arguments of functions:

    | attribute | value | meaning |
    |---|---|---|
    | `chameleon.constant` | unit | of a task: the same at every call |
    | `chameleon.constant` | integer i | the argument is result i of the initialiser, which has a result i of its type |

    On the operations of a task:

    | attribute | value | meaning |
    |---|---|---|
    | `chameleon.anchor` | unit | the operation that the task is named after, and that schedules match |
    | `chameleon.epilogue` | unit | the elementwise operation that ends a task of several |
    | `chameleon.root` | unit | set by schedules, for what they tile first |
    | `chameleon.matches` | integer | how many operations a matcher found, while it is looked for its anchor |

    On schedules and their matchers (`transform.named_sequence`):

    | attribute | value | meaning |
    |---|---|---|
    | `chameleon.seeds` | array of dictionaries | configurations that are good on many tasks, best first; a matcher's, for what it matches |
    | `chameleon.defaults` | dictionary | of a matcher: default options of knobs, in place of the schedule's own |
    | `chameleon.fallback` | unit | of a matcher: its schedule is for tasks that no other schedule takes |
    | `chameleon.schedule` | string | of a resolved schedule: the library's schedule that it was |
    | `chameleon.configuration` | dictionary | of a resolved schedule: its knobs' options |

    On modules of resolved schedules:

    | attribute | value | meaning |
    |---|---|---|
    | `chameleon.seal` | string | the hash of what is in the module: built-in schedules as the tuner wrote them, which are applied without a rehearsal in a process of its own |
  }];
  let cppNamespace = "::chameleon";
  let discardableAttrs = (ins
    "::mlir::UnitAttr":$anchor,
    "::mlir::DictionaryAttr":$configuration,
    "::mlir::DictionaryAttr":$defaults,
    "::mlir::UnitAttr":$distinct,
    "::mlir::UnitAttr":$epilogue,
    "::mlir::UnitAttr":$fallback,
    "::mlir::IntegerAttr":$flops,
    "::mlir::FlatSymbolRefAttr":$init,
    "::mlir::IntegerAttr":$matches,
    "::mlir::StringAttr":$name,
    "::mlir::UnitAttr":$root,
    "::mlir::StringAttr":$schedule,
    "::mlir::ArrayAttr":$seeds,
    "::mlir::TypeAttr":$signature,
    "::mlir::StringAttr":$task
  );
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

#endif // CHAMELEON_IR_CHAMELEONDIALECT_TD
