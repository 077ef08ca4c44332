// RUN: chameleon-opt %s --transform-interpreter | FileCheck %s

// Two pixels, each for 16 channels; one element for all; and what stays: a broadcast on the outside, a read that may leave the tensor,
// one of memory.
// CHECK-LABEL: func @pixels
// CHECK-SAME: %[[IMAGE:[^:]*]]: tensor<8x8xf32>, %[[I:[^:]*]]: index, %[[J:[^:]*]]: index
// CHECK-DAG: %[[FIRST:.*]] = tensor.extract %[[IMAGE]][%[[I]], %[[J]]]
// CHECK-DAG: %[[NEXT:.*]] = affine.apply #{{.*}}()[%[[J]]]
// CHECK-DAG: %[[SECOND:.*]] = tensor.extract %[[IMAGE]][%[[I]], %[[NEXT]]]
// CHECK: %[[BOTH:.*]] = vector.from_elements %[[FIRST]], %[[SECOND]] : vector<2x1xf32>
// CHECK: vector.broadcast %[[BOTH]] : vector<2x1xf32> to vector<2x16xf32>
// CHECK-LABEL: func @one
// CHECK: %[[ELEMENT:.*]] = tensor.extract
// CHECK: %[[SINGLE:.*]] = vector.from_elements %[[ELEMENT]] : vector<1xf32>
// CHECK: vector.broadcast %[[SINGLE]] : vector<1xf32> to vector<16xf32>
// CHECK-LABEL: func @others
// CHECK-NOT: tensor.extract
// CHECK-COUNT-3: vector.transfer_read
module attributes {transform.with_named_sequence} {
  func.func @pixels(%image: tensor<8x8xf32>, %i: index, %j: index) -> vector<2x16xf32> {
    %zero = arith.constant 0.0 : f32
    %0 = vector.transfer_read %image[%i, %j], %zero {permutation_map = affine_map<(d0, d1) -> (d1, 0)>, in_bounds = [true, true]}
        : tensor<8x8xf32>, vector<2x16xf32>
    return %0 : vector<2x16xf32>
  }
  func.func @one(%image: tensor<8xf32>, %i: index) -> vector<16xf32> {
    %zero = arith.constant 0.0 : f32
    %0 = vector.transfer_read %image[%i], %zero {permutation_map = affine_map<(d0) -> (0)>, in_bounds = [true]}
        : tensor<8xf32>, vector<16xf32>
    return %0 : vector<16xf32>
  }
  func.func @others(%image: tensor<8x8xf32>, %memory: memref<8x8xf32>, %i: index)
      -> (vector<2x8xf32>, vector<2x16xf32>, vector<2x16xf32>) {
    %zero = arith.constant 0.0 : f32
    %0 = vector.transfer_read %image[%i, %i], %zero {permutation_map = affine_map<(d0, d1) -> (0, d1)>, in_bounds = [true, true]}
        : tensor<8x8xf32>, vector<2x8xf32>
    %1 = vector.transfer_read %image[%i, %i], %zero {permutation_map = affine_map<(d0, d1) -> (d1, 0)>, in_bounds = [false, true]}
        : tensor<8x8xf32>, vector<2x16xf32>
    %2 = vector.transfer_read %memory[%i, %i], %zero {permutation_map = affine_map<(d0, d1) -> (d1, 0)>, in_bounds = [true, true]}
        : memref<8x8xf32>, vector<2x16xf32>
    return %0, %1, %2 : vector<2x8xf32>, vector<2x16xf32>, vector<2x16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %functions = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.scalarize_broadcast_reads %functions : !transform.any_op
    transform.yield
  }
}
