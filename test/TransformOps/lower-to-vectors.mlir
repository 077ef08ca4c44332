// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

module attributes {transform.with_named_sequence} {
  // expected-note @below {{when applied to this op}}
  func.func @function() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 8 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a linalg operation, found func.func}}
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @no_lanes() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %operations = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %lanes = transform.param.constant 0 : i64 -> !transform.param<i64>
    %vectors = transform.param.constant 2 : i64 -> !transform.param<i64>
    // expected-error @below {{expects an integer of at least 1 for parameter 'lanes', found 0 : i64}}
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    transform.yield
  }
}
