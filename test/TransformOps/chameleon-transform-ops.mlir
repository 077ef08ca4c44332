// The extension as a whole: its operations parse and print, it brings the dialects that they create into a context which
// has parsed none of them, and parameters and loops are checked alike wherever they are taken.
// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics | FileCheck %s

// Nothing but linalg and tensor comes in; loops, arithmetic and vectors come out.
// CHECK-LABEL: func.func @dialects
// CHECK: scf.for
// CHECK: vector.transfer_read
// CHECK: transform.chameleon.lower_to_vectors
func.func @dialects(%a: tensor<4x64xf32>, %out: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = linalg.exp ins(%a : tensor<4x64xf32>) outs(%out : tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 16 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    transform.chameleon.lower_to_vectors %exp lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// One value is expected for each parameter.
func.func @parameters(%a: tensor<4x64xf32>, %out: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = linalg.exp ins(%a : tensor<4x64xf32>) outs(%out : tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %four = transform.param.constant 4 : i64 -> !transform.param<i64>
    %both = transform.merge_handles %four, %four : !transform.param<i64>
    // expected-error @below {{expects one value for parameter 'lanes', found 2}}
    transform.chameleon.lower_to_vectors %exp lanes %both vectors %four : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

// A handle that should be a loop.
// expected-note @below {{when applied to this op}}
func.func @loops() {
  return
}
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %function = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects an scf.for, found func.func}}
    transform.chameleon.peel_loop %function : !transform.any_op
    transform.yield
  }
}
