// RUN: chameleon-opt %s --transform-interpreter --verify-diagnostics

module attributes {transform.with_named_sequence} {
  // expected-note @below {{when applied to this op}}
  func.func @function() {
    return
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["func.func"]} in %root : (!transform.any_op) -> !transform.any_op
    %many = transform.param.constant 64 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a structured operation}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %many lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}
