// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// Two reductions, and none; the rows of the first become its columns.
// CHECK: #[[$RESULT:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d0)>
// CHECK-LABEL: func @two
// CHECK: scf.for
// CHECK: scf.for
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$RESULT]]], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME: ins(%{{.*}} : tensor<4x8x1x1xf32>)
// CHECK-SAME: tiled
// CHECK-COUNT-2: {loop}
// CHECK-LABEL: func @none
// CHECK-NOT: scf.for
// CHECK: tiled
module attributes {transform.with_named_sequence} {
  func.func @two(%in: tensor<4x8x3x5xf32>, %out: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k, l) -> (i, j, k, l)>, affine_map<(i, j, k, l) -> (i, j)>],
        iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
        ins(%in : tensor<4x8x3x5xf32>) outs(%out : tensor<4x8xf32>) {
    ^bb0(%x: f32, %o: f32):
      %q = arith.addf %o, %x : f32
      linalg.yield %q : f32
    } -> tensor<4x8xf32>
    return %0 : tensor<4x8xf32>
  }
  func.func @none(%in: tensor<4x8xf32>, %out: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
        iterator_types = ["parallel", "parallel"]}
        ins(%in : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<4x8xf32>
    return %0 : tensor<4x8xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %ops = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops = transform.chameleon.tile_reductions %ops parallel_order = [1, 0]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.annotate %tiled "tiled" : !transform.any_op
    transform.annotate %loops "loop" : !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @order(%in: tensor<4x8x3xf32>, %out: tensor<4x8xf32>) -> tensor<4x8xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j)>],
        iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%in : tensor<4x8x3xf32>) outs(%out : tensor<4x8xf32>) {
    ^bb0(%x: f32, %o: f32):
      %q = arith.addf %o, %x : f32
      linalg.yield %q : f32
    } -> tensor<4x8xf32>
    return %0 : tensor<4x8xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %ops = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects an order of all 2 parallel loops, which come first}}
    %tiled, %loops = transform.chameleon.tile_reductions %ops parallel_order = [2, 1, 0]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-note @below {{when applied to this op}}
  func.func @f() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects a structured operation, found func.func}}
    %tiled, %loops = transform.chameleon.tile_reductions %functions : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
