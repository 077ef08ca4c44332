// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// With 3 the matrix is packed as a whole, ahead of the loops over its tiles: 48 columns are three panels, of which a tile has
// one. Where a tile starts within a panel it is packed on its own.
// CHECK-LABEL: func @whole_matrix
// CHECK-SAME:    %[[A:.*]]: tensor<4x8xf32>, %[[B:.*]]: tensor<8x48xf32>
// CHECK:         %[[EMPTY:.*]] = tensor.empty() : tensor<3x8x16xf32>
// CHECK:         %[[PANELS:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[EMPTY]])
// CHECK:           vector.transfer_read %[[B]]
// CHECK:         scf.for %[[COLUMN:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args
// CHECK:           affine.apply #map{{[0-9]*}}(%[[COLUMN]])
// CHECK-NOT:       vector.transfer_read %[[B]][
// CHECK:           vector.transfer_read %[[PANELS]]
// CHECK-LABEL: func @within_a_panel
// CHECK:         scf.for
// CHECK:           tensor.empty() : tensor<1x8x16xf32>
module attributes {transform.with_named_sequence} {
  func.func @whole_matrix(%a: tensor<4x8xf32>, %b: tensor<8x48xf32>, %out: tensor<4x48xf32>) -> tensor<4x48xf32> {
    %0 = linalg.matmul {columns = 16} ins(%a, %b : tensor<4x8xf32>, tensor<8x48xf32>) outs(%out : tensor<4x48xf32>) -> tensor<4x48xf32>
    return %0 : tensor<4x48xf32>
  }
  func.func @within_a_panel(%a: tensor<4x8xf32>, %b: tensor<8x48xf32>, %out: tensor<4x48xf32>) -> tensor<4x48xf32> {
    %0 = linalg.matmul {columns = 8} ins(%a, %b : tensor<4x8xf32>, tensor<8x48xf32>) outs(%out : tensor<4x48xf32>) -> tensor<4x48xf32>
    return %0 : tensor<4x48xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %whole = transform.structured.match attributes {columns = 16} in %root : (!transform.any_op) -> !transform.any_op
    %within = transform.structured.match attributes {columns = 8} in %root : (!transform.any_op) -> !transform.any_op
    %tile, %loop = transform.structured.tile_using_for %whole tile_sizes [0, 16] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %other, %other_loop = transform.structured.tile_using_for %within tile_sizes [0, 8] : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    %tiles = transform.merge_handles %tile, %other : !transform.any_op
    %rows = transform.param.constant 4 : i64 -> !transform.param<i64>
    %columns = transform.param.constant 16 : i64 -> !transform.param<i64>
    %depth = transform.param.constant 8 : i64 -> !transform.param<i64>
    %no = transform.param.constant 0 : i64 -> !transform.param<i64>
    %ahead = transform.param.constant 3 : i64 -> !transform.param<i64>
    %fills, %copies = transform.chameleon.lower_contraction %tiles rows %rows columns %columns depth %depth pack_lhs %no pack_rhs %ahead
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
