// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// What is not linear in the loops is computed.
// CHECK-LABEL: func @modulo
// CHECK:         gpu.launch
// CHECK:           arith.remsi {{.*}} : index
// CHECK:           vector.load
module attributes {transform.with_named_sequence} {
  func.func @modulo(%a: tensor<4xf32>, %out: tensor<8xf32>) -> tensor<8xf32> {
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i mod 4)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%a : tensor<4xf32>) outs(%out : tensor<8xf32>) {
    ^bb0(%x: f32, %o: f32):
      linalg.yield %x : f32
    } -> tensor<8xf32>
    return %0 : tensor<8xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %warp sharing %warp
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @pairs(%a: tensor<4xcomplex<f32>>, %out: tensor<8xcomplex<f32>>) -> tensor<8xcomplex<f32>> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i mod 4)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%a : tensor<4xcomplex<f32>>) outs(%out : tensor<8xcomplex<f32>>) {
    ^bb0(%x: complex<f32>, %o: complex<f32>):
      linalg.yield %x : complex<f32>
    } -> tensor<8xcomplex<f32>>
    return %0 : tensor<8xcomplex<f32>>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %warp = transform.param.constant 32 : i64 -> !transform.param<i64>
    // expected-error @below {{cannot address operand 0 of 'linalg.generic'}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %warp lanes %warp sharing %warp
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}
