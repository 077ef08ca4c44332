// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

module attributes {transform.with_named_sequence} {
  func.func @not_a_contraction(%a: tensor<4xf32>, %out: tensor<4xf32>) -> tensor<4xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.copy ins(%a : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %0 : tensor<4xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %copy = transform.structured.match ops{["linalg.copy"]} in %root : (!transform.any_op) -> !transform.any_op
    %size = transform.param.constant 4 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a contraction on tensors}}
    %fills, %copies = transform.chameleon.lower_contraction %copy rows %size columns %size depth %size pack_lhs %size pack_rhs %size
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @zero_rows() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %zero = transform.param.constant 0 : i64 -> !transform.param<i64>
    // expected-error @below {{expects an integer of at least 1 for parameter 'rows', found 0 : i64}}
    %fills, %copies = transform.chameleon.lower_contraction %root rows %zero columns %zero depth %zero pack_lhs %zero pack_rhs %zero
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>)
        -> (!transform.any_op, !transform.any_op)
    transform.yield
  }
}
