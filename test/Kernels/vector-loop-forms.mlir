// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// A sum along the contiguous dimension; the lanes beyond its end do not count.
// CHECK-LABEL: func @sum
// CHECK-SAME:    %[[A:.*]]: tensor<3x20xf32>, %[[OUT:.*]]: tensor<3xf32>
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>)
// CHECK:           scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>)
// CHECK:             vector.create_mask
// CHECK:             arith.select
// CHECK:           %[[SUM:.*]] = vector.reduction <add>, {{.*}} fastmath<reassoc>
// CHECK:           %[[BEFORE:.*]] = tensor.extract
// CHECK:           arith.addf %{{.*}}, %{{.*}} : f32
// CHECK:           tensor.insert
module attributes {transform.with_named_sequence} {
  func.func @sum(%a: tensor<3x20xf32>, %out: tensor<3xf32>) -> tensor<3xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
        ins(%a : tensor<3x20xf32>) outs(%out : tensor<3xf32>) {
    ^bb0(%x: f32, %o: f32):
      %s = arith.addf %x, %o : f32
      linalg.yield %s : f32
    } -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// Squares are transposed in registers.
// CHECK-LABEL: func @square
// CHECK-COUNT-8: vector.transfer_read
// CHECK:         vector.transpose {{.*}} : vector<8x8xf32> to vector<8x8xf32>
// CHECK-COUNT-8: vector.transfer_write
module attributes {transform.with_named_sequence} {
  func.func @square(%a: tensor<16x8xf32>, %out: tensor<8x16xf32>) -> tensor<8x16xf32> {
    %0 = linalg.transpose ins(%a : tensor<16x8xf32>) outs(%out : tensor<8x16xf32>) permutation = [1, 0]
    return %0 : tensor<8x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// Otherwise one element at a time, the last one for the lanes beyond the end.
// CHECK-LABEL: func @no_square
// CHECK:         arith.minsi
// CHECK:         vector.from_elements {{.*}} : vector<8xf32>
module attributes {transform.with_named_sequence} {
  func.func @no_square(%a: tensor<5x7xf32>, %out: tensor<7x5xf32>) -> tensor<7x5xf32> {
    %0 = linalg.transpose ins(%a : tensor<5x7xf32>) outs(%out : tensor<7x5xf32>) permutation = [1, 0]
    return %0 : tensor<7x5xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match interface{LinalgOp} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}
