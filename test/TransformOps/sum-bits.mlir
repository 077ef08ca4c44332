// RUN: chameleon-opt %s --transform-interpreter --split-input-file --verify-diagnostics

!op = !transform.any_op
!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  func.func @half(%a: tensor<4x8xf16>, %b: tensor<8x6xf16>, %out: tensor<4x6xf16>) -> tensor<4x6xf16> {
    // expected-remark @below {{32}}
    %0 = linalg.matmul {half} ins(%a, %b : tensor<4x8xf16>, tensor<8x6xf16>) outs(%out : tensor<4x6xf16>) -> tensor<4x6xf16>
    return %0 : tensor<4x6xf16>
  }
  func.func @double(%a: tensor<4x8xf32>, %b: tensor<8x6xf32>, %out: tensor<4x6xf64>) -> tensor<4x6xf64> {
    // expected-remark @below {{64}}
    %0 = linalg.matmul {double} ins(%a, %b : tensor<4x8xf32>, tensor<8x6xf32>) outs(%out : tensor<4x6xf64>) -> tensor<4x6xf64>
    return %0 : tensor<4x6xf64>
  }
  transform.named_sequence @__transform_main(%root: !op) {
    %half = transform.structured.match attributes {half} in %root : (!op) -> !op
    %of_half = transform.chameleon.sum_bits %half
    transform.debug.emit_param_as_remark %of_half, "" at %half : !param, !op
    %double = transform.structured.match attributes {double} in %root : (!op) -> !op
    %of_double = transform.chameleon.sum_bits %double
    transform.debug.emit_param_as_remark %of_double, "" at %double : !param, !op
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  func.func @wide(%a: tensor<8x8xf128>, %b: tensor<8x8xf128>, %out: tensor<8x8xf128>) -> tensor<8x8xf128> {
    // expected-note @below {{when applied to this op}}
    %0 = linalg.matmul ins(%a, %b : tensor<8x8xf128>, tensor<8x8xf128>) outs(%out : tensor<8x8xf128>) -> tensor<8x8xf128>
    return %0 : tensor<8x8xf128>
  }
  transform.named_sequence @__transform_main(%root: !transform.any_op) {
    %op = transform.structured.match ops{["linalg.matmul"]} in %root : (!transform.any_op) -> !transform.any_op
    // expected-error @below {{expects a result that is a sum}}
    %bits = transform.chameleon.sum_bits %op
    transform.yield
  }
}
