// RUN: chameleon-opt %s --transform-interpreter | FileCheck %s

// CHECK-LABEL: func @functions
// CHECK-NOT:     math.exp %{{.*}} : vector<16xf32>
// CHECK-NOT:     math.erf
// CHECK-NOT:     math.tanh
// Scalars, double precision and what a machine has an instruction for stay.
// CHECK:         math.exp %{{.*}} : f32
// CHECK:         math.exp %{{.*}} : vector<8xf64>
// CHECK:         math.sqrt %{{.*}} : vector<16xf32>
module attributes {transform.with_named_sequence} {
  func.func @functions(%v: vector<16xf32>, %s: f32, %d: vector<8xf64>) -> (vector<16xf32>, f32, vector<8xf64>, vector<16xf32>) {
    %0 = math.exp %v : vector<16xf32>
    %1 = math.erf %0 : vector<16xf32>
    %2 = math.tanh %1 : vector<16xf32>
    %3 = math.exp %s : f32
    %4 = math.exp %d : vector<8xf64>
    %5 = math.sqrt %v : vector<16xf32>
    return %2, %3, %4, %5 : vector<16xf32>, f32, vector<8xf64>, vector<16xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %function = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    transform.chameleon.approximate_math %function : !transform.any_op
    transform.yield
  }
}
