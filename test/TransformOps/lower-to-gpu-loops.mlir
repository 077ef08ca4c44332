// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

module attributes {transform.with_named_sequence} {
  func.func @no_threads(%a: tensor<12x20xf32>, %out: tensor<20x12xf32>) -> tensor<20x12xf32> {
    %0 = linalg.transpose ins(%a : tensor<12x20xf32>) outs(%out : tensor<20x12xf32>) permutation = [1, 0]
    return %0 : tensor<20x12xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.transpose"]} in %root : (!transform.any_op) -> !transform.any_op
    %none = transform.param.constant 0 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    // expected-error @below {{expects an integer of at least 1 for parameter 'threads', found 0 : i64}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %none lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

