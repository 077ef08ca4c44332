// RUN: chameleon-run %s --input=4xf32=2 | FileCheck %s
// RUN: sed s/tile_sizes/tile_sizes_/ %s | not chameleon-run - --input=4xf32=2
// RUN: sed "/^    /s/transform.yield/transform.annotate %%add \"x\" : !transform.any_op\n transform.yield/" %s | not chameleon-run - --input=4xf32=2 2>&1 | FileCheck %s --check-prefix=CONSUMED
// RUN: sed s/\"linalg.add\"/\"func.func\"/ %s | not chameleon-run - --input=4xf32=2 2>&1 | FileCheck %s --check-prefix=FAILS

// The embedded schedule is applied before lowering, and its failure is an error.

// CHECK: result 0: tensor<4xf32> = [4, 4, 4, 4]
// FAILS: error:
// CONSUMED: error: op uses a handle invalidated by a previously executed transform op

func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.add ins(%a, %a : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
module @chameleon_schedules attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %add = transform.structured.match ops{["linalg.add"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loop = transform.structured.tile_using_for %add tile_sizes [2] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
