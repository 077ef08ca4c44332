//===- ChameleonTransformOps.td - transform.chameleon.*, alphabetical
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Own transform operations exist only where upstream takes no parameter or has no operation (design decision 1). Each one is
// implemented in a file of its own in lib/TransformOps.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMOPS_TD
#define CHAMELEON_TRANSFORMOPS_TD

include "mlir/Dialect/Transform/IR/TransformDialect.td"
include "mlir/Dialect/Transform/IR/TransformTypes.td"
include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpBase.td"

class Chameleon_TransformOp<string mnemonic, list<Trait> traits = []>
    : Op<Transform_Dialect, "chameleon." # mnemonic, traits> {
  let cppNamespace = "::chameleon::transform_ops";
}

def Chameleon_UnrollLoopOp : Chameleon_TransformOp<"unroll_loop",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Unrolls each loop by a factor that is a parameter";
  let description = [{
    Like `transform.loop.unroll`, whose factor is an attribute and therefore out of a knob's reach. A factor of 1 leaves the
    loop as it is; a factor of at least the trip count unrolls it completely.

    ```mlir
    transform.chameleon.unroll_loop %loop by %factor : !transform.any_op, !transform.param<i64>
    ```

    #### Return modes

    Consumes the handle, since a loop may disappear. A factor that is not one positive integer is a definite failure; an
    operation that is not an `scf.for`, or that cannot be unrolled, a silenceable one.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$factor);
  let assemblyFormat = "$target `by` $factor attr-dict `:` type($target) `,` type($factor)";
}

#endif // CHAMELEON_TRANSFORMOPS_TD
