// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// A result that is stored by columns: the operands change roles.
// CHECK-LABEL: func @transposed_result
// CHECK-SAME:    %[[A:.*]]: tensor<16x8xf64>, %[[B:.*]]: tensor<8x4xf64>
// CHECK:         vector.transfer_read %[[B]]
// CHECK:         vector.transfer_read %[[A]]
// CHECK:         vector.transpose {{.*}} : vector<8x8xf64> to vector<8x8xf64>
// CHECK:         math.fma %{{.*}}, %{{.*}}, %{{.*}} : vector<8xf64>
module attributes {transform.with_named_sequence} {
  func.func @transposed_result(%a: tensor<16x8xf64>, %b: tensor<8x4xf64>, %out: tensor<4x16xf64>) -> tensor<4x16xf64> {
    %0 = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (n, m)>],
        iterator_types = ["parallel", "parallel", "reduction"]} ins(%a, %b : tensor<16x8xf64>, tensor<8x4xf64>) outs(%out : tensor<4x16xf64>) {
    ^bb0(%x: f64, %y: f64, %o: f64):
      %p = arith.mulf %x, %y : f64
      %s = arith.addf %o, %p : f64
      linalg.yield %s : f64
    } -> tensor<4x16xf64>
    return %0 : tensor<4x16xf64>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %size = transform.param.constant 8 : i64 -> !transform.param<i64>
    %yes = transform.param.constant 1 : i64 -> !transform.param<i64>
    %no = transform.param.constant 0 : i64 -> !transform.param<i64>
    %fills, %copies = transform.chameleon.lower_contraction %product rows %size columns %size depth %size pack_lhs %yes pack_rhs %yes
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
