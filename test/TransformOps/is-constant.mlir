// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4x8xf32>, %b: tensor<2x8x6xf32> {chameleon.constant}, %out: tensor<4x6xf32>) -> tensor<4x6xf32> {
    %part = tensor.extract_slice %b[0, 0, 0] [1, 8, 6] [1, 1, 1] : tensor<2x8x6xf32> to tensor<8x6xf32>
    // expected-remark @below {{left 0}}
    // expected-remark @below {{right 1}}
    // expected-remark @below {{result 0}}
    %0 = linalg.matmul ins(%a, %part : tensor<4x8xf32>, tensor<8x6xf32>) outs(%out : tensor<4x6xf32>) -> tensor<4x6xf32>
    return %0 : tensor<4x6xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %product = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    %left = transform.chameleon.is_constant %product[0] : (!transform.any_op) -> !transform.param<i64>
    %right = transform.chameleon.is_constant %product[1] : (!transform.any_op) -> !transform.param<i64>
    %result = transform.chameleon.is_constant %product[2] : (!transform.any_op) -> !transform.param<i64>
    transform.debug.emit_param_as_remark %left, "left" at %product : !transform.param<i64>, !transform.any_op
    transform.debug.emit_param_as_remark %right, "right" at %product : !transform.param<i64>, !transform.any_op
    transform.debug.emit_param_as_remark %result, "result" at %product : !transform.param<i64>, !transform.any_op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects an operand number below 2, found 2}}
    %constant = transform.chameleon.is_constant %exp[2] : (!transform.any_op) -> !transform.param<i64>
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @task(%a: tensor<4xf32>) {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %exp = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects one target, found 0}}
    %constant = transform.chameleon.is_constant %exp[0] : (!transform.any_op) -> !transform.param<i64>
    transform.yield
  }
}
