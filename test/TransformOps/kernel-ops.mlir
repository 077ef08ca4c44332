// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

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

// -----

// The device names hooks that no backend has brought.
module attributes {transform.with_named_sequence,
    dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"hooks" = "nobody">>} {
  func.func @nobody(%a: tensor<64xf32>, %out: tensor<64xf32>) -> tensor<64xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<64xf32>) outs(%out : tensor<64xf32>) -> tensor<64xf32>
    return %0 : tensor<64xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %many = transform.param.constant 64 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    // expected-error @below {{expects a backend whose kernels it can build}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %many lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}

// -----

// A block has no more threads than the device says.
module attributes {transform.with_named_sequence,
    dlti.target_system_spec = #dlti.target_system_spec<"GPU" = #dlti.target_device_spec<"max_threads" = 256 : i64, "hooks" = "nvvm">>} {
  func.func @few(%a: tensor<4096xf32>, %out: tensor<4096xf32>) -> tensor<4096xf32> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.exp ins(%a : tensor<4096xf32>) outs(%out : tensor<4096xf32>) -> tensor<4096xf32>
    return %0 : tensor<4096xf32>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %op = transform.structured.match ops{["linalg.exp"]} in %root : (!transform.any_op) -> !transform.any_op
    %many = transform.param.constant 512 : i64 -> !transform.param<i64>
    %one = transform.param.constant 1 : i64 -> !transform.param<i64>
    // expected-error @below {{512 threads, expected at most 256}}
    %launch = transform.chameleon.lower_to_gpu_loops %op threads %many lanes %one sharing %one
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    transform.yield
  }
}
